/** The loop runs all due work. The store, the clock, or a runtime that cannot wait wakes it. */
import type { Gateway } from '../../gateway.ts';
import type { Exchanging, Storing } from '../../gateway-parts.ts';
import { isDatabaseDown } from '../../store/database-fault.ts';
import { claimArrivals } from '../acknowledgement/arrivals.ts';
import { createAttemptCounter } from '../carry/attempt-counter.ts';
import { createBreaker } from '../carry/breaker.ts';
import { type AttemptMemory, claimDeliveries, type Job } from '../carry/dispatch.ts';
import { claimNotes } from '../carry/notes.ts';
import { claimEscalations } from '../escalation.ts';
import { startLimitSharing } from '../limit-sharing.ts';
import { claimWithdrawals } from '../statements/withdrawals-sent.ts';
import { makeBell } from './bell.ts';
import { CEILING, makeChores } from './chores.ts';

/** Most pieces of work under way in one process, so that a slow channel leaves room for the others. */
const AT_ONCE = 128;

/** Most arrivals among these. However many come, the rest is left for deliveries. */
const ARRIVALS_AT_ONCE = 32;

/** Milliseconds between two looks whether the grants have been adopted. */
const CHECK_GRANTS = 2_000;

/** Shortest sleep in milliseconds when nothing wakes the loop. */
const FLOOR = 20;

async function claimWork(
  gateway: Gateway,
  tries: AttemptMemory,
  limit: number,
  arrivals: ArrivalRoom,
): Promise<readonly Job[]> {
  const claimed = await Promise.all([
    claimDeliveries(gateway, tries, limit),
    claimNotes(gateway, limit),
    claimWithdrawals(gateway, limit),
    claimEscalations(gateway, limit),
    arrivals.claim(gateway, limit),
  ]);
  return claimed.flat();
}

interface ArrivalRoom {
  claim(gateway: Gateway, limit: number): Promise<readonly Job[]>;
}

/** Claims no more arrivals than may be under way at once. */
function arrivalRoom(roomAgain: () => void = () => {}): ArrivalRoom {
  let underWay = 0;
  return {
    async claim(gateway, limit) {
      const room = Math.min(limit, ARRIVALS_AT_ONCE - underWay);
      const jobs = room > 0 ? await claimArrivals(gateway, room) : [];
      underWay += jobs.length;
      return jobs.map((job) => async () => {
        await job();
        underWay -= 1;
        // Below the limit everything due was claimed, so only a full room has to wake the loop.
        if (underWay === ARRIVALS_AT_ONCE - 1) roomAgain();
      });
    },
  };
}

/**
 * Works until nothing is due, or `rounds` are over, each with at most `atOnce` pieces of a kind.
 * @returns pieces of work done
 */
export async function workUntilIdle(
  gateway: Gateway,
  rounds = Number.POSITIVE_INFINITY,
  atOnce = AT_ONCE / 2,
): Promise<number> {
  if (gateway.guard.state() !== 'ready') return 0;
  const tries = { breaker: createBreaker(), crowd: createAttemptCounter() };
  const arrivals = arrivalRoom();
  let done = 0;
  for (let round = 0; round < rounds; round += 1) {
    const jobs = await claimWork(gateway, tries, atOnce, arrivals);
    if (jobs.length === 0) break;
    await Promise.all(jobs.map((job) => job()));
    done += jobs.length;
  }
  return done;
}

/**
 * Runs until `stop` is aborted, then waits for the work under way. Faults of the database are logged and
 * waited out. The rows are the jobs, so nothing is lost meanwhile.
 */
export async function runLoop(gateway: Gateway, stop: AbortSignal): Promise<void> {
  const bell = makeBell(stop);
  const tries = { breaker: createBreaker(), crowd: createAttemptCounter(bell.ring) };
  const arrivals = arrivalRoom(bell.ring);
  const active = new Set<Promise<void>>();
  const launch = (job: Job): void => {
    const run = job().finally(() => {
      active.delete(run);
      // Claim again once half of the places are free. A claim for every single piece would cost more than it
      // brings.
      if (active.size === AT_ONCE / 2) bell.ring();
    });
    active.add(run);
  };
  const unlisten = await gateway.store.database.listen(bell.ring);
  const sharing = await startLimitSharing(gateway);
  const doChores = makeChores(gateway, { launch, sharing }, stop);
  while (await waitUntilReady(gateway, bell, stop)) {
    try {
      await doChores();
      const room = Math.floor((AT_ONCE - active.size) / 2);
      const jobs = room < AT_ONCE / 8 ? [] : await claimWork(gateway, tries, room, arrivals);
      gateway.parts.works('loop');
      jobs.forEach(launch);
      if (jobs.length < room || jobs.length === 0)
        await bell.wait(await untilNextDue(gateway, active.size, tries.crowd.fullEndpoints()));
    } catch (fault) {
      gateway.parts.fails('loop');
      // The module that notices a database outage logs it, once.
      if (!isDatabaseDown(fault))
        gateway.log.error('loop.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
      await bell.wait(CEILING);
    }
  }
  await Promise.all(active);
  await Promise.all([unlisten(), sharing.stop()]);
}

/**
 * Waits until the grants are verified: before that nobody knows who may be sent to.
 * @returns false once stopped
 */
async function waitUntilReady(
  { guard }: Storing,
  bell: ReturnType<typeof makeBell>,
  stop: AbortSignal,
): Promise<boolean> {
  while (!stop.aborted && guard.state() !== 'ready') await bell.wait(CHECK_GRANTS);
  return !stop.aborted;
}

/** @param full endpoints for which nothing is claimed; the bell rings when there is room again */
async function untilNextDue(gateway: Exchanging, active: number, full: readonly string[]): Promise<number> {
  const ceiling = Math.min(CEILING, gateway.pace.ledger);
  // No room: the bell rings when there is room again.
  if (active > AT_ONCE / 2) return ceiling;
  const due = await gateway.store.database.nextDue(full);
  if (due === undefined) return ceiling;
  return Math.min(Math.max(due.getTime() - gateway.now().getTime(), FLOOR), ceiling);
}
