/** A self-signed TLS certificate for a server on loopback. */
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import type { CertifiedKey } from '../../../src/entry/home/certificates.ts';

const HOUR = 3_600_000;
const VALID_HOURS = 30 * 24;

/**
 * Makes the certificate and its RSA-2048 key, valid from an hour before `now`. The server's clients trust only this
 * certificate.
 */
export async function makeLoopbackCertificate(now: Date): Promise<CertifiedKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 });
  const privateKey = String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(
    String(pair.publicKey.export({ type: 'spki', format: 'pem' })),
  );
  certificate.serialNumber = `40${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(now.getTime() - HOUR);
  certificate.validity.notAfter = new Date(now.getTime() + VALID_HOURS * HOUR);
  const name = [{ name: 'commonName', value: 'localhost' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, keyCertSign: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 7, ip: '127.0.0.1' },
        { type: 7, ip: '::1' },
      ],
    },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return { privateKey, certificate: forge.pki.certificateToPem(certificate) };
}
