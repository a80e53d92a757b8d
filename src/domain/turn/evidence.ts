/**
 * The state of one message to one recipient at a time, from its evidence: whether it arrived, and how it was
 * acknowledged.
 */

import { acknowledgementIn, effectiveAcknowledgementOf } from '../evidence/effective-acknowledgement.ts';
import type { Evidence, EvidenceEvent } from '../evidence/evidence.ts';

/** `failed`: no endpoint has got it, as far as is known. */
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
/** Events that end a delivery without an acknowledgement. */
const ENDED: readonly EvidenceEvent[] = [...FAILED, ...NOT_RELAYED, 'AcceptanceRejectionExpiry'];

/**
 * Whether a delivery was ever signed to have ended without an acknowledgement. Later evidence of another delivery
 * does not change that.
 */
export const hasDeliveryEnded = (pieces: readonly Evidence[]): boolean =>
  pieces.some((one) => ENDED.includes(one.event) && !isUnrelated(one));

/**
 * The state at an instant (milliseconds) by the evidence dated no later. `all` is the evidence known now. Any later
 * evidence of the other gateway about the message proves that it was relayed; then a failed relay is ignored,
 * because that gateway cannot know of it.
 */
export function partStateAt(all: readonly Evidence[], at: number): PartState {
  const pieces = all.filter((one) => Date.parse(one.at) <= at);
  const { effective: acknowledgement } = effectiveAcknowledgementOf(
    pieces.flatMap((one) => acknowledgementIn(one) ?? []),
  );
  if (acknowledgement !== undefined) return acknowledgement.decision;
  const last = decisiveEvidenceOf(pieces);
  const hasFailed = last !== undefined && FAILED.includes(last.event);
  return hasFailed || isNotRelayed(all, pieces) ? 'failed' : 'waiting';
}

/**
 * Whether evidence says nothing about the state of the message: a reminder that reached nobody, or a reminder about
 * another act than to acknowledge.
 */
const isUnrelated = ({ event, reminder }: Evidence): boolean =>
  reminder !== undefined && (reminder.act !== 'acknowledge' || FAILED.includes(event));

/**
 * The last evidence of each delivery decides, because mail that was accepted can bounce. If one delivery has
 * arrived, returns that; else the last evidence of all: a failure, or the wait for an endpoint.
 */
function decisiveEvidenceOf(pieces: readonly Evidence[]): Evidence | undefined {
  const told = pieces.filter(
    (one) => [...REACHED, ...FAILED, ...DELAYED].includes(one.event) && !isUnrelated(one),
  );
  const last = [...new Map(told.map((one) => [one.delivery ?? one.id, one])).values()];
  return last.find((one) => REACHED.includes(one.event)) ?? told.at(-1);
}

/**
 * The evidence that the message waits because its recipient has no endpoint, if this is so at an instant
 * (milliseconds) and no officer has acknowledged. `all` is in the order of time.
 */
export function waitingEvidenceAt(all: readonly Evidence[], at: number): Evidence | undefined {
  const pieces = all.filter((one) => Date.parse(one.at) <= at);
  const last = decisiveEvidenceOf(pieces);
  const isSo = last !== undefined && DELAYED.includes(last.event) && partStateAt(all, at) === 'waiting';
  return isSo ? last : undefined;
}

const isNotRelayed = (all: readonly Evidence[], pieces: readonly Evidence[]): boolean =>
  pieces.some((one) => NOT_RELAYED.includes(one.event)) &&
  !all.some(({ event }) => event === 'RelayAcceptance' || [...REACHED, ...FAILED].includes(event));

/**
 * Events with which a recipient's side states that it deleted a recalled message. ETSI EN 319 522 has none for it;
 * the evidence names the deleted message.
 */
const PURGED: readonly string[] = ['ContentPurge'];

/** When the content of a recalled message was deleted, in milliseconds; Infinity if it was not. */
export function purgeTimeOf(pieces: readonly Evidence[]): number {
  const purge = pieces.find((one) => PURGED.includes(one.event));
  return purge === undefined ? Number.POSITIVE_INFINITY : Date.parse(purge.at);
}
