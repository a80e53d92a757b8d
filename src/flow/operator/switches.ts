/**
 * Records in the operator's log, as acts of the gateway, which endpoints channels switched off and signs of
 * life restored.
 */
import { GATEWAY_OPERATOR } from '../../domain/evidence/operator-act.ts';
import type { Issuing } from '../../gateway-parts.ts';
import { makeOperatorAct } from './operator-act.ts';

/** Writes the entries that are still missing. @returns how many */
export async function recordPendingSwitches(gateway: Issuing): Promise<number> {
  if (gateway.guard.state() !== 'ready') return 0;
  return gateway.store.endpoints.recordSwitches(({ id, act, why }) =>
    makeOperatorAct(gateway, { act, subject: id, who: GATEWAY_OPERATOR, why }),
  );
}
