/**
 * The acknowledgement in effect: the one that counts if officers of one focal point gave several for one message.
 * It is computed from the known acknowledgements alone, whatever their order of arrival. So two gateways that know
 * the same ones show the same result.
 */

import { present } from '../words/present.ts';
import type { Evidence } from './evidence.ts';

/** An officer's acknowledgement, as in its evidence. */
export interface KnownAcknowledgement {
  /** Id of the evidence. */
  readonly id: string;
  readonly decision: 'accepted' | 'declined';
  readonly officer: NonNullable<Evidence['officer']>;
  readonly ground?: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The acknowledgement that was in effect when this one contradicted it. */
  readonly contradicts?: string;
  /** The acknowledgements whose contradiction this one settles. */
  readonly settles?: readonly string[];
}

export interface AcknowledgementState {
  /** The acknowledgement in effect; absent if there is none. */
  readonly effective?: KnownAcknowledgement;
  /** Acknowledgements that contradict it and that nobody has settled. */
  readonly open: readonly KnownAcknowledgement[];
}

/** Reads the acknowledgement in a piece of evidence; undefined if it contains none. */
export function acknowledgementIn(claims: Evidence): KnownAcknowledgement | undefined {
  const { id, event, officer, reason, at, contradicts, settles } = claims;
  if (event !== 'ConsignmentAcceptance' && event !== 'ConsignmentRejection') return undefined;
  if (officer === undefined) return undefined;
  return {
    id,
    decision: event === 'ConsignmentAcceptance' ? 'accepted' : 'declined',
    officer,
    at,
    ...present({ ground: reason, contradicts, settles }),
  };
}

/**
 * Computes the acknowledgement in effect. One that settles ends all that it names, known or not yet known, and
 * precedes all that settle nothing. One that contradicts another is never in effect, even if it is earlier. A home
 * gateway signs one first acknowledgement, and then settlements one after the other. If a gateway signs more, the
 * earliest first one and the latest settlement are in effect, and the others are open contradictions.
 */
export function effectiveAcknowledgementOf(words: readonly KnownAcknowledgement[]): AcknowledgementState {
  const known = [...new Map(words.map((one) => [one.id, one])).values()].sort(inOrder);
  const ended = new Set(known.flatMap((one) => (one.settles ?? []).filter((id) => id !== one.id)));
  const live = known.filter((one) => !ended.has(one.id));
  const settling = live.filter((one) => one.settles !== undefined).at(-1);
  const first = live.find((one) => one.settles === undefined && one.contradicts === undefined);
  // An honest gateway makes no circle of settlements that end each other. The last of them still ends the rest.
  const circle = live.length === 0 ? known.filter((one) => one.settles !== undefined).at(-1) : undefined;
  const word = settling ?? first ?? circle;
  return { ...present({ effective: word }), open: live.filter((one) => one !== word) };
}

/** Compares by time, then by id, so that the result does not depend on the order of arrival. */
function inOrder(one: KnownAcknowledgement, other: KnownAcknowledgement): number {
  const [a, b] = [one, other].map(({ at, id }) => `${new Date(at).toISOString()} ${id}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

/**
 * Whether two pieces of evidence settle the same acknowledgements: the focal point's own statement and its
 * gateway's evidence.
 */
export function isSameSettlement(one: Pick<Evidence, 'settles'>, other: Pick<Evidence, 'settles'>): boolean {
  const [named, others] = [new Set(one.settles), new Set(other.settles)];
  return named.size === others.size && [...named].every((id) => others.has(id));
}
