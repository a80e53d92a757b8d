/** Status of a message, for its own parties. The evidence is its history; there is no second one. */

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
import { hasDeliveryEnded, waitingEvidenceAt } from '../../domain/turn/evidence.ts';
import type { Storing, Verifying } from '../../gateway-parts.ts';
import type { EvidenceRow, MessageRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import { type Directory, findDesignation, readDirectory } from '../directory/directory.ts';
import { idsOfEvidence, type ProvenRead, readProvenMessage } from './proven-messages.ts';
import { isReadableMessage, logUnreadable, readAllClaims, refuseUnreadable } from './readable.ts';
import { listUnreachableCopies } from './unpurged.ts';

/** The state of a message as a whole. */
type MessageState = 'waiting' | 'acknowledged' | 'declined' | 'failed' | 'recalled';

const stamp = (at: Date | undefined): string | null => at?.toISOString() ?? null;

/**
 * The message as its sender sees it, or as one recipient does: then only that recipient's part. Undefined for
 * anybody else.
 */
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
  const later = await readLaterMessages(gateway, message);
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
    state: recall === undefined ? overallState(view, recipients, gateway.now()) : 'recalled',
    recalled: recall === undefined ? null : recalledStatus(view, recall, recipients),
    corrections: later
      .filter((one) => one.type === 'correction')
      .map((one) => ({ id: one.id, at: stamp(one.acceptedAt) })),
    recipients: recipients.map((one) => recipientStatus(directory, { view, recall }, one, gateway.now())),
    ...evidenceFor(gateway, view, recipients, isSender),
  };
}

/**
 * The evidence that this party may see, as signed, and the ids of its evidence that cannot be read any more.
 */
function evidenceFor(
  gateway: Storing,
  view: ProvenRead<MessageView>,
  recipients: readonly RecipientRow[],
  isSender: boolean,
) {
  const isShown = ({ recipient, event }: EvidenceRow): boolean =>
    recipient === undefined
      ? // The sender's gateway names in its own purge how every recipient was reached. Only the sender may know that.
        isSender || event !== 'ContentPurge'
      : recipients.some((one) => one.to === recipient);
  const lost = idsOfEvidence(view.unproven.filter(isShown));
  const unreadable = isReadableMessage({ message: view.message, recipients }) ? [] : [view.message.id];
  logUnreadable(gateway, 'evidence', lost);
  logUnreadable(gateway, 'message', unreadable);
  return {
    evidence: view.evidence.filter(isShown).map((row) => JSON.parse(row.jws) as Record<string, unknown>),
    unreadable: [...unreadable, ...lost],
  };
}

/** Messages that its own sender sent about it later. */
const readLaterMessages = async (
  { store }: Storing,
  { id, thread, sender }: MessageRow,
): Promise<readonly MessageRow[]> =>
  (await store.threads.readThread(thread)).filter((one) => one.about === id && one.sender === sender);

/** The recall of the message, and the copies out of reach, as far as this party may know of them. */
const recalledStatus = (view: MessageView, recall: MessageView, recipients: readonly RecipientRow[]) => ({
  by: recall.message.id,
  at: stamp(recall.message.acceptedAt),
  unpurged: listUnreachableCopies(view, recall).filter(({ to }) => recipients.some((one) => one.to === to)),
});

/**
 * The worst state among these recipients; `acknowledged` only once all have acknowledged. For a message that
 * was not recalled.
 */
function overallState(view: MessageView, recipients: readonly RecipientRow[], now: Date): MessageState {
  const states = recipients.map((one) => stateOf({ view }, one, now));
  return (['declined', 'failed', 'waiting'] as const).find((one) => states.includes(one)) ?? 'acknowledged';
}

/** A message, and its recall if there is one. */
interface Told {
  readonly view: MessageView;
  readonly recall?: MessageView | undefined;
}

/** The state by signed evidence. Rows only tell whether a failed delivery will be tried again. */
function stateOf({ view, recall }: Told, recipient: RecipientRow, now: Date): MessageState {
  if (recipient.effectiveAcknowledgement !== undefined)
    return recipient.effectiveAcknowledgement.decision === 'accepted' ? 'acknowledged' : 'declined';
  if (recall?.message.addressees.includes(recipient.to)) return 'recalled';
  const ways = view.deliveries.filter((one) => one.kind === 'message' && one.to === recipient.to);
  // The rows here do not tell what happened at another gateway: until the message expires, another endpoint
  // there may get it.
  const isPast = view.message.expiresAt <= now;
  const areOver = ways.every((one) => isFinishedState(one.state) || (isPast && one.channel === 'relay'));
  return areOver && hasDeliveryEnded(piecesOf(view, recipient.to)) ? 'failed' : 'waiting';
}

/** The state of a delivery. A state that a person caused is shown only if signed evidence proves it. */
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

/** The evidence of a recipient, in the order of its times. */
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
    waits_for_way: jsonOfWait(view, recipient.to, now),
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

/**
 * That the recipient has no endpoint now, since when and why, by signed evidence; null if it has one or was
 * reached.
 */
function jsonOfWait(view: MessageView, to: string, now: Date) {
  const found = waitingEvidenceAt(piecesOf(view, to), now.getTime());
  return found === undefined
    ? null
    : { since: found.at, reason: found.reason ?? null, by: found.by, evidence: found.id };
}

/** Contradictions in the evidence of this recipient, settled or not. */
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
