/** The loop runs all due work. The store, the clock, or a runtime that cannot wait wakes it. */
import type { Gateway } from '../gateway.ts';
import type { Exchanging, Storing, Watching } from '../gateway-parts.ts';
import { isDatabaseDown } from '../store/database-fault.ts';
import { SchemaMismatch } from '../store/schema-version.ts';
import { claimArrivals } from './acknowledgement/arrivals.ts';
import { createAttemptCounter } from './carry/attempt-counter.ts';
import { createBreaker } from './carry/breaker.ts';
import { type AttemptMemory, claimDeliveries, type Job } from './carry/dispatch.ts';
import { retryEvidenceAside } from './carry/evidence-aside.ts';
import { claimNotes } from './carry/notes.ts';
import { probePeers } from './carry/sign-of-life.ts';
import { warnOfEndings } from './directory/expiry.ts';
import { fetchDueCapabilities } from './directory/peer-reads.ts';
import { endUnconfirmed } from './endpoint/confirming.ts';
import { claimEscalations } from './escalation.ts';
import { keepRejectionCounts } from './evidence/reject.ts';
import { carryOutRecalls } from './keep/recall.ts';
import { witnessOthers, workOnOwnLedger } from './ledger/round.ts';
import { type LimitSharing, startLimitSharing } from './limit-sharing.ts';
import { recordPendingSwitches } from './operator/switches.ts';
import { checkSchema } from './schema.ts';
import { fetchMissing } from './statements/missing.ts';
import { claimWithdrawals, scheduleWithdrawals } from './statements/withdrawals-sent.ts';
import { purgeDueContentDaily } from './thread/retain.ts';

/** Most pieces of work under way in one process, so that a slow channel leaves room for the others. */
const AT_ONCE = 128;

/** Most arrivals among these. However many come, the rest is left for deliveries. */
const ARRIVALS_AT_ONCE = 32;

/** Milliseconds between two looks whether the grants have been adopted. */
const CHECK_GRANTS = 2_000;

/** Shortest and longest sleep in milliseconds when nothing wakes the loop. */
const FLOOR = 20;
const CEILING = 5_000;

/** Milliseconds between two reports to other processes of what this one let through. */
const TELL_USE = 2_000;

/** Milliseconds between two searches for statements and certificates that will expire. */
const LOOK_FOR_ENDINGS = 3_600_000;

/** Milliseconds between two searches for recalls that a crash left. */
const LOOK_FOR_RECALLS = 60_000;

/** Milliseconds between two searches for endpoints that were not confirmed in time. */
const LOOK_FOR_UNCONFIRMED = 60_000;

/**
 * Milliseconds between two searches for content past its retention period, and until the first one after the
 * start. Work that waited for the start goes first.
 */
const LOOK_FOR_OLD_CONTENT = 86_400_000;
const START = 60_000;

/**
 * Milliseconds between two checks of peers. Each peer's capabilities are fetched once an hour, and each time
 * while something waits for it.
 */
const LOOK_AT_PEERS = 60_000;

/**
 * Milliseconds between two searches for gateways that were connected since and do not know earlier
 * withdrawals.
 */
const LOOK_FOR_UNTOLD = 60_000;

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

interface LoopHands {
  readonly launch: (job: Job) => void;
  readonly sharing: LimitSharing;
}

/**
 * Fetches what other gateways read, probes those that deliveries wait for, and tries evidence kept aside and
 * missing statements. It runs beside the loop, so that nothing waits for the network.
 */
export async function checkPeers(gateway: Exchanging, stop: AbortSignal): Promise<void> {
  try {
    await fetchDueCapabilities(gateway, stop);
    await probePeers(gateway, stop);
    await retryEvidenceAside(gateway);
    await fetchMissing(gateway);
  } catch (fault) {
    gateway.log.error('peers.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
  }
}

/** Work done by the clock. Ledgers and peers are read over the network, so they run beside the loop. */
function makeChores(
  gateway: Gateway,
  { launch, sharing }: LoopHands,
  stop: AbortSignal,
): () => Promise<void> {
  const awaited: readonly (readonly [isTime: (now: number) => boolean, work: () => Promise<unknown>])[] = [
    [makeClock(CEILING), () => noteSchema(gateway)],
    [makeClock(CEILING), () => takeOverAbandoned(gateway)],
    [makeClock(CEILING), () => recordPendingSwitches(gateway)],
    [makeClock(CEILING), () => keepRejectionCounts(gateway, gateway.now())],
    [makeClock(TELL_USE), sharing.tell],
    [makeClock(LOOK_FOR_ENDINGS), () => warnOfEndings(gateway)],
    [makeClock(LOOK_FOR_UNTOLD), () => scheduleWithdrawals(gateway)],
    [makeClock(LOOK_FOR_RECALLS), () => carryOutRecalls(gateway)],
    [makeClock(LOOK_FOR_UNCONFIRMED), () => endUnconfirmed(gateway)],
  ];
  const isTimeToRetain = makeClock(LOOK_FOR_OLD_CONTENT, gateway.now().getTime() + START);
  const ledgers = [() => workOnOwnLedger(gateway), () => witnessOthers(gateway, stop)].map((work) =>
    onlyOne(gateway.pace.ledger, work),
  );
  const isTimeForPeers = makeClock(LOOK_AT_PEERS);
  return async () => {
    const now = gateway.now().getTime();
    for (const [isTime, work] of awaited) if (isTime(now)) await work();
    if (isTimeToRetain(now)) launch(() => purgeDueContentDaily(gateway, stop));
    if (isTimeForPeers(now)) launch(() => checkPeers(gateway, stop));
    ledgers.flatMap((due) => due(now)).forEach(launch);
  };
}

/**
 * Makes a clock that is true at first, or from `first` on, then whenever this many milliseconds have passed
 * since it was last true, or the clock was set back.
 */
function makeClock(ms: number, first = Number.NEGATIVE_INFINITY): (now: number) => boolean {
  let last = first - ms;
  return (now) => {
    const isTime = Math.abs(now - last) >= ms;
    if (isTime) last = now;
    return isTime;
  };
}

/** Logs that program and database schema do not fit. Due work goes on as far as it can. */
async function noteSchema(gateway: Watching): Promise<void> {
  try {
    await checkSchema(gateway);
  } catch (fault) {
    if (!(fault instanceof SchemaMismatch)) throw fault;
  }
}

/** Starts the work when it is due, unless the previous run has not ended. */
function onlyOne(ms: number, work: () => Promise<void>): (now: number) => readonly Job[] {
  const isTime = makeClock(ms);
  let isUnderWay = false;
  const job: Job = async () => {
    await work();
    isUnderWay = false;
  };
  return (now) => {
    if (isUnderWay || !isTime(now)) return [];
    isUnderWay = true;
    return [job];
  };
}

/** Takes over the work of crashed processes, including an earlier run of this one. */
async function takeOverAbandoned(gateway: Storing): Promise<void> {
  const count = await gateway.store.database.releaseAbandoned(gateway.now());
  if (count > 0) gateway.log.warn('loop.took-over', { count });
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

interface Bell {
  readonly ring: () => void;
  /** Resolves when rung (also if rung since the last wait), after `ms`, or when stopped. */
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
        if (rung || stop.aborted) done();
      }),
  };
}
