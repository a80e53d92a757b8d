/** The chores of the loop: work that the clock makes due, and no row. */
import type { Gateway } from '../../gateway.ts';
import type { Exchanging, Storing, Watching } from '../../gateway-parts.ts';
import { SchemaMismatch } from '../../store/schema-version.ts';
import type { Job } from '../carry/dispatch.ts';
import { retryEvidenceAside } from '../carry/evidence-aside.ts';
import { probePeers } from '../carry/sign-of-life.ts';
import { warnOfEndings } from '../directory/expiry.ts';
import { fetchDueCapabilities } from '../directory/peer-reads.ts';
import { endUnconfirmed } from '../endpoint/deciding.ts';
import { keepRejectionCounts } from '../evidence/reject.ts';
import { carryOutRecalls } from '../keep/recall.ts';
import { witnessOthers, workOnOwnLedger } from '../ledger/round.ts';
import type { LimitSharing } from '../limit-sharing.ts';
import { recordPendingSwitches } from '../operator/switches.ts';
import { checkSchema } from '../schema.ts';
import { fetchMissing } from '../statements/missing.ts';
import { scheduleWithdrawals } from '../statements/withdrawals-sent.ts';
import { purgeDueContentDaily } from '../thread/retain.ts';

/** Longest sleep in milliseconds when nothing wakes the loop. Several chores are due as often. */
export const CEILING = 5_000;

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
export function makeChores(
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
