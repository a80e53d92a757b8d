/** Waiting in the demo: bounded, by looking again, never by hoping that some time was long enough. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks, and how long one wait may take. */
const PAUSE = 20;
const PATIENCE = 300_000;

/**
 * Looks until there is something to see.
 * @throws Error naming what was waited for, when it takes too long or `signal` ends the wait
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
