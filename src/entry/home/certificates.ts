/**
 * Issues X.509 certificates for mail (S/MIME, RFC 8550): for the demo, for tests, and for a gateway without a certificate of a
 * public CA. node-forge builds and signs them; OpenSSL makes the keys.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { isStrongRsa } from '../../seal/x509-signature.ts';

/** A certificate and its key, both PEM; the key is PKCS#8. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface MailCertificateRequest {
  /** The common name. */
  readonly name: string;
  /** The mailbox, as the only subject alternative name. */
  readonly email: string;
  readonly now: Date;
  readonly days: number;
  /** `both`: one key signs mail and decrypts it. */
  readonly usage: 'both';
}

const DAY = 86_400_000;
/** A new certificate is valid from one hour in the past, because clocks differ. Milliseconds. */
const BACKDATE = 3_600_000;
const CA_DAYS = 3_650;

/** Makes a self-signed authority for mail certificates: RSA-3072, ten years. */
export async function makeMailAuthority(name: string, now: Date): Promise<CertifiedKey> {
  const privateKey = await rsaKey(3_072);
  const extensions = [
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ];
  const own = { publicKey: publicOf(privateKey), subject: name, now, days: CA_DAYS, extensions };
  return { privateKey, certificate: certify(own, { privateKey }) };
}

/** Issues a mail certificate for a new RSA-3072 key. */
export async function issueMailCertificate(
  authority: CertifiedKey,
  request: MailCertificateRequest,
): Promise<CertifiedKey> {
  const privateKey = await rsaKey(3_072);
  return { privateKey, certificate: certifyMail(publicOf(privateKey), authority, request) };
}

/**
 * Issues a certificate for a certification request (PKCS#10, RFC 2986), so that the key never leaves its owner's machine. Only
 * the key is taken from the request: name, mailbox and purpose come from the caller, so that a request cannot ask for more.
 * @returns the certificate; undefined if the text is not a request, its own key did not sign it, or the key is not RSA of
 *   2048 to 8192 bits with a usual exponent
 */
export function answerMailRequest(
  authority: CertifiedKey,
  pem: string,
  request: MailCertificateRequest,
): string | undefined {
  const publicKey = keyRequested(pem);
  return publicKey && certifyMail(publicKey, authority, request);
}

/** The key of a request whose signature proves that its holder has the private key. */
function keyRequested(pem: string): forge.pki.rsa.PublicKey | undefined {
  try {
    const request = forge.pki.certificationRequestFromPem(pem);
    const key = request.publicKey as forge.pki.rsa.PublicKey | null;
    if (key === null) return undefined;
    const isStrong = isStrongRsa(key.n.bitLength(), BigInt(`0x${key.e.toString(16)}`));
    // Checked before verifying: forge computes in JavaScript, and a large exponent would take it seconds.
    return isStrong && request.verify() ? key : undefined;
  } catch {
    // forge throws many kinds of plain errors for unreadable and invalid requests.
    return undefined;
  }
}

function certifyMail(
  publicKey: forge.pki.rsa.PublicKey,
  authority: CertifiedKey,
  { name: subject, email, now, days, usage }: MailCertificateRequest,
): string {
  const extensions = [
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: usage === 'both', critical: true },
    { name: 'extKeyUsage', emailProtection: true },
    { name: 'subjectAltName', altNames: [{ type: 1, value: email }] },
    { name: 'subjectKeyIdentifier' },
  ];
  return certify({ publicKey, subject, now, days, extensions }, authority);
}

/**
 * Packs the certificate, the key and the CA for a mail program: PKCS#12 with AES-256, which Outlook on Windows 10 1709
 * and later, Thunderbird and OpenSSL open.
 */
export function packPkcs12(held: CertifiedKey, authorities: readonly string[], password: string): Buffer {
  const key = forge.pki.privateKeyFromPem(held.privateKey);
  const chain = [held.certificate, ...authorities].map((pem) => forge.pki.certificateFromPem(pem));
  const packed = forge.pkcs12.toPkcs12Asn1(key, chain, password, {
    algorithm: 'aes256',
    count: 100_000,
    friendlyName: 'Amanat mail',
  });
  return Buffer.from(forge.asn1.toDer(packed).getBytes(), 'binary');
}

interface Certifiable {
  readonly publicKey: forge.pki.rsa.PublicKey;
  readonly subject: string;
  readonly now: Date;
  readonly days: number;
  readonly extensions: readonly Readonly<Record<string, unknown>>[];
}

const publicOf = (privatePem: string): forge.pki.rsa.PublicKey =>
  forge.pki.publicKeyFromPem(
    String(createPublicKey(createPrivateKey(privatePem)).export({ type: 'spki', format: 'pem' })),
  );

/** The signer: an authority, or the new key itself, which has no certificate yet. */
type Signer = Pick<CertifiedKey, 'privateKey'> & Partial<CertifiedKey>;

/** Builds and signs one certificate. */
function certify(one: Certifiable, signer: Signer): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = one.publicKey;
  certificate.serialNumber = serial();
  certificate.validity.notBefore = new Date(one.now.getTime() - BACKDATE);
  certificate.validity.notAfter = new Date(one.now.getTime() + one.days * DAY);
  // forge's types give this member a wrong type. Without UTF8, names outside ASCII would be wrong.
  const utf8 = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class;
  const subject = [{ name: 'commonName', value: one.subject, valueTagClass: utf8 }];
  certificate.setSubject(subject);
  const issuer =
    signer.certificate === undefined ? certificate : forge.pki.certificateFromPem(signer.certificate);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([...one.extensions]);
  const key = forge.pki.privateKeyFromPem(signer.privateKey);
  certificate.sign(key, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

/** A serial number of 127 random bits: positive, and unique among all certificates (RFC 5280 §4.1.2.2). */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

const generate = promisify(generateKeyPair);

async function rsaKey(modulusLength: number): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength });
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}
