/** Evidence of a newer version was kept aside. As soon as this program can read it, it is taken. */

import { EVENTS_SENT_BACK, evidenceSchema } from '../../domain/evidence/evidence.ts';
import { findPeer } from '../../domain/party/gateway-designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Exchanging, Storing } from '../../gateway-parts.ts';
import { peekStatement } from '../../seal/statement.ts';
import { readDirectory } from '../directory/directory.ts';
import { takeEvidence } from './evidence-back.ts';

/** Most pieces in one run. */
const AT_ONCE = 200;

/** Tries again to take the evidence that was kept aside. @returns how many pieces are finished now */
export async function retryEvidenceAside(gateway: Exchanging): Promise<number> {
  const rows = await gateway.store.messages.keptAside(AT_ONCE);
  if (rows.length === 0) return 0;
  const directory = await readDirectory(gateway, []);
  let settled = 0;
  for (const row of rows) {
    const peer = findPeer(directory, row.gateway, gateway.now());
    const jws: unknown = JSON.parse(row.jws);
    if (peer === undefined) continue;
    if (!comesAgain(jws) && !(await isFinished(gateway, () => takeEvidence(gateway, peer, jws)))) continue;
    await gateway.store.messages.dropAside(row);
    settled += 1;
  }
  gateway.log.info('evidence.aside', { waiting: rows.length - settled, settled });
  return settled;
}

/**
 * Whether it is readable now and is a receipt or an answer to a relay. These come again with what they belong
 * to, which is refused until they can be read. They are judged and kept then.
 */
function comesAgain(jws: unknown): boolean {
  const { payload } = peekStatement(jws);
  const read = evidenceSchema.safeParse(payload);
  return read.success && !EVENTS_SENT_BACK.includes(read.data.event);
}

/**
 * Whether it was taken, or refused for good. In the second case the gateway that signed it gets a signed
 * refusal.
 */
async function isFinished(gateway: Storing, take: () => Promise<unknown>): Promise<boolean> {
  try {
    await take();
    return true;
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    gateway.log.warn('evidence.aside-refused', { code: fault.code, final: fault.evidence !== undefined });
    return fault.evidence !== undefined;
  }
}
