import type { Issuing } from '../../gateway-parts.ts';
import { sha256 } from '../../seal/digest.ts';
import type { WrongGrant } from '../operator/guard.ts';
import { raise } from './alarm.ts';
import { originOf } from './ledger-keys.ts';

/** Logs it, and raises the alarm once for each row. Never rejects: whoever asked has been refused already. */
export async function grantAlarm(gateway: Issuing, { code, kind, id }: WrongGrant): Promise<void> {
  gateway.log.error('grant.refused', { code, kind: kind ?? 'log', id });
  const root = new Uint8Array(Buffer.from(sha256(`${kind ?? 'log'} ${id}`), 'base64url'));
  try {
    await raise(gateway, originOf(gateway.url), { code, place: 0, root });
  } catch (fault) {
    gateway.log.error('alarm.fault', { code, fault: fault instanceof Error ? fault.name : 'unknown' });
  }
}
