/** What people are shown of a certificate: its end of validity and its fingerprint. */
import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';

/** The end of a certificate's validity (RFC 5280 §4.1.2.5); undefined for what is not X.509 in PEM. */
export function certificateEndOf(pem: string): Date | undefined {
  try {
    const until = new Date(new X509Certificate(Buffer.from(pem)).validTo);
    return Number.isNaN(until.getTime()) ? undefined : until;
  } catch {
    return undefined;
  }
}

/** SHA-256 over the first certificate of a PEM, in hexadecimal pairs as other programs show it; undefined for what is none. */
export function fingerprintOfCertificate(pem: string): string | undefined {
  try {
    return new X509Certificate(Buffer.from(pem)).fingerprint256;
  } catch {
    return undefined;
  }
}
