/**
 * Contradictions: evidence of one message to one recipient that says opposite things. Nothing of it is dropped; it is
 * shown until a named officer settles it.
 */
import type { Channel } from '../party/channel.ts';
import { present } from '../words/present.ts';
import {
  acknowledgementIn,
  effectiveAcknowledgementOf,
  type KnownAcknowledgement,
} from './effective-acknowledgement.ts';
import type { Evidence, EvidenceEvent } from './evidence.ts';

export interface Contradiction {
  /** `word`: officers of the desk differ. `carriage`: one way both reached it and did not. */
  readonly kind: 'word' | 'carriage';
  readonly open: boolean;
  /** What contradicts each other, in the order it happened. */
  readonly words: readonly ContradictingEvidence[];
  /** The word that settled it. */
  readonly settledBy?: KnownAcknowledgement;
}

/** One piece of it. */
export interface ContradictingEvidence {
  /** Id of the evidence. */
  readonly evidence: string;
  readonly event: EvidenceEvent;
  readonly at: string;
  readonly by: string;
  readonly channel?: Channel;
  readonly officer?: KnownAcknowledgement['officer'];
  /** The ground of a decline, or why it failed. */
  readonly reason?: string;
}

const REACHED: readonly EvidenceEvent[] = ['ContentConsignment', 'ConsignmentNotification', 'RelayToNonERDS'];
const FAILED: readonly EvidenceEvent[] = [
  'ContentConsignmentFailure',
  'ConsignmentNotificationFailure',
  'RelayToNonERDSFailure',
];

/** All contradictions in the evidence of one message to one recipient, settled ones included. */
export function findContradictions(pieces: readonly Evidence[]): readonly Contradiction[] {
  const sorted = pieces.toSorted(
    (one, other) => Date.parse(one.at) - Date.parse(other.at) || (one.id < other.id ? -1 : 1),
  );
  return [...betweenWords(sorted), ...ofCarriage(sorted)];
}

const pieceOf = (claims: Evidence): ContradictingEvidence => ({
  evidence: claims.id,
  event: claims.event,
  at: claims.at,
  by: claims.by,
  ...present({ channel: claims.channel, officer: claims.officer, reason: claims.reason }),
});

/** One for each word that settles, of what it settled; and the one that is open, if one is. */
function betweenWords(sorted: readonly Evidence[]): readonly Contradiction[] {
  const said = sorted.flatMap((one) => acknowledgementIn(one) ?? []);
  const named = (ids: readonly string[]) => sorted.filter((one) => ids.includes(one.id)).map(pieceOf);
  const settled = said
    .filter((one) => one.settles !== undefined)
    .map((by) => ({
      kind: 'word' as const,
      open: false,
      words: named(by.settles ?? []),
      settledBy: by,
    }));
  const { effective: acknowledgement, open } = effectiveAcknowledgementOf(said);
  if (open.length === 0) return settled;
  const ids = [...(acknowledgement === undefined ? [] : [acknowledgement]), ...open].map((one) => one.id);
  return [...settled, { kind: 'word', open: true, words: named(ids) }];
}

/**
 * A delivery that came through and failed afterwards, as mail does that bounces; and a relay given up here that arrived
 * there all the same. An officer's word settles either: who answers has it. What failed and was then sent again by hand
 * contradicts nothing.
 */
function ofCarriage(sorted: readonly Evidence[]): readonly Contradiction[] {
  const { effective: acknowledgement } = effectiveAcknowledgementOf(
    sorted.flatMap((one) => acknowledgementIn(one) ?? []),
  );
  const told = sorted.filter((one) => [...REACHED, ...FAILED].includes(one.event));
  const ways = Map.groupBy(told, (one) => one.delivery ?? one.id);
  const torn = [...ways.values()].filter(
    (way) =>
      way.some((one) => REACHED.includes(one.event)) &&
      way.slice(-1).some((one) => FAILED.includes(one.event)),
  );
  return [...torn, ...gaveUp(sorted)].map((way) => ({
    kind: 'carriage',
    open: acknowledgement === undefined,
    words: way.map(pieceOf),
    ...present({ settledBy: acknowledgement }),
  }));
}

/** Our word that the other gateway did not take it, beside the first that it signed of what happened there. */
function gaveUp(sorted: readonly Evidence[]): readonly (readonly Evidence[])[] {
  const failure = sorted.find((one) => one.event === 'RelayFailure');
  const arrived = sorted.find((one) => failure !== undefined && isFromThere(one, failure));
  return failure === undefined || arrived === undefined ? [] : [[failure, arrived]];
}

const isFromThere = (one: Evidence, failure: Evidence): boolean =>
  one.by !== failure.by &&
  one.recipient === failure.recipient &&
  !/^(?:Submission|Relay(?!To))/.test(one.event);
