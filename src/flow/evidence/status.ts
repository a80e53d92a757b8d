/** Status: what became of a message, for its own parties. The evidence is the history; there is no second one. */

import {
  type Delivery,
  type DeliveryState,
  isAcknowledgedState,
  isFinishedState,
} from '../../domain/carriage/delivery.ts';
import { type Contradiction, findContradictions } from '../../domain/evidence/contradiction.ts';
import type { Evidence } from '../../domain/evidence/evidence.ts';
import { findOfficer } from '../../domain/party/designation.ts';
import { secondsOverdue } from '../../domain/terms/deadline.ts';
import { hasDeliveryEnded, waitingEvidenceAt } from '../../domain/turn/turn-evidence.ts';
import type { Storing, Verifying } from '../../gateway-parts.ts';
import type { EvidenceRow, MessageRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import { type Directory, findDesignation, readDirectory } from '../directory/directory.ts';
import { idsOfEvidence, type ProvenRead, readProvenMessage } from './proven-messages.ts';
import { isReadableMessage, logUnreadable, readAllClaims, refuseUnreadable } from './readable.ts';
import { listUnreachableCopies } from './unpurged.ts';

/** Where a message stands as a whole. */
export type MessageState = 'waiting' | 'acknowledged' | 'declined' | 'failed' | 'recalled';

const stamp = (at: Date | undefined): string | null => at?.toISOString() ?? null;

/** The message as its sender sees it, or as one recipient does: then only its own part. Undefined for anybody else. */
export async function readMessageStatus(gateway: Verifying, id: string, party: string) {
  const view = await readProvenMessage(gateway, id);
  if (view === undefined) {
    if (await gateway.store.messages.isKept(id)) throw refuseUnreadable(gateway, 'message', id);
    return undefined;
  }
  const isSender = view.message.sender === party;
  const recipients = view.recipients.filter((one) => isSender || one.to === party);
  if (recipients.length === 0) return undefined;
  const directory = await readDirectory(gateway, [view.message.sender, ...recipients.map((one) => one.to)]);
  const { message } = view;
  const later = await aboutIt(gateway, message);
  const recalls = later.find((one) => one.type === 'recall');
  const recall = recalls && (await readProvenMessage(gateway, recalls.id));
  return {
    id: message.id,
    thid: message.thread,
    type: message.type,
    urgency: message.urgency,
    handling: message.handling,
    sender: message.sender,
    accepted_at: stamp(message.acceptedAt),
    expires_at: stamp(message.expiresAt),
    state: recall === undefined ? overall(view, recipients, gateway.now()) : 'recalled',
    recalled: recall === undefined ? null : recalledStatus(view, recall, recipients),
    corrections: later
      .filter((one) => one.type === 'correction')
      .map((one) => ({ id: one.id, at: stamp(one.acceptedAt) })),
    recipients: recipients.map((one) => recipientStatus(directory, { view, recall }, one, gateway.now())),
    ...evidenceFor(gateway, view, recipients, isSender),
  };
}

/** The evidence that this party may see, as it was signed, and ids of what of it cannot be read any more. */
function evidenceFor(
  gateway: Storing,
  view: ProvenRead<MessageView>,
  recipients: readonly RecipientRow[],
  isSender: boolean,
) {
  const isShown = ({ recipient, event }: EvidenceRow): boolean =>
    recipient === undefined
      ? // The sender's gateway names in its own purge how every recipient was reached: that is the sender's to know.
        isSender || event !== 'ContentPurge'
      : recipients.some((one) => one.to === recipient);
  const lost = idsOfEvidence(view.unproven.filter(isShown));
  const spoilt = isReadableMessage({ message: view.message, recipients }) ? [] : [view.message.id];
  logUnreadable(gateway, 'evidence', lost);
  logUnreadable(gateway, 'message', spoilt);
  return {
    evidence: view.evidence.filter(isShown).map((row) => JSON.parse(row.jws) as Record<string, unknown>),
    unreadable: [...spoilt, ...lost],
  };
}

/** What its own sender said about it since. */
const aboutIt = async (
  { store }: Storing,
  { id, thread, sender }: MessageRow,
): Promise<readonly MessageRow[]> =>
  (await store.threads.readThread(thread)).filter((one) => one.about === id && one.sender === sender);

/** By which message it was taken back, and the copies that are out of reach, as far as this party may know of them. */
const recalledStatus = (view: MessageView, recall: MessageView, recipients: readonly RecipientRow[]) => ({
  by: recall.message.id,
  at: stamp(recall.message.acceptedAt),
  unpurged: listUnreachableCopies(view, recall).filter(({ to }) => recipients.some((one) => one.to === to)),
});

/** The worst that holds for any of these recipients of a message that was not taken back, until all have acknowledged. */
function overall(view: MessageView, recipients: readonly RecipientRow[], now: Date): MessageState {
  const states = recipients.map((one) => stateOf({ view }, one, now));
  return (['declined', 'failed', 'waiting'] as const).find((one) => states.includes(one)) ?? 'acknowledged';
}

/** A message, and by which one it was taken back. */
interface Told {
  readonly view: MessageView;
  readonly recall?: MessageView | undefined;
}

/** By what was signed: rows say only whether a way that failed is tried again. */
function stateOf({ view, recall }: Told, recipient: RecipientRow, now: Date): MessageState {
  if (recipient.effectiveAcknowledgement !== undefined)
    return recipient.effectiveAcknowledgement.decision === 'accepted' ? 'acknowledged' : 'declined';
  if (recall?.message.addressees.includes(recipient.to)) return 'recalled';
  const ways = view.deliveries.filter((one) => one.kind === 'message' && one.to === recipient.to);
  // What became of it at another gateway the rows here do not say: while it lives, another way there may bring it.
  const isPast = view.message.expiresAt <= now;
  const areOver = ways.every((one) => isFinishedState(one.state) || (isPast && one.channel === 'relay'));
  return areOver && hasDeliveryEnded(piecesOf(view, recipient.to)) ? 'failed' : 'waiting';
}

/** Where a delivery stands; what a person did by it only where that was signed. */
function deliveryState(
  { recall }: Told,
  { effectiveAcknowledgement: settled, openedAt }: RecipientRow,
  { state }: Delivery,
): DeliveryState {
  const isSigned =
    (!isAcknowledgedState(state) || settled !== undefined) &&
    (state !== 'opened' || openedAt !== undefined) &&
    (state !== 'recalled' || recall !== undefined);
  return isSigned ? state : 'sent';
}

/** The evidence of a recipient, in the order in which it happened. */
const piecesOf = (view: MessageView, to: string): readonly Evidence[] =>
  readAllClaims(view.evidence.filter((row) => row.recipient === to)).toSorted(
    (one, other) => Date.parse(one.at) - Date.parse(other.at) || (one.id < other.id ? -1 : 1),
  );

function recipientStatus(directory: Directory, told: Told, recipient: RecipientRow, now: Date) {
  const { view } = told;
  const designation = findDesignation(directory, recipient.to);
  const { effectiveAcknowledgement: settled } = recipient;
  const named = settled && designation && findOfficer(designation, settled.officer);
  const contradictions = contradictionsOf(view, recipient.to);
  return {
    to: recipient.to,
    slug: designation?.slug ?? null,
    name: designation?.name ?? null,
    country: designation?.country ?? null,
    state: stateOf(told, recipient, now),
    acknowledge_by: stamp(recipient.acknowledgeBy),
    answer_by: stamp(recipient.answerBy),
    opened_at: stamp(recipient.openedAt),
    overdue_seconds: secondsOverdue(recipient.acknowledgeBy, settled?.at, now),
    acknowledgement:
      settled === undefined
        ? null
        : {
            decision: settled.decision,
            ground: settled.ground ?? null,
            at: stamp(settled.at),
            officer: { id: settled.officer, name: named?.name ?? null, role: named?.role ?? null },
            evidence: settled.evidence,
          },
    waits_for_way: waitsOf(view, recipient.to, now),
    contradiction: contradictions.some((one) => one.open),
    contradictions: contradictions.map(contradictionStatus),
    agreement: recipient.agreement,
    deliveries: view.deliveries
      .filter((one) => one.kind === 'message' && one.to === recipient.to)
      .map((one) => ({
        id: one.id,
        channel: one.channel,
        shows: one.shows,
        rank: one.rank,
        state: deliveryState(told, recipient, one),
        tries: one.tries,
        next_try_at: one.state === 'queued' ? stamp(one.dueAt ?? undefined) : null,
        attempts: one.attempts,
      })),
  };
}

/** That the recipient has no way now, since when and why, by signed evidence; null where it has, or was reached. */
function waitsOf(view: MessageView, to: string, now: Date) {
  const found = waitingEvidenceAt(piecesOf(view, to), now.getTime());
  return found === undefined
    ? null
    : { since: found.at, reason: found.reason ?? null, by: found.by, evidence: found.id };
}

/** What is kept of this recipient and says opposite things, settled or not. */
const contradictionsOf = (view: MessageView, to: string): readonly Contradiction[] =>
  findContradictions(readAllClaims(view.evidence.filter((row) => row.recipient === to)));

const contradictionStatus = ({ kind, open, words, settledBy: by }: Contradiction) => ({
  kind,
  open,
  words: words.map(({ channel, officer, reason, ...one }) => ({
    ...one,
    channel: channel ?? null,
    officer: officer ?? null,
    reason: reason ?? null,
  })),
  settled_by:
    by === undefined ? null : { evidence: by.id, decision: by.decision, officer: by.officer, at: by.at },
});
