/**
 * The watchdog: ends a process whose event loop stands. A process that answers nobody, and still holds its claims, is worse
 * than one that is gone: its supervisor starts another, and its claims are released as after any crash.
 */
import { Worker } from 'node:worker_threads';

/** What the watching thread is given. */
export interface WatchdogInput {
  /** Counts up while the loop turns. */
  readonly beats: Int32Array<SharedArrayBuffer>;
  /** Looks in a row, one a second, that may find no new beat. */
  readonly seconds: number;
  readonly pid: number;
}

const PROGRAM = new URL(import.meta.url.replace(/watchdog(\.[jt]s)$/, 'watchdog-thread$1'));

/** How often the loop shows that it turns, in milliseconds. */
const BEAT = 250;

/** Starts to watch this process's loop; ten seconds are allowed where nothing is said. @returns how to stop */
export function startWatchdog({ seconds = 10 }: { readonly seconds?: number } = {}): () => Promise<void> {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const beating = setInterval(() => Atomics.add(beats, 0, 1), BEAT).unref();
  const workerData: WatchdogInput = { beats, seconds, pid: process.pid };
  const thread = new Worker(PROGRAM, { workerData, env: {}, execArgv: [] });
  thread.unref();
  return async () => {
    clearInterval(beating);
    await thread.terminate();
  };
}
