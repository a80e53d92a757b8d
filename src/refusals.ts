/**
 * Decides how many refusals of one caller are kept one by one and how many are only counted. A flood of refusals must not fill the
 * evidence and the ledger for ever. Each process counts its own refusals.
 */

/** How long one count lasts, in milliseconds. */
const REFUSAL_COUNT_MS = 60_000;

/** How many counts may be open at once. Beyond that, refusals are kept one by one, so none is lost. */
const OPEN = 10_000;

export type RejectionEvent = 'SubmissionRejection' | 'RelayRejection' | 'EvidenceRejected';

/** How many refusals of one count are kept one by one: as many as a person reads, or as a relay with many focal points brings. */
const KEPT: Readonly<Record<RejectionEvent, number>> = {
  SubmissionRejection: 20,
  RelayRejection: 100,
  EvidenceRejected: 100,
};

/** Refusals of one caller for one reason that were signed but are not kept one by one. */
interface RefusalCount {
  readonly event: RejectionEvent;
  readonly sender: string;
  /** The problem code. */
  readonly reason: string;
  readonly count: number;
  /** The times of the first and the last one. */
  readonly from: Date;
  readonly until: Date;
}

export interface RefusalCounter {
  /** Counts one refusal. @returns true if it must be kept by itself */
  countRefusal(one: Pick<RefusalCount, 'event' | 'sender' | 'reason'>, at: Date): boolean;
  /** Returns the counts that are finished at an instant, or all, and forgets them. */
  takeFinished(at: Date | 'all'): readonly RefusalCount[];
  /** Takes back a count that could not be stored, for the next time. */
  takeBack(one: RefusalCount): void;
}

interface Open {
  readonly since: number;
  kept: number;
  readonly counted: Map<string, RefusalCount>;
}

/** @param keptOf how many refusals of an event in one count are kept one by one */
export function createRefusalCounter(keptOf = KEPT): RefusalCounter {
  const open = new Map<string, Open>();
  const done: RefusalCount[] = [];
  const end = (key: string, { counted }: Open): void => {
    done.push(...counted.values());
    open.delete(key);
  };
  const isOver = ({ since }: Open, at: Date): boolean => Math.abs(at.getTime() - since) >= REFUSAL_COUNT_MS;
  const openFor = (key: string, at: Date): Open | undefined => {
    const known = open.get(key);
    if (known !== undefined && !isOver(known, at)) return known;
    if (known !== undefined) end(key, known);
    if (open.size >= OPEN) return undefined;
    const fresh = { since: at.getTime(), kept: 0, counted: new Map<string, RefusalCount>() };
    open.set(key, fresh);
    return fresh;
  };
  return {
    countRefusal: ({ event, sender, reason }, at) => {
      const here = openFor(`${event} ${sender}`, at);
      if (here === undefined) return true;
      if (here.kept < keptOf[event]) {
        here.kept += 1;
        return true;
      }
      const { from, count } = here.counted.get(reason) ?? { from: at, count: 0 };
      here.counted.set(reason, { event, sender, reason, count: count + 1, from, until: at });
      return false;
    },
    takeFinished: (at) => {
      for (const [key, one] of open) if (at === 'all' || isOver(one, at)) end(key, one);
      return done.splice(0);
    },
    takeBack: (one) => {
      if (done.length < OPEN) done.push(one);
    },
  };
}
