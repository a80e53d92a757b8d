/**
 * Checks a recipient's certificate just before mail is encrypted to it. It was verified when the endpoint was
 * added. Since then it may have been revoked, or its issuer may no longer be trusted.
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

/**
 * Codes for certificates that cannot be used because of revocation. Any other fault is the certificate's own.
 */
const REVOCATION: Partial<Record<ChainReason, string>> = {
  revoked: 'certificate-revoked',
  'revocation-unknown': 'revocation-unknown',
  'crl-refused': 'revocation-unknown',
};

const HOUR = 3_600_000;

/**
 * What is sent to a mailbox: the id of a delivery or note, and the agreement of its message if there is one.
 */
interface MailboxUse extends Pick<ClaimedDelivery, 'endpoint' | 'recipient'> {
  readonly id: string;
}

type Rejected = Extract<Outcome, { kind: 'rejected' }>;

/**
 * The endpoint with the certificates to which mail may be encrypted now: the newest, and the one before it
 * until its end, so that the owner can read with either. A revocation list that is out of date is warned of,
 * and may be used for the agreement's grace. After the grace, or if the certificate is revoked, nothing is
 * sent: the next endpoint is tried, and the sender is told.
 */
export function findMailbox(gateway: Judging, directory: Directory, what: MailboxUse): Endpoint | Rejected {
  const { endpoint } = what;
  const { certificate, oldCertificate, ...rest } = endpoint;
  if (certificate === undefined) return endpoint;
  const refused = checkCertificate(gateway, directory, what, certificate);
  const isOldKept = oldCertificate !== undefined && oldCertificate.until > gateway.now();
  const old = isOldKept && checkCertificate(gateway, directory, what, oldCertificate.pem) === undefined;
  if (refused === undefined)
    return { ...rest, certificate, ...present({ oldCertificate: old ? oldCertificate : undefined }) };
  return old ? { ...rest, certificate: oldCertificate.pem } : refused;
}

/** Why nothing may be encrypted to a certificate; undefined if mail may be. */
function checkCertificate(
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
 * Hours of grace. For a message: by its agreement, 0 if that does not verify any more. Evidence for a sender
 * has no agreement of its own: the shortest grace of the country's agreements in force.
 */
function graceFor(directory: Directory, { recipient }: MailboxUse, country: string, at: Date): number {
  const { agreements } = directory;
  if (recipient !== undefined)
    return agreements.find((one) => isSameVersion(one, recipient.agreement))?.revocation_grace_hours ?? 0;
  const own = agreementsInForce(agreements, at).filter((one) => one.parties.includes(country));
  const hours = own.map((one) => one.revocation_grace_hours);
  return hours.length === 0 ? DEFAULT_REVOCATION_GRACE_HOURS : Math.min(...hours);
}
