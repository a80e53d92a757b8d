/** Makes an indication from a tip in one post. The gateway writes what the tip says already. */

import { draftIndication, tipBody } from '../../domain/message/body.ts';
import { isRestricted } from '../../domain/message/handling.ts';
import type { Submission } from '../../domain/message/submission.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import { hasReached } from '../content/has-reached.ts';
import { openForParty } from '../content/opening.ts';
import { readProvenMessage } from '../evidence/proven-messages.ts';

/**
 * The submission with its full body. If it is made from a tip, the body is a draft from the tip, with the
 * posted members replacing the draft's. It never has the tip's source. It is about the tip, and begins its
 * own thread, linked to the tip's thread, which stays within the country.
 * @throws Refusal `invalid-body`, `about-unknown`, `not-handed-over`, `permission-needed`, and as
 *   `openForParty`
 */
export async function draftFromTip(
  gateway: Unsealing,
  sender: string,
  submission: Submission,
): Promise<Submission> {
  const { from_tip: id, about = id } = submission;
  if (id === undefined) return submission;
  if (submission.type !== 'indication' || about !== id)
    throw new Refusal('invalid-body', '/from_tip: allowed only in an indication about that tip');
  const view = await readProvenMessage(gateway, id);
  const row = view?.message;
  if (view === undefined || row?.type !== 'tip' || !row.addressees.includes(sender))
    throw new Refusal('about-unknown', 'from_tip names no tip that this focal point received');
  if (isRestricted(row.handling))
    throw new Refusal(
      'permission-needed',
      `the tip is under ${row.handling}: its content must not be passed on`,
    );
  if (!hasReached(view, sender))
    throw new Refusal('not-handed-over', '/from_tip: nobody at this focal point has been shown the tip yet');
  const opened = await openForParty(gateway, row, sender);
  if (opened === undefined) throw new Refusal('about-unknown', 'the content of the tip is no longer kept');
  const draft = draftIndication(parseBySchema(tipBody, opened.message.body, 'body'));
  return { ...submission, about, body: { ...draft, ...submission.body } };
}
