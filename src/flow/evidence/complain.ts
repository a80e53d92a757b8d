/**
 * Complaints about another gateway: evidence that it signed and that does not hold is kept apart, and said to be so in a
 * signed evidence of its own. It never enters a case.
 */

import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import type { Refusal } from '../../domain/words/error.ts';
import type { Exchanging } from '../../gateway-parts.ts';
import { digestOfPayload } from '../../seal/statement.ts';
import { refreshCapabilities } from '../directory/peer-reads.ts';
import { issueEvidence } from './issue.ts';

/**
 * Hangs the signed complaint on the refusal, so that the answer carries it. The same evidence again gets the same
 * complaint. In a flood the first ones are kept, and the others are counted.
 * @param jws the evidence, whose signature by the gateway is verified
 */
export async function signComplaint(
  gateway: Exchanging,
  peer: GatewayDesignation,
  refusal: Refusal,
  jws: unknown,
): Promise<Refusal> {
  const { store, log, metrics } = gateway;
  const digest = digestOfPayload(jws as Parameters<typeof digestOfPayload>[0]);
  const kept = await store.messages.complaintAbout(peer.gateway, digest);
  if (kept !== undefined) {
    refusal.evidence = kept;
    return refusal;
  }
  const at = gateway.now();
  // One that does not know complaints yet would find no answer in this, and ask again and again.
  const isListed = (await refreshCapabilities(gateway, peer)).evidence.events.includes('EvidenceRejected');
  const event = isListed ? 'EvidenceRejected' : 'RelayRejection';
  const about = { event, sender: peer.gateway, reason: refusal.code } as const;
  const row = await issueEvidence(gateway, { ...about, digest, at, rests_on: undefined });
  refusal.evidence = row.jws;
  metrics.complaint(refusal.code);
  log.warn('evidence.complaint', { gateway: peer.gateway, code: refusal.code, evidence: row.id });
  if (gateway.refusals.countRefusal(about, at))
    await store.messages.keepComplaint(
      { gateway: peer.gateway, digest, code: refusal.code, jws: JSON.stringify(jws), at },
      row,
    );
  return refusal;
}
