/**
 * Rounds of work on ledgers: extending and checking our own, and witnessing those of others. The two run
 * separately, so that our own log never waits for another gateway.
 */
import type { Gateway } from '../../gateway.ts';
import type { Exchanging } from '../../gateway-parts.ts';
import { checkOwnLedger } from './check.ts';
import { extendLedger } from './ledger.ts';
import { witnessPeers } from './witness.ts';

/**
 * Most milliseconds of a round. It must be shorter than the time until another process may look at the same
 * log.
 */
const AT_MOST = 50_000;

/**
 * One round on our own ledger. Never throws: a part that fails is logged, and the next round does it again.
 */
export async function workOnOwnLedger(gateway: Exchanging): Promise<void> {
  const extended = await isDone(gateway, extendLedger);
  const checked = await isDone(gateway, checkOwnLedger);
  if (extended && checked) gateway.parts.works('ledger');
  else gateway.parts.fails('ledger');
}

/** Looks once at the ledgers of others that are due. Never throws, as {@link workOnOwnLedger}. */
export async function witnessOthers(gateway: Exchanging, stop: AbortSignal): Promise<void> {
  const end = AbortSignal.any([stop, AbortSignal.timeout(AT_MOST)]);
  const ending: Exchanging = {
    ...gateway,
    fetch: (url, init) => gateway.fetch(url, { ...init, signal: AbortSignal.any([init.signal, end]) }),
  };
  await isDone(ending, witnessPeers);
}

/** One round of both, for a runtime that has no loop. */
export async function workOnLedgers(gateway: Exchanging, stop: AbortSignal): Promise<void> {
  await Promise.all([workOnOwnLedger(gateway), witnessOthers(gateway, stop)]);
}

async function isDone<Taken extends Pick<Gateway, 'log'>>(
  gateway: Taken,
  work: (gateway: Taken) => Promise<unknown>,
): Promise<boolean> {
  try {
    await work(gateway);
    return true;
  } catch (fault) {
    gateway.log.error('ledger.fault', {
      work: work.name,
      fault: fault instanceof Error ? fault.name : 'unknown',
    });
    return false;
  }
}
