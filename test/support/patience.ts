/**
 * How long tests wait for what must come: until it comes. The limits end only what hangs; how fast the machine is, and
 * what else it does, decides no test.
 */

/** For `vi.waitFor` and `vi.waitUntil`, whose own limit is a second. `expect.poll` has its limit from `vitest.config.ts`. */
export const WAIT = { timeout: 600_000, interval: 20 } as const;

/** Milliseconds after which a call that must be answered is given up as hanging. */
export const PATIENCE = 600_000;

/** The signal of a call that is never interrupted. */
export const never = (): AbortSignal => new AbortController().signal;
