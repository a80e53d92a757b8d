/** The sealed route: a consignment that its sender sealed and signed is verified and carried unchanged. */
import { checkConsignmentTimes } from '../../domain/message/consignment.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { LongText } from '../../domain/words/long-text.ts';
import type { Judging, Posting } from '../../gateway-parts.ts';
import type { ConsignmentHead } from '../../seal/make-consignment.ts';
import { textOfStatement } from '../../seal/statement.ts';
import { readDirectory } from '../directory/directory.ts';
import { withSignedRejections } from '../evidence/reject.ts';
import { checkRecall } from '../keep/recall.ts';
import { type AdmittedMessage, admitMessage, checkRelayable } from './admit.ts';
import {
  checkSealedParts,
  headOfConsignment,
  type SignedConsignment,
  verifyConsignment,
} from './consignment.ts';
import { checkPassingOn } from './permission.ts';
import { completedMessageOf, placeMessage } from './placing.ts';
import { type AcceptedMessage, keepWithReceipt, repeatReceipt, rowOfConsignment } from './receipt.ts';

/**
 * Takes a consignment that its sender sealed and signed. The gateway reads only what it needs for the route.
 * @param proven is called with the sender's DID once the signature is verified, and may refuse
 * @throws Refusal; with a signed rejection attached once the signature is verified
 */
export async function acceptConsignment(
  gateway: Posting,
  jws: unknown,
  proven: (sender: string) => void,
): Promise<AcceptedMessage> {
  const signed = await verifyConsignment(gateway, jws);
  const { sender, digest } = signed;
  proven(sender.focal_point);
  return withSignedRejections(gateway, { sender: sender.focal_point, digest }, async () => {
    const one = headOfConsignment(signed);
    const earlier = await gateway.store.messages.findReceipt(sender.focal_point, one.id);
    if (earlier !== undefined) return repeatReceipt(earlier, digest);
    const at = gateway.now();
    if (sender.gateway !== gateway.did)
      throw new Refusal('not-homed', 'the sender is homed at another gateway; submit the message there');
    if (one.to[0] !== gateway.did) throw new Refusal('misaddressed', 'to must be this gateway');
    checkConsignmentTimes(one, at);
    const admitted = await judgeConsignment(gateway, signed, one, { at, text: await textOfStatement(jws) });
    return keepWithReceipt(gateway, admitted, { event: 'SubmissionAcceptance', custody: sender.custody, at });
  });
}

/** Checks each sealed message against the consignment, and finds the routes. */
async function judgeConsignment(
  gateway: Judging,
  { sender, read, digest }: SignedConsignment,
  one: ConsignmentHead,
  seen: { at: Date; text: LongText },
): Promise<AdmittedMessage> {
  const parts = checkSealedParts(read);
  const to = parts.map((part) => part.to);
  const directory = await readDirectory(gateway, [sender.focal_point, ...to]);
  const { message_type: name, urgency, handling, thid: thread, pthid: parent, about } = one.body;
  const routes = admitMessage(directory, { sender, to, name, urgency, handling }, seen.at);
  const createdAt = new Date(one.created_time * 1_000);
  await placeMessage(gateway, { name, from: one.from, to, createdAt, thread, parent, about, sealed: true });
  await checkRecall(gateway, { name, about, to });
  const { passes_on: passesOn, grant } = one.body;
  await checkPassingOn(gateway, { from: one.from, to, handling, passesOn, grant }, 'at-home');
  checkRelayable(routes, seen.text);
  return {
    sender,
    row: rowOfConsignment(one, { digest, key: one.id, submissionDigest: digest, at: seen.at }),
    consignment: seen.text,
    routes,
    sealed: parts.map(({ text, digest }) => ({ text, digest })),
    ...completedMessageOf(name, about),
    asked: one.body,
  };
}
