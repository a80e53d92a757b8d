import type { Posting } from '../../gateway-parts.ts';
import { acceptSubmission, type SubmissionArrival } from './assisted.ts';
import { followLearntContent } from './learnt-content.ts';
import type { AcceptedMessage } from './receipt.ts';

/**
 * Takes an assisted post from a verified partner. A repeat finishes what a crash may have left undone.
 * @throws Refusal with a signed rejection attached
 */
export async function acceptPost(gateway: Posting, arrival: SubmissionArrival): Promise<AcceptedMessage> {
  const accepted = await acceptSubmission(gateway, arrival, 'partner');
  const { body } = arrival.submission;
  await followLearntContent(gateway, arrival.focalPoint, { thread: accepted.thread, body });
  return accepted;
}
