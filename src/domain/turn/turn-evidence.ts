/** What evidence says of one message to one recipient at a time: whether it got there, and what was said to it. */

import { acknowledgementIn, effectiveAcknowledgementOf } from '../evidence/effective-acknowledgement.ts';
import type { Evidence, EvidenceEvent } from '../evidence/evidence.ts';

/** `failed`: no way has brought it, as far as is known. */
export type PartState = 'waiting' | 'failed' | 'accepted' | 'declined';

const REACHED: readonly EvidenceEvent[] = [
  'ContentConsignment',
  'ConsignmentNotification',
  'RelayToNonERDS',
  'ContentHandover',
];
const FAILED: readonly EvidenceEvent[] = [
  'ContentConsignmentFailure',
  'ConsignmentNotificationFailure',
  'RelayToNonERDSFailure',
];
const DELAYED: readonly EvidenceEvent[] = ['DeliveryDelayed'];
const NOT_RELAYED: readonly EvidenceEvent[] = ['RelayFailure', 'RelayRejection'];
/** By which a way is said to have ended without a word. */
const ENDED: readonly EvidenceEvent[] = [...FAILED, ...NOT_RELAYED, 'AcceptanceRejectionExpiry'];

/** Whether it was ever signed that a way ended without a word: what was said since about another way takes nothing back. */
export const hasDeliveryEnded = (pieces: readonly Evidence[]): boolean =>
  pieces.some((one) => ENDED.includes(one.event) && !isBeside(one));

/**
 * The state at an instant (milliseconds) by the pieces dated no later. `all` are those known now: what another gateway
 * did with a message shows that it was relayed, and then a failed relay never counted; that gateway cannot know of it.
 */
export function partStateAt(all: readonly Evidence[], at: number): PartState {
  const pieces = all.filter((one) => Date.parse(one.at) <= at);
  const { effective: acknowledgement } = effectiveAcknowledgementOf(
    pieces.flatMap((one) => acknowledgementIn(one) ?? []),
  );
  if (acknowledgement !== undefined) return acknowledgement.decision;
  const last = lastOfWays(pieces);
  const hasFailed = last !== undefined && FAILED.includes(last.event);
  return hasFailed || isNotRelayed(all, pieces) ? 'failed' : 'waiting';
}

/**
 * A reminder that reached nobody says nothing of the message, and neither does one of another act than to acknowledge it, such
 * as to send elsewhere what failed: it waits, or failed, as before.
 */
const isBeside = ({ event, reminder }: Evidence): boolean =>
  reminder !== undefined && (reminder.act !== 'acknowledge' || FAILED.includes(event));

/**
 * Of each way the last that was said of it counts: mail that was taken can come back. Where one has got there, that one;
 * else what was said last of all: a way failed, or it waits for one.
 */
function lastOfWays(pieces: readonly Evidence[]): Evidence | undefined {
  const told = pieces.filter(
    (one) => [...REACHED, ...FAILED, ...DELAYED].includes(one.event) && !isBeside(one),
  );
  const last = [...new Map(told.map((one) => [one.delivery ?? one.id, one])).values()];
  return last.find((one) => REACHED.includes(one.event)) ?? told.at(-1);
}

/**
 * The evidence that the recipient has no way and the message waits for one, where that is so at an instant (milliseconds)
 * and no officer has said a word. `all` in the order in which it happened.
 */
export function waitingEvidenceAt(all: readonly Evidence[], at: number): Evidence | undefined {
  const pieces = all.filter((one) => Date.parse(one.at) <= at);
  const last = lastOfWays(pieces);
  const isSo = last !== undefined && DELAYED.includes(last.event) && partStateAt(all, at) === 'waiting';
  return isSo ? last : undefined;
}

const isNotRelayed = (all: readonly Evidence[], pieces: readonly Evidence[]): boolean =>
  pieces.some((one) => NOT_RELAYED.includes(one.event)) &&
  !all.some(({ event }) => event === 'RelayAcceptance' || [...REACHED, ...FAILED].includes(event));

/**
 * The events by which a recipient's side says that it no longer holds what was recalled. ETSI EN 319 522 has none for
 * it; the piece names the message that went.
 */
const PURGED: readonly string[] = ['ContentPurge'];

/** When the content of a recalled message went, in milliseconds; Infinity where it did not. */
export function purgeTimeOf(pieces: readonly Evidence[]): number {
  const purge = pieces.find((one) => PURGED.includes(one.event));
  return purge === undefined ? Number.POSITIVE_INFINITY : Date.parse(purge.at);
}
