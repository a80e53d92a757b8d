/**
 * The input for computing the turn: the consignments of a thread and their evidence. Both are sets. They are sorted
 * by signed instants, then by ids, so neither the order of arrival nor a repeat has an effect.
 */

import type { Evidence } from '../evidence/evidence.ts';
import type { AskedAct } from '../message/protocol.ts';
import type { ClockTerms } from '../terms/agreement.ts';
import type { Urgency } from '../words/vocabulary.ts';

/** The part of the protocol table that decides the turn. A type that is not in it asks for an acknowledgement. */
type TurnTable = Readonly<
  Record<string, { readonly asks: AskedAct; readonly answeredBy: readonly string[] }>
>;

export interface TurnRecipient {
  readonly to: string;
  /** The version of the agreement that the message was accepted under for this recipient. */
  readonly terms?: ClockTerms | undefined;
}

/** A consignment, with the members that every carrying gateway may read. */
export interface TurnMessage {
  readonly id: string;
  /** Short name. */
  readonly type: string;
  readonly from: string;
  readonly to: readonly TurnRecipient[];
  readonly about?: string | undefined;
  readonly urgency: Urgency;
  /** The instant in its submission acceptance. It is the same at both gateways. */
  readonly acceptedAt: Date;
  /** Deadlines that the sender asked for, in epoch seconds. */
  readonly asked?: { readonly acknowledge_by?: number | undefined; readonly answer_by?: number | undefined };
}

export interface TurnInput {
  readonly messages: readonly TurnMessage[];
  readonly evidence: readonly Evidence[];
  /** The country of each focal point, by DID. */
  readonly countries: ReadonlyMap<string, string>;
  readonly table: TurnTable;
  /** Later messages and evidence are ignored, so the turn of any time in the past can be computed. */
  readonly now: Date;
}

/** The country of a focal point without a designation. ISO 3166-1 reserves ZZ for users. */
const UNKNOWN_COUNTRY = 'ZZ';

/** The facts of a thread, sorted and indexed. */
export interface ThreadFacts {
  readonly messages: readonly TurnMessage[];
  readonly table: TurnTable;
  readonly now: Date;
  /** The message that began the thread. */
  readonly first: TurnMessage | undefined;
  readonly about: (id: string) => readonly TurnMessage[];
  readonly message: (id: string) => TurnMessage | undefined;
  /** Evidence of one message to one recipient, in the order it happened. */
  readonly evidence: (message: string, recipient: string) => readonly Evidence[];
  readonly country: (did: string) => string;
}

const byId = <T extends { readonly id: string }>(one: T, other: T): number =>
  one.id < other.id ? -1 : one.id > other.id ? 1 : 0;

/** Removes repeats, and sorts by time, then by id. */
function sorted<T extends { readonly id: string }>(
  all: readonly T[],
  time: (one: T) => number,
): readonly T[] {
  return [...new Map(all.map((one) => [one.id, one])).values()].sort(
    (one, other) => time(one) - time(other) || byId(one, other),
  );
}

export function threadFactsOf({ messages, evidence, countries, table, now }: TurnInput): ThreadFacts {
  const until = now.getTime();
  const known = sorted(messages, (one) => one.acceptedAt.getTime()).filter(
    (one) => one.acceptedAt.getTime() <= until,
  );
  const pieces = sorted(evidence, (one) => Date.parse(one.at)).filter((one) => Date.parse(one.at) <= until);
  const about = Map.groupBy(known, (one) => one.about);
  const ids = new Map(known.map((one) => [one.id, one]));
  const parts = Map.groupBy(pieces, (one) => `${one.consignment} ${one.recipient}`);
  return {
    messages: known,
    table,
    now,
    first: known[0],
    about: (id) => about.get(id) ?? [],
    message: (id) => ids.get(id),
    evidence: (message, recipient) => parts.get(`${message} ${recipient}`) ?? [],
    country: (did) => countries.get(did) ?? UNKNOWN_COUNTRY,
  };
}

/** The act that a message type asks for. */
export const askedActOf = (facts: ThreadFacts, type: string): AskedAct =>
  facts.table[type]?.asks ?? 'acknowledge';

/** Whether a message is addressed to a focal point. */
export const isAddressedTo = (message: TurnMessage, did: string): boolean =>
  message.to.some((one) => one.to === did);

/** When the sender recalled a message from a recipient, in milliseconds; Infinity if it did not. */
export function recallTimeOf(facts: ThreadFacts, message: TurnMessage, recipient: string): number {
  const recall = facts
    .about(message.id)
    .find(
      (one) =>
        askedActOf(facts, one.type) === 'purge' && one.from === message.from && isAddressedTo(one, recipient),
    );
  return recall?.acceptedAt.getTime() ?? Number.POSITIVE_INFINITY;
}
