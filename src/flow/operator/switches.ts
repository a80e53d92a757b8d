/** What channels switched off, and what signs of life brought back, becomes an act of the gateway in the operator's log. */
import { GATEWAY_OPERATOR } from '../../domain/evidence/operator-act.ts';
import type { Issuing } from '../../gateway-parts.ts';
import { makeOperatorAct } from './operator-act.ts';

/** Writes the entries that are still to be made. @returns how many were */
export async function recordPendingSwitches(gateway: Issuing): Promise<number> {
  if (gateway.guard.state() !== 'ready') return 0;
  return gateway.store.endpoints.recordSwitches(({ id, act, why }) =>
    makeOperatorAct(gateway, { act, subject: id, who: GATEWAY_OPERATOR, why }),
  );
}
