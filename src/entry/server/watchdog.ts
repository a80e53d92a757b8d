/**
 * The watchdog ends a process whose event loop hangs. Such a process answers nobody but keeps its claims. After its end the
 * supervisor starts another one, and its claims are released as after any crash.
 */
import { Worker } from 'node:worker_threads';

/** The input of the watching thread. */
export interface WatchdogInput {
  /** A counter that increases while the loop runs. */
  readonly beats: Int32Array<SharedArrayBuffer>;
  /** How long the loop may stand still or compute without a beat; time in which it waits for the processor does not count. */
  readonly seconds: number;
  readonly pid: number;
}

const PROGRAM = new URL(import.meta.url.replace(/watchdog(\.[jt]s)$/, 'watchdog-thread$1'));

/** How often the loop increases the counter, in milliseconds. */
const BEAT = 250;

/** Starts to watch the event loop of this process (default limit: ten seconds). @returns a function that stops it */
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
