/** Certification requests as an attaché's mail program makes them, and as one who wants more than that would. */
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export function makeRsaPair(bits: number): forge.pki.rsa.KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return {
    privateKey: forge.pki.privateKeyFromPem(String(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    publicKey: forge.pki.publicKeyFromPem(String(publicKey.export({ type: 'spki', format: 'pem' }))),
  };
}

/** A request, PEM, that asks to be a CA of another name, for another mailbox than anybody meant. */
export function makeMailRequest({ privateKey, publicKey }: forge.pki.rsa.KeyPair): string {
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

/** The same modulus under another exponent. */
export const replaceExponent = (
  { publicKey }: forge.pki.rsa.KeyPair,
  exponent: bigint,
): forge.pki.rsa.PublicKey =>
  forge.pki.setRsaPublicKey(publicKey.n, new forge.jsbn.BigInteger(exponent.toString(16), 16));

/** PKCS#1 v1.5 (RFC 8017 §9.2): what stands before a SHA-256 digest. */
const DIGEST_INFO = '3031300d060960864801650304020105000420';

/** A request for a key of the exponent 1, "signed" without the key: under it a signature is the padded digest itself. */
export function makeForgedRequest(pair: forge.pki.rsa.KeyPair): string {
  const csr = forge.pki.createCertificationRequest();
  csr.publicKey = replaceExponent(pair, 1n);
  csr.setSubject([{ name: 'commonName', value: 'Anybody' }]);
  csr.sign(pair.privateKey, forge.md.sha256.create());
  const md = forge.md.sha256.create();
  // What was signed; forge's types do not name it.
  const { certificationRequestInfo: said } = csr as unknown as { certificationRequestInfo: forge.asn1.Asn1 };
  md.update(forge.asn1.toDer(said).getBytes());
  const told = `00${DIGEST_INFO}${md.digest().toHex()}`;
  const padding = pair.publicKey.n.bitLength() / 8 - 2 - told.length / 2;
  csr.signature = Buffer.from(`0001${'ff'.repeat(padding)}${told}`, 'hex').toString('binary');
  return forge.pki.certificationRequestToPem(csr);
}
