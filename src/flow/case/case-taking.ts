/**
 * How a message was taken: by whom, at what hour, and for which recipients. What the file says of it is held against
 * the evidence that says so, and against the consignment where that is in the file.
 */
import type { CaseMessage } from '../../domain/evidence/case-file.ts';
import type { Evidence } from '../../domain/evidence/evidence.ts';
import { type Designation, didOfFocalPoint } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { ConsignmentHead } from '../../seal/make-consignment.ts';
import { listRefusedRecipients } from './case-rests.ts';

/** A message with its sender as designated, and what those signed who took it. */
export interface TakenMessage {
  readonly message: CaseMessage;
  readonly sender: Designation;
  readonly takers: readonly Evidence[];
}

/**
 * Checks who took the message. The author says so in evidence of its own: it signed that in the transaction in which it
 * kept the message, so a file without it is not what its author keeps. That each piece is by whom it must be, and the
 * receipt of the hour `accepted_at`, is the judge’s to see.
 * @returns whether `accepted_at` is signed, by the sender's home; if not, it is the author's word, no later than the
 *   relay acceptance
 * @throws Refusal `misaddressed`, `statement-refused`
 */
export function checkTaking(author: string, { sender, takers }: TakenMessage): boolean {
  if (takers.some(({ event, by }) => event === 'RelayAcceptance' && by === sender.gateway))
    throw new Refusal('misaddressed', 'the sender’s own home does not take a message by relay');
  const own = author === sender.gateway ? 'SubmissionAcceptance' : 'RelayAcceptance';
  if (!takers.some((one) => one.by === author && one.event === own))
    throw new Refusal(
      'statement-refused',
      'the author’s own evidence that it took the message is not in the file',
    );
  return takers.some((one) => one.event === 'SubmissionAcceptance');
}

/** Recipients that something signed names and the file does not show: they are homed at other gateways. */
type Elsewhere = readonly string[];

/**
 * Checks that the file shows every recipient it must. The sender's home shows all that the message names; a recipient's
 * home shows those homed with it, and knows nothing of what became of the others.
 * @param consignment as its sender signed it, where contents are in the file
 * @throws Refusal `misaddressed` where one is left out, or shown and not named
 */
export function checkRecipientsShown(
  author: string,
  { message, sender, takers }: TakenMessage,
  consignment: ConsignmentHead | undefined,
): Elsewhere {
  const shown = message.recipients.map(({ to }) => to);
  if (new Set(shown).size !== shown.length) throw new Refusal('misaddressed', 'a recipient is in it twice');
  const named = takers.map((one) => (one.rests_on?.agreements ?? []).map(({ to }) => to));
  const own = takers.findIndex((one) => one.by === author);
  const addressed = consignment?.body.recipients.map(({ to }) => to);
  if (addressed !== undefined && !named.flat().every((to) => addressed.includes(to)))
    throw new Refusal('misaddressed', 'it was taken for somebody whom its sender did not write to');
  const signed = [...named.flat(), ...(addressed ?? [])];
  const isServed = (to: string): boolean =>
    author === sender.gateway || to.startsWith(didOfFocalPoint(author, ''));
  // Whom it refused by name it did not take it for. The sender's home takes it for all.
  const refused = author === sender.gateway ? [] : listRefusedRecipients(author, message);
  const missing = [...new Set(signed)].filter((to) => !shown.includes(to) && !refused.includes(to));
  if (missing.some(isServed))
    throw new Refusal('misaddressed', 'a recipient that the message was taken for is left out');
  const mine = named[own] ?? [];
  if (mine.length > 0 && !shown.every((to) => mine.includes(to)))
    throw new Refusal('misaddressed', 'the author took the message for others than the recipients named');
  return missing;
}
