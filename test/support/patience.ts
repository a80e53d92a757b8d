/**
 * How long tests wait: until the awaited thing comes. The limits end only what hangs; neither the speed nor the load
 * of the machine decides a test.
 */

/** For `vi.waitFor` and `vi.waitUntil`, whose own limit is a second. `expect.poll` has its limit from `vitest.config.ts`. */
export const WAIT = { timeout: 600_000, interval: 20 } as const;

/** Milliseconds after which an unanswered call is treated as hanging. */
export const PATIENCE = 600_000;

/** The signal of a call that is never interrupted. */
export const never = (): AbortSignal => new AbortController().signal;
