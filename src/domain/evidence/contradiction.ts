/**
 * Contradictions: pieces of evidence about one message to one recipient that say opposite things. All are kept, and
 * shown until a named officer settles the contradiction.
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
  /**
   * `word`: officers of the focal point disagree. `carriage`: one delivery is said to have arrived and to have
   * failed.
   */
  readonly kind: 'word' | 'carriage';
  readonly open: boolean;
  /** The contradicting evidence, in the order of time. */
  readonly words: readonly ContradictingEvidence[];
  /** The acknowledgement that settled it. */
  readonly settledBy?: KnownAcknowledgement;
}

/** One piece of a contradiction. */
interface ContradictingEvidence {
  /** Id of the evidence. */
  readonly evidence: string;
  readonly event: EvidenceEvent;
  readonly at: string;
  readonly by: string;
  readonly channel?: Channel;
  readonly officer?: KnownAcknowledgement['officer'];
  /** The reason of a decline or a failure. */
  readonly reason?: string;
}

const REACHED: readonly EvidenceEvent[] = ['ContentConsignment', 'ConsignmentNotification', 'RelayToNonERDS'];
const FAILED: readonly EvidenceEvent[] = [
  'ContentConsignmentFailure',
  'ConsignmentNotificationFailure',
  'RelayToNonERDSFailure',
];

/** Finds all contradictions in the evidence of one message to one recipient, with settled ones. */
export function findContradictions(pieces: readonly Evidence[]): readonly Contradiction[] {
  const sorted = pieces.toSorted(
    (one, other) => Date.parse(one.at) - Date.parse(other.at) || (one.id < other.id ? -1 : 1),
  );
  return [...betweenAcknowledgements(sorted), ...ofCarriage(sorted)];
}

const pieceOf = (claims: Evidence): ContradictingEvidence => ({
  evidence: claims.id,
  event: claims.event,
  at: claims.at,
  by: claims.by,
  ...present({ channel: claims.channel, officer: claims.officer, reason: claims.reason }),
});

/** One contradiction for each acknowledgement that settles, and the open one if there is one. */
function betweenAcknowledgements(sorted: readonly Evidence[]): readonly Contradiction[] {
  const known = sorted.flatMap((one) => acknowledgementIn(one) ?? []);
  const named = (ids: readonly string[]) => sorted.filter((one) => ids.includes(one.id)).map(pieceOf);
  const settled = known
    .filter((one) => one.settles !== undefined)
    .map((by) => ({
      kind: 'word' as const,
      open: false,
      words: named(by.settles ?? []),
      settledBy: by,
    }));
  const { effective: acknowledgement, open } = effectiveAcknowledgementOf(known);
  if (open.length === 0) return settled;
  const ids = [...(acknowledgement === undefined ? [] : [acknowledgement]), ...open].map((one) => one.id);
  return [...settled, { kind: 'word', open: true, words: named(ids) }];
}

/**
 * Two contradictions of carriage: a delivery that arrived and failed afterwards, such as a mail that bounces; and a
 * relay that we gave up although the message arrived. An officer's acknowledgement settles both, because whoever
 * answers has the message. A failure before a successful retry is no contradiction.
 */
function ofCarriage(sorted: readonly Evidence[]): readonly Contradiction[] {
  const { effective: acknowledgement } = effectiveAcknowledgementOf(
    sorted.flatMap((one) => acknowledgementIn(one) ?? []),
  );
  const carried = sorted.filter((one) => [...REACHED, ...FAILED].includes(one.event));
  const deliveries = Map.groupBy(carried, (one) => one.delivery ?? one.id);
  const contradicting = [...deliveries.values()].filter(
    (pieces) =>
      pieces.some((one) => REACHED.includes(one.event)) &&
      pieces.slice(-1).some((one) => FAILED.includes(one.event)),
  );
  return [...contradicting, ...findGivenUpRelay(sorted)].map((pieces) => ({
    kind: 'carriage',
    open: acknowledgement === undefined,
    words: pieces.map(pieceOf),
    ...present({ settledBy: acknowledgement }),
  }));
}

/** Our evidence that the relay failed, with the first evidence of the other gateway about what happened there. */
function findGivenUpRelay(sorted: readonly Evidence[]): readonly (readonly Evidence[])[] {
  const failure = sorted.find((one) => one.event === 'RelayFailure');
  const arrived = sorted.find((one) => failure !== undefined && isFromOtherGateway(one, failure));
  return failure === undefined || arrived === undefined ? [] : [[failure, arrived]];
}

const isFromOtherGateway = (one: Evidence, failure: Evidence): boolean =>
  one.by !== failure.by &&
  one.recipient === failure.recipient &&
  !/^(?:Submission|Relay(?!To))/.test(one.event);
