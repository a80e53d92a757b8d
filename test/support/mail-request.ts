/** Certification requests as an attaché's mail program makes them, and as one who wants more than that would. */
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export function rsaPair(bits: number): forge.pki.rsa.KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return {
    privateKey: forge.pki.privateKeyFromPem(String(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    publicKey: forge.pki.publicKeyFromPem(String(publicKey.export({ type: 'spki', format: 'pem' }))),
  };
}

/** A request, PEM, that asks to be a CA of another name, for another mailbox than anybody meant. */
export function mailRequest({ privateKey, publicKey }: forge.pki.rsa.KeyPair): string {
  const csr = forge.pki.createCertificationRequest();
  csr.publicKey = publicKey;
  csr.setSubject([{ name: 'commonName', value: 'Somebody Else' }]);
  const extensions = [
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: [{ type: 1, value: 'other@embassy.example' }] },
  ];
  csr.setAttributes([{ name: 'extensionRequest', extensions }]);
  csr.sign(privateKey, forge.md.sha256.create());
  return forge.pki.certificationRequestToPem(csr);
}
