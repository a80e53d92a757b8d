/**
 * Complaints about another gateway: evidence that it signed and that does not hold is kept apart, and said to be so in a
 * signed evidence of its own. It never enters a case.
 */

import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import type { Refusal } from '../../domain/words/error.ts';
import type { Exchanging } from '../../gateway-parts.ts';
import { payloadDigest } from '../../seal/statement.ts';
import { readsNow } from '../directory/peer-reads.ts';
import { issue } from './issue.ts';

/**
 * Hangs the signed complaint on the refusal, so that the answer carries it. The same evidence again gets the same
 * complaint. In a flood the first ones are kept, and the others are counted.
 * @param jws the evidence, whose signature by the gateway is verified
 */
export async function complain(
  gateway: Exchanging,
  peer: GatewayDesignation,
  refusal: Refusal,
  jws: unknown,
): Promise<Refusal> {
  const { store, log, metrics } = gateway;
  const digest = payloadDigest(jws as Parameters<typeof payloadDigest>[0]);
  const kept = await store.messages.complaintAbout(peer.gateway, digest);
  if (kept !== undefined) {
    refusal.evidence = kept;
    return refusal;
  }
  const at = gateway.now();
  // One that does not know complaints yet would find no answer in this, and ask again and again.
  const isListed = (await readsNow(gateway, peer)).evidence.events.includes('EvidenceRejected');
  const event = isListed ? 'EvidenceRejected' : 'RelayRejection';
  const about = { event, sender: peer.gateway, reason: refusal.code } as const;
  const row = await issue(gateway, { ...about, digest, at, rests_on: undefined });
  refusal.evidence = row.jws;
  metrics.complaint(refusal.code);
  log.warn('evidence.complaint', { gateway: peer.gateway, code: refusal.code, evidence: row.id });
  if (gateway.refusals.note(about, at))
    await store.messages.keepComplaint(
      { gateway: peer.gateway, digest, code: refusal.code, jws: JSON.stringify(jws), at },
      row,
    );
  return refusal;
}
