/** Waiting in the demo: with a limit, by checking repeatedly, never by assuming that some time is enough. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two checks, and the time limit of one wait. */
const PAUSE = 20;
const PATIENCE = 300_000;

/**
 * Checks until there is a result.
 * @throws Error that names what was waited for, if it takes too long or `signal` ends the wait
 */
export async function waitUntil<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  signal: AbortSignal,
  patience = PATIENCE,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (signal.aborted) throw new Error(`stopped while waiting for ${what}`);
    if (performance.now() > deadline) throw new Error(`waited ${patience / 1_000} s for ${what}`);
    await sleep(PAUSE, undefined, { ref: false });
  }
}
