/**
 * Evidence of a newer version than this program reads. It is kept aside as it was signed, and answered as not
 * final.
 */
import { Refusal } from '../../domain/words/error.ts';
import type { Storing } from '../../gateway-parts.ts';
import type { AsideRow } from '../../store/contracts/messages.ts';

/** Keeps a piece aside. @throws Refusal `newer-version`, always: the sender must try again */
export async function keepEvidenceAside(gateway: Storing, row: AsideRow): Promise<never> {
  const isKept = await gateway.store.messages.keepAside(row, gateway.now());
  gateway.log.warn('evidence.newer', { gateway: row.gateway, kept: isKept });
  throw new Refusal(
    'newer-version',
    isKept
      ? 'the evidence has members or events that this gateway does not know yet; it is kept until the gateway does'
      : 'the evidence has members or events that this gateway does not know yet, and too much such evidence waits already',
  );
}
