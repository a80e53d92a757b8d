/**
 * The line in front of the Bot API. Calls that are under way at once are bounded, and who is let in next is decided by
 * rank: notices of what cannot wait, other notices, answers to officers, answers to strangers. The lower ranks may not
 * fill the line, so that a notice finds a place even while answers to others hang.
 */
import type { Parcel } from '../../src/domain/carriage/adapter.ts';

/** How many calls may be under way when one of this rank begins, from the highest rank to the lowest. */
const ROOM = [48, 40, 24, 6] as const;

export type LineRank = 0 | 1 | 2 | 3;

/** What is said to accounts that are linked to nobody. */
const TO_STRANGERS: readonly string[] = ['help', 'link-refused'];

export function rankOfParcel(parcel: Parcel): LineRank {
  if (parcel.kind === 'reply') return TO_STRANGERS.includes(parcel.word) ? 3 : 2;
  const isImmediate = 'summary' in parcel && parcel.summary.urgency === 'immediate';
  return isImmediate && (parcel.kind === 'message' || parcel.kind === 'reminder') ? 0 : 1;
}

export interface SendingLine {
  /** Does the work when it is its turn; undefined where `signal` ended first, and then nothing was done. */
  enter<T>(rank: LineRank, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined>;
}

export function createSendingLine(): SendingLine {
  const waiting: readonly Set<() => void>[] = ROOM.map(() => new Set());
  let underWay = 0;

  /** Lets in whoever may enter, the highest rank first and in each the longest waiting. */
  const next = (): void => {
    for (const [rank, room] of ROOM.entries()) {
      for (const enter of waiting[rank] ?? []) {
        if (underWay >= room) break;
        enter();
      }
    }
  };

  return {
    async enter(rank, signal, work) {
      const isIn = await new Promise<boolean>((resolve) => {
        const leave = (): void => {
          waiting[rank]?.delete(enter);
          resolve(false);
        };
        const enter = (): void => {
          waiting[rank]?.delete(enter);
          signal.removeEventListener('abort', leave);
          underWay += 1;
          resolve(true);
        };
        waiting[rank]?.add(enter);
        signal.addEventListener('abort', leave);
        if (signal.aborted) leave();
        else next();
      });
      if (!isIn) return undefined;
      try {
        return await work();
      } finally {
        underWay -= 1;
        next();
      }
    },
  };
}
