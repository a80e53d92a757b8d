/** A tip turned into an indication: one post, for which the gateway writes what the tip says already. */

import { draftIndication, tipBody } from '../../domain/message/body.ts';
import { isRestricted } from '../../domain/message/handling.ts';
import { parseBySchema } from '../../domain/message/protocol.ts';
import type { Submission } from '../../domain/message/submission.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import { hasReached } from '../content/has-reached.ts';
import { openForParty } from '../content/opening.ts';
import { readProvenMessage } from '../evidence/proven-messages.ts';

/**
 * The submission with the body that is meant: where it is made from a tip, a draft of what the tip says, with the members
 * that were posted in place of the draft's. Who gave the tip is not in it. It is about the tip, and so begins a thread of
 * its own that is linked to the tip's: that one stays at home.
 * @throws Refusal `invalid-body`, `about-unknown`, `not-handed-over`, `permission-needed`; what `openedBy` refuses
 */
export async function draftFromTip(
  gateway: Unsealing,
  sender: string,
  submission: Submission,
): Promise<Submission> {
  const { from_tip: id, about = id } = submission;
  if (id === undefined) return submission;
  if (submission.type !== 'indication' || about !== id)
    throw new Refusal('invalid-body', '/from_tip: is for an indication, which is about that tip');
  const view = await readProvenMessage(gateway, id);
  const row = view?.message;
  if (view === undefined || row?.type !== 'tip' || !row.addressees.includes(sender))
    throw new Refusal('about-unknown', 'from_tip names no tip that this focal point was sent');
  if (isRestricted(row.handling))
    throw new Refusal(
      'permission-needed',
      `the tip is under ${row.handling}: its content stays with whom it was sent to`,
    );
  if (!hasReached(view, sender))
    throw new Refusal('not-handed-over', '/from_tip: nobody at this focal point has been shown the tip yet');
  const opened = await openForParty(gateway, row, sender);
  if (opened === undefined) throw new Refusal('about-unknown', 'the content of the tip is not kept any more');
  const draft = draftIndication(parseBySchema(tipBody, opened.message.body, 'body'));
  return { ...submission, about, body: { ...draft, ...submission.body } };
}
