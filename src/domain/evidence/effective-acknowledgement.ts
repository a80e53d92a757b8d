/**
 * Standing: which of the words that officers of one desk said about one message counts. It is computed from the words
 * that are known and from nothing else, so two gateways that know the same words show the same one, in whatever order
 * these came to them.
 */

import { present } from '../words/present.ts';
import type { Evidence } from './evidence.ts';

/** An officer's word, as its evidence says it. */
export interface KnownAcknowledgement {
  /** Id of the evidence. */
  readonly id: string;
  readonly decision: 'accepted' | 'declined';
  readonly officer: NonNullable<Evidence['officer']>;
  readonly ground?: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The word that stood when this one was said otherwise. */
  readonly contradicts?: string;
  /** The words whose contradiction this one settles. */
  readonly settles?: readonly string[];
}

export interface AcknowledgementState {
  /** The word that counts; absent until there is one. */
  readonly effective?: KnownAcknowledgement;
  /** Words that say otherwise and that nobody has settled. */
  readonly open: readonly KnownAcknowledgement[];
}

/** The word in a piece of evidence, or undefined where it holds none. */
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
 * What stands. A word that settles others ends all it names, whether they are known yet or not, and goes before any
 * that settles nothing. A word that contradicts never stands, even where it comes before the one it contradicts. A home
 * gateway signs one first word and settlings that follow each other; from one that signs more, the earliest first word
 * and the latest settling stand, and the others are open contradictions.
 */
export function effectiveAcknowledgementOf(words: readonly KnownAcknowledgement[]): AcknowledgementState {
  const known = [...new Map(words.map((one) => [one.id, one])).values()].sort(inOrder);
  const ended = new Set(known.flatMap((one) => (one.settles ?? []).filter((id) => id !== one.id)));
  const live = known.filter((one) => !ended.has(one.id));
  const settling = live.filter((one) => one.settles !== undefined).at(-1);
  const first = live.find((one) => one.settles === undefined && one.contradicts === undefined);
  // Settlings that end each other in a circle are nobody's honest work; the last of them still ends the rest.
  const circle = live.length === 0 ? known.filter((one) => one.settles !== undefined).at(-1) : undefined;
  const word = settling ?? first ?? circle;
  return { ...present({ effective: word }), open: live.filter((one) => one !== word) };
}

/** By time, then by id: every order of arrival sorts the same. */
function inOrder(one: KnownAcknowledgement, other: KnownAcknowledgement): number {
  const [a, b] = [one, other].map(({ at, id }) => `${new Date(at).toISOString()} ${id}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

/** Whether two pieces of evidence name the same words as settled: what a focal point signed, and what its gateway did. */
export function isSameSettlement(one: Pick<Evidence, 'settles'>, other: Pick<Evidence, 'settles'>): boolean {
  const [named, others] = [new Set(one.settles), new Set(other.settles)];
  return named.size === others.size && [...named].every((id) => others.has(id));
}
