/**
 * Keeps a message with its receipt. Every message, whichever way it came in, is kept here, and its sender
 * gets the same signed receipt.
 */

import type { Custody } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Storing } from '../../gateway-parts.ts';
import type { ConsignmentHead } from '../../seal/make-consignment.ts';
import type { Receipt } from '../../store/contracts/messages.ts';
import { issueEvidence, nameStatements } from '../evidence/issue.ts';
import { heedRecalls } from '../keep/recall.ts';
import { type AdmittedMessage, composeNewMessage } from './admit.ts';

/** The answer to a sender. A repeat gets the same bytes. */
export interface AcceptedMessage {
  readonly id: string;
  readonly thread: string;
  /** Submission or relay acceptance, JWS as text. */
  readonly evidence: string;
  readonly repeat: boolean;
}

/** The row of a consignment that the gateway needs to carry it. */
export const rowOfConsignment = (
  one: ConsignmentHead,
  more: { digest: string; key: string; submissionDigest: string; at: Date },
): AdmittedMessage['row'] => ({
  id: one.id,
  sender: one.from,
  thread: one.body.thid,
  ...present({ parent: one.body.pthid, about: one.body.about }),
  addressees: one.body.recipients.map(({ to }) => to),
  ...present({ passesOn: one.body.passes_on, grant: one.body.grant }),
  type: one.body.message_type,
  urgency: one.body.urgency,
  handling: one.body.handling,
  createdAt: new Date(one.created_time * 1_000),
  acceptedAt: more.at,
  expiresAt: new Date(one.expires_time * 1_000),
  digest: more.digest,
  submissionKey: more.key,
  submissionDigest: more.submissionDigest,
});

/** The receipt of a message: it was submitted here, or relayed here by the gateway that had taken it. */
interface ReceiptTerms {
  readonly event: 'SubmissionAcceptance' | 'RelayAcceptance';
  readonly custody: Custody;
  readonly at: Date;
}

/** Signs the receipt and keeps the message. If another request kept it first, returns that receipt. */
export async function keepWithReceipt(
  gateway: Issuing,
  admitted: AdmittedMessage,
  signed: ReceiptTerms,
): Promise<AcceptedMessage> {
  const { row, routes, sender } = admitted;
  const carried = routes.map(({ recipient, agreement }) => ({ to: recipient.focal_point, agreement }));
  const receipt = await issueEvidence(gateway, {
    rests_on: nameStatements(carried, [sender, ...routes.map((one) => one.recipient)]),
    consignment: row.id,
    thid: row.thread,
    sender: row.sender,
    digest: row.digest,
    ...signed,
  });
  const kept = await gateway.store.messages.keepMessage(composeNewMessage(gateway, admitted, receipt));
  if (kept.kind === 'repeat') return repeatReceipt(kept.receipt, row.submissionDigest);
  if (kept.kind === 'answered')
    throw new Refusal('already-answered', 'this focal point has answered that message');
  if (kept.kind === 'conflict') {
    await noteOtherSender(gateway, row);
    throw new Refusal(
      'id-conflict',
      'the id of the message or of its receipt is already used for something else',
    );
  }
  await heedRecalls(gateway, row, signed.event === 'RelayAcceptance');
  return { id: row.id, thread: row.thread, evidence: receipt.jws, repeat: false };
}

/**
 * Ids are random, so two senders with the same id mean that one copied it, to get the other's message
 * refused. Which one cannot be told here, so the log names both for the operator.
 */
async function noteOtherSender(
  { store, log }: Storing,
  { id, sender }: AdmittedMessage['row'],
): Promise<void> {
  const first = (await store.messages.readMessage(id))?.message.sender;
  if (first !== undefined && first !== sender) log.warn('message.id-copied', { message: id, first, sender });
}

/** The first answer again, for the same bytes only. */
export function repeatReceipt(earlier: Receipt, submissionDigest: string): AcceptedMessage {
  if (earlier.submissionDigest !== submissionDigest) {
    throw new Refusal('id-conflict', 'the same id was used before for other bytes');
  }
  return { id: earlier.message, thread: earlier.thread, evidence: earlier.jws, repeat: true };
}
