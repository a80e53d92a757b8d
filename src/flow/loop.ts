/** The loop: one clock hand over all due work. Woken by the store, by the clock, or by a runtime that cannot wait. */
import type { Gateway } from '../gateway.ts';
import { workArrivals } from './arrivals.ts';
import { dispatchDue } from './dispatch.ts';

/** Claimed at once. Small enough that a slow channel does not hold the others' leases, large enough to fill a batch. */
const AT_ONCE = 64;

/** Polling floor and ceiling in milliseconds: how long the loop sleeps when nothing wakes it. */
const FLOOR = 50;
const CEILING = 5_000;

/** Works until nothing is due, or `rounds` is used up. @returns pieces of work done */
export async function drain(gateway: Gateway, rounds = Number.POSITIVE_INFINITY): Promise<number> {
  let done = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [arrivals, deliveries] = await Promise.all([
      workArrivals(gateway, AT_ONCE),
      dispatchDue(gateway, AT_ONCE),
    ]);
    if (arrivals + deliveries === 0) break;
    done += arrivals + deliveries;
  }
  return done;
}

/**
 * Runs until `stop` is aborted. A fault of the database is logged and waited out; the rows are the jobs, so nothing is
 * lost meanwhile.
 */
export async function runLoop(gateway: Gateway, stop: AbortSignal): Promise<void> {
  const bell = makeBell(stop);
  const unlisten = await gateway.store.listen(bell.ring);
  while (!stop.aborted) {
    try {
      await drain(gateway);
      await bell.wait(await untilNextDue(gateway));
    } catch (fault) {
      gateway.log.error('loop.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
      await bell.wait(CEILING);
    }
  }
  await unlisten();
}

async function untilNextDue(gateway: Gateway): Promise<number> {
  const due = await gateway.store.nextDue();
  if (due === undefined) return CEILING;
  return Math.min(Math.max(due.getTime() - gateway.now().getTime(), FLOOR), CEILING);
}

interface Bell {
  readonly ring: () => void;
  /** Resolves when rung (also if rung since the last wait), when the time is up, or when stopped. */
  wait(ms: number): Promise<void>;
}

function makeBell(stop: AbortSignal): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  stop.addEventListener('abort', ring);
  return {
    ring,
    wait: (ms) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          wake = undefined;
          rung = false;
          resolve();
        };
        const timer = setTimeout(done, ms);
        wake = done;
        if (rung) done();
      }),
  };
}
