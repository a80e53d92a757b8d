/** A self-signed CA certificate (RFC 5280), for a country that has no certification authority of its own. */
import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import {
  Set as AsnSet,
  BitString,
  Integer,
  Null,
  OctetString,
  PrintableString,
  Sequence,
  Utf8String,
} from 'asn1js';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
} from 'pkijs';

/**
 * How each kind of key signs its certificate (RFC 5758 §3.2, RFC 8410 §3, RFC 4055 §5). Keyed by the name that
 * node:crypto uses.
 */
const ALGORITHMS: Readonly<Record<string, { readonly id: string; readonly hash: string | null }>> = {
  ec: { id: '1.2.840.10045.4.3.2', hash: 'sha256' },
  ed25519: { id: '1.3.101.112', hash: null },
  rsa: { id: '1.2.840.113549.1.1.11', hash: 'sha256' },
};

/** digitalSignature and keyCertSign (RFC 5280 §4.2.1.3). */
const KEY_USAGE = Uint8Array.of(0b1000_0100).buffer;

/** The content of the certificate. */
interface CertificateSubject {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly name: string;
  readonly from: Date;
  readonly until: Date;
}

/**
 * Makes a CA certificate for a private JWK on P-256, Ed25519 or RSA, and signs it with that key.
 * @returns PEM
 */
export async function signCaCertificate(jwk: JsonWebKey, subject: CertificateSubject): Promise<string> {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const certificate = new Certificate({ version: 2 });
  certificate.serialNumber = new Integer({ valueHex: serialNumber() });
  certificate.issuer = distinguishedName(subject);
  certificate.subject = distinguishedName(subject);
  certificate.notBefore = timeOf(subject.from);
  certificate.notAfter = timeOf(subject.until);
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  certificate.subjectPublicKeyInfo = PublicKeyInfo.fromBER(Uint8Array.from(spki));
  certificate.extensions = await extensionsFor(certificate);
  signCertificate(certificate, key);
  return toPem(certificate.toSchema(true).toBER());
}

/** Signs with node:crypto, because pkijs does not support Ed25519. */
function signCertificate(certificate: Certificate, key: KeyObject): void {
  const algorithm = ALGORITHMS[key.asymmetricKeyType ?? ''];
  if (algorithm === undefined) throw new Error('no way to sign with a key of this kind');
  const params = key.asymmetricKeyType === 'rsa' ? { algorithmParams: new Null() } : {};
  const identifier = new AlgorithmIdentifier({ algorithmId: algorithm.id, ...params });
  certificate.signature = identifier;
  certificate.signatureAlgorithm = identifier;
  const signature = sign(algorithm.hash, new Uint8Array(certificate.encodeTBS().toBER()), key);
  certificate.signatureValue = new BitString({ valueHex: Uint8Array.from(signature).buffer });
}

/** Country, then common name, each in a set of its own. By default pkijs would put both into one set. */
function distinguishedName(subject: CertificateSubject): RelativeDistinguishedNames {
  const typesAndValues = [
    new AttributeTypeAndValue({ type: '2.5.4.6', value: new PrintableString({ value: subject.country }) }),
    new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: subject.name }) }),
  ];
  const sets = typesAndValues.map((one) => new AsnSet({ value: [one.toSchema()] }));
  const valueBeforeDecode = new Sequence({ value: sets }).toBER();
  return new RelativeDistinguishedNames({ typesAndValues, valueBeforeDecode });
}

/** The extensions of a CA that signs no further CA (RFC 5280 §4.2.1.9, §4.2.1.3, §4.2.1.2). */
async function extensionsFor(certificate: Certificate): Promise<Extension[]> {
  const basic = new BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema();
  const usage = new BitString({ valueHex: KEY_USAGE, unusedBits: 2 });
  const point = certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView;
  const keyId = new OctetString({ valueHex: await crypto.subtle.digest('SHA-1', Uint8Array.from(point)) });
  return [
    new Extension({ extnID: '2.5.29.19', critical: true, extnValue: basic.toBER() }),
    new Extension({ extnID: '2.5.29.15', critical: true, extnValue: usage.toBER() }),
    new Extension({ extnID: '2.5.29.14', critical: false, extnValue: keyId.toBER() }),
  ];
}

/** Positive, 16 bytes, random (RFC 5280 §4.1.2.2). */
function serialNumber(): ArrayBuffer {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}

/** UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). */
const timeOf = (value: Date): Time => new Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });

function toPem(der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
