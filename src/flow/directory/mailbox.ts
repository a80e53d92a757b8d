/**
 * A recipient's certificate at the moment something is to be encrypted to it. It was verified when the endpoint was
 * added; since then it may have been revoked, or its issuer be trusted no more.
 */
import type { Outcome } from '../../domain/carriage/adapter.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import {
  agreementsInForce,
  DEFAULT_REVOCATION_GRACE_HOURS,
  isSameVersion,
} from '../../domain/terms/agreement.ts';
import { present } from '../../domain/words/present.ts';
import type { Judging } from '../../gateway-parts.ts';
import type { ChainReason } from '../../seal/chain.ts';
import type { ClaimedDelivery } from '../../store/contracts/deliveries.ts';
import { type Directory, requireDesignation } from './directory.ts';

/** Why nothing goes to a certificate. What is not about revocation is the certificate's own fault. */
const REVOCATION: Partial<Record<ChainReason, string>> = {
  revoked: 'certificate-revoked',
  'revocation-unknown': 'revocation-unknown',
  'crl-refused': 'revocation-unknown',
};

const HOUR = 3_600_000;

/** What is to be sent to a mailbox: a delivery or a note, by its id, and under which agreement where there is one. */
export interface MailboxUse extends Pick<ClaimedDelivery, 'endpoint' | 'recipient'> {
  readonly id: string;
}

type Rejected = Extract<Outcome, { kind: 'rejected' }>;

/**
 * The endpoint with those of its certificates that mail may be encrypted to now: the newest, and until its day the one
 * before it, so that its owner reads with either. A list that is out of date is warned of and still counts for the grace
 * that the agreement sets; after it nothing goes, as where the certificate was revoked: the next endpoint is tried, and
 * the sender is told.
 */
export function findMailbox(gateway: Judging, directory: Directory, what: MailboxUse): Endpoint | Rejected {
  const { endpoint } = what;
  const { certificate, oldCertificate, ...rest } = endpoint;
  if (certificate === undefined) return endpoint;
  const refused = judged(gateway, directory, what, certificate);
  const isOldKept = oldCertificate !== undefined && oldCertificate.until > gateway.now();
  const old = isOldKept && judged(gateway, directory, what, oldCertificate.pem) === undefined;
  if (refused === undefined)
    return { ...rest, certificate, ...present({ oldCertificate: old ? oldCertificate : undefined }) };
  return old ? { ...rest, certificate: oldCertificate.pem } : refused;
}

/** Why nothing goes to a certificate; undefined where mail may. */
function judged(
  gateway: Judging,
  directory: Directory,
  what: MailboxUse,
  certificate: string,
): Rejected | undefined {
  const { endpoint, id } = what;
  const at = gateway.now();
  const { country } = requireDesignation(directory, endpoint.focalPoint);
  const found = gateway.mailboxes.judge(country, certificate, at);
  if (found.kind === 'trusted') return undefined;
  const fields = { delivery: id, endpoint: endpoint.id, country };
  if (found.kind === 'refused') {
    const code = REVOCATION[found.reason] ?? 'certificate-unusable';
    gateway.metrics.certificate(code);
    gateway.log.warn('certificate.refused', { ...fields, code, reason: found.reason });
    return { kind: 'rejected', code };
  }
  const graceEnds = new Date(found.since.getTime() + graceFor(directory, what, country, at) * HOUR);
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
function graceFor(directory: Directory, { recipient }: MailboxUse, country: string, at: Date): number {
  const { agreements } = directory;
  if (recipient !== undefined)
    return agreements.find((one) => isSameVersion(one, recipient.agreement))?.revocation_grace_hours ?? 0;
  const own = agreementsInForce(agreements, at).filter((one) => one.parties.includes(country));
  const hours = own.map((one) => one.revocation_grace_hours);
  return hours.length === 0 ? DEFAULT_REVOCATION_GRACE_HOURS : Math.min(...hours);
}
