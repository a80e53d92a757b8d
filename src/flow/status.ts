/** Status: what became of a message, for its own parties. The evidence is the history; there is no second one. */
import { overdueBy } from '../domain/deadline.ts';
import { isOver } from '../domain/delivery.ts';
import { officerOf } from '../domain/party.ts';
import type { Gateway } from '../gateway.ts';
import type { MessageView, RecipientRow } from '../store/store.ts';
import { type Directory, directoryOf, find } from './directory.ts';

/** Where a message stands as a whole. */
export type MessageState = 'waiting' | 'acknowledged' | 'declined' | 'failed';

const stamp = (at: Date | undefined): string | null => at?.toISOString() ?? null;

/** The message as its sender sees it, or as one recipient does: then only its own part. Undefined for anybody else. */
export async function statusFor(gateway: Gateway, id: string, party: string) {
  const view = await gateway.store.view(id);
  if (view === undefined) return undefined;
  const isSender = view.message.sender === party;
  const recipients = view.recipients.filter((one) => isSender || one.to === party);
  if (recipients.length === 0) return undefined;
  const directory = await directoryOf(gateway, [view.message.sender, ...recipients.map((one) => one.to)]);
  const { message } = view;
  return {
    id: message.id,
    thid: message.thread,
    type: message.type,
    urgency: message.urgency,
    handling: message.handling,
    sender: message.sender,
    accepted_at: stamp(message.acceptedAt),
    expires_at: stamp(message.expiresAt),
    state: overall(view, recipients),
    recipients: recipients.map((one) => recipientStatus(directory, view, one, gateway.now())),
    evidence: view.evidence
      .filter((row) => row.recipient === undefined || recipients.some((one) => one.to === row.recipient))
      .map((row) => JSON.parse(row.jws) as Record<string, unknown>),
  };
}

/** The worst that holds for any of these recipients, until all have acknowledged. */
function overall(view: MessageView, recipients: readonly RecipientRow[]): MessageState {
  const states = recipients.map((one) => stateOf(view, one));
  return (['declined', 'failed', 'waiting'] as const).find((one) => states.includes(one)) ?? 'acknowledged';
}

function stateOf(view: MessageView, recipient: RecipientRow): MessageState {
  if (recipient.settled !== undefined)
    return recipient.settled.decision === 'accepted' ? 'acknowledged' : 'declined';
  const ways = view.deliveries.filter((one) => one.kind === 'message' && one.to === recipient.to);
  return ways.every((one) => isOver(one.state)) ? 'failed' : 'waiting';
}

function recipientStatus(directory: Directory, view: MessageView, recipient: RecipientRow, now: Date) {
  const desk = find(directory, recipient.to);
  const { settled } = recipient;
  const named = settled && desk && officerOf(desk, settled.officer);
  const contradictions = view.evidence.filter(
    (row) => row.recipient === recipient.to && row.id !== settled?.evidence && isWord(row.event),
  );
  return {
    to: recipient.to,
    slug: desk?.slug ?? null,
    name: desk?.name ?? null,
    country: desk?.country ?? null,
    state: stateOf(view, recipient),
    acknowledge_by: stamp(recipient.acknowledgeBy),
    answer_by: stamp(recipient.answerBy),
    opened_at: stamp(recipient.openedAt),
    overdue_seconds: overdueBy(recipient.acknowledgeBy, settled?.at, now),
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
    contradiction: contradictions.length > 0,
    agreement: recipient.agreement,
    deliveries: view.deliveries
      .filter((one) => one.kind === 'message' && one.to === recipient.to)
      .map((one) => ({
        id: one.id,
        channel: one.channel,
        shows: one.shows,
        rank: one.rank,
        state: one.state,
        tries: one.tries,
        next_try_at: one.state === 'queued' ? stamp(one.dueAt ?? undefined) : null,
        attempts: one.attempts,
      })),
  };
}

const isWord = (event: string): boolean =>
  event === 'ConsignmentAcceptance' || event === 'ConsignmentRejection';
