/**
 * The thread that watches an event loop (`watchdog.ts`). It counts its own checks and not the time, because a machine that slept, or
 * a stopped process that continues, has missed no check. It also asks what the loop's thread has had of the processor, because a
 * loop that a busy machine keeps waiting does not hang.
 */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { isLoopHanging, readMainThreadTimes, timesBetween } from './loop-hang.ts';
import type { WatchdogInput } from './watchdog.ts';

const { beats, seconds, pid } = workerData as WatchdogInput;
const LOOK = 1_000;
const nobody = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Writes a line in the form of the log, which hangs together with the loop. */
function say(): void {
  const line = { level: 60, time: new Date().toISOString(), event: 'watchdog.ended', seconds };
  try {
    writeSync(2, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody reads standard error; the signal shows the reason too.
  }
}

let last = Atomics.load(beats, 0);
let missed = 0;
let atBeat = readMainThreadTimes(pid);
for (;;) {
  // Waits until the time is over; nothing wakes it earlier.
  Atomics.wait(nobody, 0, 0, LOOK);
  const now = Atomics.load(beats, 0);
  const times = readMainThreadTimes(pid);
  missed = now === last ? missed + 1 : 0;
  if (now !== last) atBeat = times;
  last = now;
  if (isLoopHanging(missed, timesBetween(atBeat, times), seconds)) {
    say();
    // This signal writes no core file, which would contain keys. If it is blocked, the next signal cannot be.
    process.kill(pid, 'SIGALRM');
    Atomics.wait(nobody, 0, 0, LOOK);
    process.kill(pid, 'SIGKILL');
  }
}
