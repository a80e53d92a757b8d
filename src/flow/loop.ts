/** The loop: one clock hand over all due work. Woken by the store, by the clock, or by a runtime that cannot wait. */
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
import { witnessOthers, workOnOwnLedger } from './ledger/ledger-round.ts';
import { type LimitSharing, startLimitSharing } from './limit-sharing.ts';
import { recordPendingSwitches } from './operator/switches.ts';
import { checkSchema } from './schema.ts';
import { fetchMissing } from './statements/missing.ts';
import { claimWithdrawals, scheduleWithdrawals } from './statements/withdrawals-sent.ts';
import { purgeDueContentDaily } from './thread/retain.ts';

/** Pieces of work under way at once in one process: one slow channel must leave room for the others. */
const AT_ONCE = 128;

/** Of these, what people wrote and tapped: however much comes, the rest is for what goes out. */
const ARRIVALS_AT_ONCE = 32;

/** How often it is looked whether the grants have been confirmed. Milliseconds. */
const CLOSED = 2_000;

/** Polling floor and ceiling in milliseconds: how long the loop sleeps when nothing wakes it. */
const FLOOR = 20;
const CEILING = 5_000;

/** How often other processes are told what this one let through, in milliseconds. */
const TELL_USE = 2_000;

/** How often it is looked for what ends, in milliseconds. */
const LOOK_FOR_ENDINGS = 3_600_000;

/** How often it is looked for recalls that a crash kept from being carried out. */
const LOOK_FOR_RECALLS = 60_000;

/** How often it is looked for endpoints that their desk did not confirm in time. */
const LOOK_FOR_UNCONFIRMED = 60_000;

/** How often it is looked for content that was kept long enough, and how long what waited for a start goes before it. */
const LOOK_FOR_OLD_CONTENT = 86_400_000;
const START = 60_000;

/**
 * How often it is asked whether to look at what other gateways read, and whether they are up. Each is looked at once an
 * hour, and each time while something waits for it.
 */
const LOOK_AT_PEERS = 60_000;

/** How often it is looked for a gateway that was connected meanwhile and does not know what was withdrawn before. */
const LOOK_FOR_UNTOLD = 60_000;

async function claim(
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
        // While there was room, whatever was due has been claimed.
        if (underWay === ARRIVALS_AT_ONCE - 1) roomAgain();
      });
    },
  };
}

/** Works until nothing is due, or `rounds` of at most `atOnce` of a kind are used up. @returns pieces of work done */
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
    const jobs = await claim(gateway, tries, atOnce, arrivals);
    if (jobs.length === 0) break;
    await Promise.all(jobs.map((job) => job()));
    done += jobs.length;
  }
  return done;
}

/**
 * Runs until `stop` is aborted, then waits for what is under way. A fault of the database is logged and waited out;
 * the rows are the jobs, so nothing is lost meanwhile.
 */
export async function runLoop(gateway: Gateway, stop: AbortSignal): Promise<void> {
  const bell = makeBell(stop);
  const tries = { breaker: createBreaker(), crowd: createAttemptCounter(bell.ring) };
  const arrivals = arrivalRoom(bell.ring);
  const active = new Set<Promise<void>>();
  const launch = (job: Job): void => {
    const run = job().finally(() => {
      active.delete(run);
      // Half a house free is worth a claim; a claim for every single piece would cost more than it brings.
      if (active.size === AT_ONCE / 2) bell.ring();
    });
    active.add(run);
  };
  const unlisten = await gateway.store.database.listen(bell.ring);
  const sharing = await startLimitSharing(gateway);
  const doChores = chores(gateway, { launch, sharing }, stop);
  while (await isOpen(gateway, bell, stop)) {
    try {
      await doChores();
      const room = Math.floor((AT_ONCE - active.size) / 2);
      const jobs = room < AT_ONCE / 8 ? [] : await claim(gateway, tries, room, arrivals);
      gateway.parts.works('loop');
      jobs.forEach(launch);
      if (jobs.length < room || jobs.length === 0)
        await bell.wait(await untilNextDue(gateway, active.size, tries.crowd.fullEndpoints()));
    } catch (fault) {
      gateway.parts.fails('loop');
      // That the database is down is said where it is noticed, once.
      if (!isDatabaseDown(fault))
        gateway.log.error('loop.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
      await bell.wait(CEILING);
    }
  }
  await Promise.all(active);
  await Promise.all([unlisten(), sharing.stop()]);
}

/** Nobody is sent to, and nothing is done, before it is known who may be: what is due waits. @returns false once stopped */
async function isOpen(
  { guard }: Storing,
  bell: ReturnType<typeof makeBell>,
  stop: AbortSignal,
): Promise<boolean> {
  while (!stop.aborted && guard.state() !== 'ready') await bell.wait(CLOSED);
  return !stop.aborted;
}

interface Hands {
  readonly launch: (job: Job) => void;
  readonly sharing: LimitSharing;
}

/** What other gateways read by now, which of those that are waited for are up, and whether what was kept aside can be read here. Nobody waits for the network. */
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

/** What is done by the clock, whatever is due. Ledgers are read over the network: nobody waits for that. */
function chores(gateway: Gateway, { launch, sharing }: Hands, stop: AbortSignal): () => Promise<void> {
  const awaited: readonly (readonly [isTime: (now: number) => boolean, work: () => Promise<unknown>])[] = [
    [each(CEILING), () => noteSchema(gateway)],
    [each(CEILING), () => takeOver(gateway)],
    [each(CEILING), () => recordPendingSwitches(gateway)],
    [each(CEILING), () => keepRejectionCounts(gateway, gateway.now())],
    [each(TELL_USE), sharing.tell],
    [each(LOOK_FOR_ENDINGS), () => warnOfEndings(gateway)],
    [each(LOOK_FOR_UNTOLD), () => scheduleWithdrawals(gateway)],
    [each(LOOK_FOR_RECALLS), () => carryOutRecalls(gateway)],
    [each(LOOK_FOR_UNCONFIRMED), () => endUnconfirmed(gateway)],
  ];
  const isTimeToRetain = each(LOOK_FOR_OLD_CONTENT, gateway.now().getTime() + START);
  const ledgers = [() => workOnOwnLedger(gateway), () => witnessOthers(gateway, stop)].map((work) =>
    alone(gateway.pace.ledger, work),
  );
  const isTimeForPeers = each(LOOK_AT_PEERS);
  return async () => {
    const now = gateway.now().getTime();
    for (const [isTime, work] of awaited) if (isTime(now)) await work();
    if (isTimeToRetain(now)) launch(() => purgeDueContentDaily(gateway, stop));
    if (isTimeForPeers(now)) launch(() => checkPeers(gateway, stop));
    ledgers.flatMap((due) => due(now)).forEach(launch);
  };
}

/**
 * True at first, or from `first` on, and whenever this many milliseconds have passed since it was last true, or the clock
 * was set back.
 */
function each(ms: number, first = Number.NEGATIVE_INFINITY): (now: number) => boolean {
  let last = first - ms;
  return (now) => {
    const isTime = Math.abs(now - last) >= ms;
    if (isTime) last = now;
    return isTime;
  };
}

/** Tells the operator where program and database do not fit; what is due is worked on as far as it goes. */
async function noteSchema(gateway: Watching): Promise<void> {
  try {
    await checkSchema(gateway);
  } catch (fault) {
    if (!(fault instanceof SchemaMismatch)) throw fault;
  }
}

/** The work to launch when it is time for it and that of before has ended; none otherwise. */
function alone(ms: number, work: () => Promise<void>): (now: number) => readonly Job[] {
  const isTime = each(ms);
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

/** Work of processes that crashed, this one's former life included. */
async function takeOver(gateway: Storing): Promise<void> {
  const count = await gateway.store.database.releaseAbandoned(gateway.now());
  if (count > 0) gateway.log.warn('loop.took-over', { count });
}

/** @param full endpoints for which nothing is claimed: the bell rings when there is room again */
async function untilNextDue(gateway: Exchanging, active: number, full: readonly string[]): Promise<number> {
  const ceiling = Math.min(CEILING, gateway.pace.ledger);
  // Full: the bell rings when there is room again.
  if (active > AT_ONCE / 2) return ceiling;
  const due = await gateway.store.database.nextDue(full);
  if (due === undefined) return ceiling;
  return Math.min(Math.max(due.getTime() - gateway.now().getTime(), FLOOR), ceiling);
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
        if (rung || stop.aborted) done();
      }),
  };
}
