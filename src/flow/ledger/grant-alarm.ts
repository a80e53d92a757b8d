import type { Issuing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { WrongGrant } from '../operator/guard.ts';
import { raiseAlarm } from './alarm.ts';
import { originOfLedger } from './keys.ts';

/**
 * Logs a refused grant, and raises the alarm once for each row. Never rejects: the caller was refused
 * already.
 */
export async function raiseGrantAlarm(gateway: Issuing, { code, kind, id }: WrongGrant): Promise<void> {
  gateway.log.error('grant.refused', { code, kind: kind ?? 'log', id });
  const root = new Uint8Array(Buffer.from(digestOf(`${kind ?? 'log'} ${id}`), 'base64url'));
  try {
    await raiseAlarm(gateway, originOfLedger(gateway.url), { code, place: 0, root });
  } catch (fault) {
    gateway.log.error('alarm.fault', { code, fault: fault instanceof Error ? fault.name : 'unknown' });
  }
}
