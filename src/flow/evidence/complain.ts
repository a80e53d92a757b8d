/**
 * Complaints about another gateway. If it signed evidence that is not valid, that evidence is kept apart, and
 * this gateway signs evidence that says so. Invalid evidence never enters a case.
 */

import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import type { Refusal } from '../../domain/words/error.ts';
import type { Exchanging } from '../../gateway-parts.ts';
import { digestOfPayload } from '../../seal/statement.ts';
import { refreshCapabilities } from '../directory/peer-reads.ts';
import { issueEvidence } from './issue.ts';

/**
 * Attaches the signed complaint to the refusal, so that the answer carries it. The same evidence gets the
 * same complaint again. In a flood the first complaints are kept, and the others are counted.
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
  // A gateway that does not know complaints yet could not read this answer, and would send the evidence again
  // and again.
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
