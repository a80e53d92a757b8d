/** The parts of a certificate that people are shown: when its validity ends, and its fingerprint. */
import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';

/** When a certificate's validity ends (RFC 5280 §4.1.2.5); undefined if the text is not X.509 in PEM. */
export function certificateEndOf(pem: string): Date | undefined {
  try {
    const until = new Date(new X509Certificate(Buffer.from(pem)).validTo);
    return Number.isNaN(until.getTime()) ? undefined : until;
  } catch {
    return undefined;
  }
}

/**
 * SHA-256 over the first certificate in a PEM text, as pairs of hexadecimal digits like other programs show it;
 * undefined if there is no certificate.
 */
export function fingerprintOfCertificate(pem: string): string | undefined {
  try {
    return new X509Certificate(Buffer.from(pem)).fingerprint256;
  } catch {
    return undefined;
  }
}
