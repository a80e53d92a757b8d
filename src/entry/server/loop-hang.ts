/**
 * Tells an event loop that hangs from one that other programs keep from the processor. On a busy machine a healthy loop may get
 * so little of the processor that it beats only once in many seconds; to end it would only add to the load.
 */
import { readFileSync } from 'node:fs';

/** What a thread has had of the processor since it began, in seconds. */
export interface ThreadTimes {
  /** Computing. */
  readonly ran: number;
  /** Ready to compute, while other threads had the processor. */
  readonly waited: number;
}

/**
 * The times of a process's main thread, from `schedstat` of Linux (Documentation/scheduler/sched-stats.rst); undefined where they
 * cannot be read.
 */
export function readMainThreadTimes(pid: number): ThreadTimes | undefined {
  try {
    const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8')
      .split(' ')
      .map(Number);
    return Number.isFinite(ran + waited) ? { ran: ran / 1e9, waited: waited / 1e9 } : undefined;
  } catch {
    return undefined;
  }
}

/** What a thread had between two readings; undefined if one of them failed. */
export const timesBetween = (
  earlier: ThreadTimes | undefined,
  later: ThreadTimes | undefined,
): ThreadTimes | undefined =>
  earlier && later && { ran: later.ran - earlier.ran, waited: later.waited - earlier.waited };

/**
 * Whether a loop hangs that has not beaten for `missed` checks, one each second: it stood still for `seconds` without waiting for
 * the processor, or it has computed for `seconds`.
 * @param since what its thread has had of the processor since the last beat; if undefined, the number of checks alone decides
 */
export const isLoopHanging = (missed: number, since: ThreadTimes | undefined, seconds: number): boolean =>
  missed >= seconds && (since === undefined || missed - since.waited >= seconds || since.ran >= seconds);
