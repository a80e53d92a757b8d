/**
 * The thread that watches a loop (`watchdog.ts`). It counts its own looks and not the time: a machine that slept, or a
 * process that was stopped and goes on, has missed no look.
 */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { WatchdogInput } from './watchdog.ts';

const { beats, seconds, pid } = workerData as WatchdogInput;
const LOOK = 1_000;
const nobody = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** A line as the log has them. The log itself stands with the loop. */
function say(): void {
  const line = { level: 60, time: new Date().toISOString(), event: 'watchdog.ended', seconds };
  try {
    writeSync(2, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody reads it; the signal says it as well.
  }
}

let last = Atomics.load(beats, 0);
let missed = 0;
for (;;) {
  // Waits; nobody ever wakes it.
  Atomics.wait(nobody, 0, 0, LOOK);
  const now = Atomics.load(beats, 0);
  missed = now === last ? missed + 1 : 0;
  last = now;
  if (missed >= seconds) {
    say();
    // No core is written for this signal: a core would hold keys. Where signals are held back, the next one is not.
    process.kill(pid, 'SIGALRM');
    Atomics.wait(nobody, 0, 0, LOOK);
    process.kill(pid, 'SIGKILL');
  }
}
