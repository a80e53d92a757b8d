/** Until when a certificate is valid: all that those who warn of its end need to know of it. */
import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';

/** The end of a certificate's validity (RFC 5280 §4.1.2.5); undefined for what is not X.509 in PEM. */
export function validUntil(pem: string): Date | undefined {
  try {
    const until = new Date(new X509Certificate(Buffer.from(pem)).validTo);
    return Number.isNaN(until.getTime()) ? undefined : until;
  } catch {
    return undefined;
  }
}
