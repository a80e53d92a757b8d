/**
 * A recipient's certificate at the moment something is to be encrypted to it. It was verified when the endpoint was
 * added; since then it may have been revoked, or its issuer be trusted no more.
 */
import type { Outcome } from '../../domain/adapter.ts';
import { countingAgreements, DEFAULT_REVOCATION_GRACE_HOURS, isSameVersion } from '../../domain/agreement.ts';
import type { Gateway } from '../../gateway.ts';
import type { ChainReason } from '../../seal/chain.ts';
import type { Claimed } from '../../store/records.ts';
import { type Directory, known } from './directory.ts';

/** Why nothing goes to a certificate. What is not about revocation is the certificate's own fault. */
const REVOCATION: Partial<Record<ChainReason, string>> = {
  revoked: 'certificate-revoked',
  'revocation-unknown': 'revocation-unknown',
  'crl-refused': 'revocation-unknown',
};

const HOUR = 3_600_000;

/**
 * Judges the certificate of an endpoint that has one; undefined where the mail may go. A list that is out of date is
 * warned of and still counts for the grace that the agreement sets; after it nothing goes, as where the certificate was
 * revoked: the next endpoint is tried, and the sender is told.
 */
export function refusedMailbox(
  gateway: Gateway,
  directory: Directory,
  claimed: Claimed,
): Extract<Outcome, { kind: 'rejected' }> | undefined {
  const { delivery, endpoint } = claimed;
  if (endpoint.certificate === undefined) return undefined;
  const at = gateway.now();
  const { country } = known(directory, endpoint.focalPoint);
  const found = gateway.mailboxes.judge(country, endpoint.certificate, at);
  if (found.kind === 'trusted') return undefined;
  const fields = { delivery: delivery.id, endpoint: endpoint.id, country };
  if (found.kind === 'refused') {
    const code = REVOCATION[found.reason] ?? 'certificate-unusable';
    gateway.metrics.certificate(code);
    gateway.log.warn('certificate.refused', { ...fields, code, reason: found.reason });
    return { kind: 'rejected', code };
  }
  const graceEnds = new Date(found.since.getTime() + graceFor(directory, claimed, country, at) * HOUR);
  const isOver = at >= graceEnds;
  const code = isOver ? 'revocation-stale' : 'revocation-in-grace';
  gateway.metrics.certificate(code);
  gateway.log.warn('revocation.stale', {
    ...fields,
    code,
    since: found.since.toISOString(),
    grace_ends: graceEnds.toISOString(),
  });
  return isOver ? { kind: 'rejected', code } : undefined;
}

/**
 * Hours of grace: of the agreement the message was accepted under, none where that does not verify any more. Evidence on
 * its way back to a sender goes under no agreement by name: the shortest of those its country has counts.
 */
function graceFor(directory: Directory, { recipient }: Claimed, country: string, at: Date): number {
  const { agreements } = directory;
  if (recipient !== undefined)
    return agreements.find((one) => isSameVersion(one, recipient.agreement))?.revocation_grace_hours ?? 0;
  const own = countingAgreements(agreements, at).filter((one) => one.parties.includes(country));
  const hours = own.map((one) => one.revocation_grace_hours);
  return hours.length === 0 ? DEFAULT_REVOCATION_GRACE_HOURS : Math.min(...hours);
}
