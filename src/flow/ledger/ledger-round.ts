/** One round of all work on ledgers: the own one grows and is looked over, those of other gateways are witnessed. */
import type { Gateway } from '../../gateway.ts';
import { extendLedger } from './ledger.ts';
import { checkOwnLedger } from './ledger-check.ts';
import { witnessPeers } from './witness.ts';

/** Milliseconds a round may take: shorter than it is until a log may be looked at by another process. */
const AT_MOST = 50_000;

/** Never throws: a part that fails is logged, the others go on, and the next round does it again. */
export async function workOnLedgers(gateway: Gateway, stop: AbortSignal): Promise<void> {
  const end = AbortSignal.any([stop, AbortSignal.timeout(AT_MOST)]);
  const ending: Gateway = {
    ...gateway,
    fetch: (url, init) => gateway.fetch(url, { ...init, signal: AbortSignal.any([init.signal, end]) }),
  };
  let failed = false;
  for (const work of [extendLedger, checkOwnLedger, witnessPeers]) {
    try {
      await work(ending);
    } catch (fault) {
      failed = true;
      gateway.log.error('ledger.fault', {
        work: work.name,
        fault: fault instanceof Error ? fault.name : 'unknown',
      });
    }
  }
  if (failed) gateway.parts.fails('ledger');
  else gateway.parts.works('ledger');
}
