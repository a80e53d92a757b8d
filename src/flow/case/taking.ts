/**
 * Checks how a message was taken: by which gateways, when, and for which recipients. The file's claims are
 * compared with the evidence, and with the consignment if that is in the file.
 */
import type { CaseMessage } from '../../domain/evidence/case-file.ts';
import type { Evidence } from '../../domain/evidence/evidence.ts';
import { type Designation, didOfFocalPoint } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { ConsignmentHead } from '../../seal/make-consignment.ts';
import { listRefusedRecipients } from './rests.ts';

/** A message with its sender's designation, and the claims of the gateways that took it. */
export interface TakenMessage {
  readonly message: CaseMessage;
  readonly sender: Designation;
  readonly takers: readonly Evidence[];
}

/**
 * Checks which gateways took the message. The author must have evidence of its own: it signed it in the
 * transaction that kept the message, so a file without it is not complete. The judge checks the signer of
 * each piece, and that `accepted_at` is the receipt's time.
 * @returns whether the sender's gateway signed `accepted_at`; if not, it is the author's claim, not later
 *   than the relay acceptance
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

/** Recipients that are named by signed evidence but not shown in the file: their homes are other gateways. */
type Elsewhere = readonly string[];

/**
 * Checks that the file shows every recipient that it must. The sender's gateway shows all that the message
 * names. A recipient's gateway shows those that it serves, and knows nothing about the others.
 * @param consignment as its sender signed it, if contents are in the file
 * @throws Refusal `misaddressed` if one is left out, or shown without being named
 */
export function checkRecipientsShown(
  author: string,
  { message, sender, takers }: TakenMessage,
  consignment: ConsignmentHead | undefined,
): Elsewhere {
  const shown = message.recipients.map(({ to }) => to);
  if (new Set(shown).size !== shown.length)
    throw new Refusal('misaddressed', 'a recipient is in the message twice');
  const named = takers.map((one) => (one.rests_on?.agreements ?? []).map(({ to }) => to));
  const own = takers.findIndex((one) => one.by === author);
  const addressed = consignment?.body.recipients.map(({ to }) => to);
  if (addressed !== undefined && !named.flat().every((to) => addressed.includes(to)))
    throw new Refusal(
      'misaddressed',
      'a gateway took the message for somebody who is not among its recipients',
    );
  const signed = [...named.flat(), ...(addressed ?? [])];
  const isServed = (to: string): boolean =>
    author === sender.gateway || to.startsWith(didOfFocalPoint(author, ''));
  // A gateway did not take the message for those that it refused by name. The sender's gateway takes it for
  // all.
  const refused = author === sender.gateway ? [] : listRefusedRecipients(author, message);
  const missing = [...new Set(signed)].filter((to) => !shown.includes(to) && !refused.includes(to));
  if (missing.some(isServed))
    throw new Refusal('misaddressed', 'a recipient for whom the message was taken is left out');
  const mine = named[own] ?? [];
  if (mine.length > 0 && !shown.every((to) => mine.includes(to)))
    throw new Refusal('misaddressed', 'the author took the message for others than the recipients named');
  return missing;
}
