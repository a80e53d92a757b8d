/**
 * The queue of calls to the Bot API. The number of concurrent calls is limited, and rank decides which call is next: immediate
 * notices, other notices, answers to officers, answers to strangers. Lower ranks cannot fill the queue, so that a notice finds a
 * place even while answers hang.
 */
import type { Parcel } from '../../src/domain/carriage/adapter.ts';

/** How many calls may be running when one of this rank begins, from the highest rank to the lowest. */
const ROOM = [48, 40, 24, 6] as const;

export type LineRank = 0 | 1 | 2 | 3;

/** Replies to accounts that are not linked to an officer. */
const TO_STRANGERS: readonly string[] = ['help', 'link-refused'];

export function rankOfParcel(parcel: Parcel): LineRank {
  if (parcel.kind === 'reply') return TO_STRANGERS.includes(parcel.word) ? 3 : 2;
  const isImmediate = 'summary' in parcel && parcel.summary.urgency === 'immediate';
  return isImmediate && (parcel.kind === 'message' || parcel.kind === 'reminder') ? 0 : 1;
}

interface SendingLine {
  /** Does the work in its turn. Undefined where `signal` ended before, and then nothing was done. */
  enter<T>(rank: LineRank, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined>;
}

export function createSendingLine(): SendingLine {
  const waiting: readonly Set<() => void>[] = ROOM.map(() => new Set());
  let underWay = 0;

  /** Starts the calls that may start: the highest rank first, and within a rank the longest waiting. */
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
