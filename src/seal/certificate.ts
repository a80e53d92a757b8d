/** A self-signed CA certificate (RFC 5280), as a country makes one that has no certification authority of its own. */
import { Buffer } from 'node:buffer';
import {
  Set as AsnSet,
  BitString,
  Integer,
  OctetString,
  PrintableString,
  Sequence,
  Utf8String,
} from 'asn1js';
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  CryptoEngine,
  Extension,
  RelativeDistinguishedNames,
  Time,
} from 'pkijs';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };

/** digitalSignature and keyCertSign (RFC 5280 §4.2.1.3). */
const KEY_USAGE = Uint8Array.of(0b1000_0100).buffer;

/** What the certificate says. */
export interface CertificateSubject {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly name: string;
  readonly from: Date;
  readonly until: Date;
}

/**
 * Signs a CA certificate for a P-256 key with that key itself.
 * @returns PEM
 */
export async function selfSignedCa(jwk: JsonWebKey, subject: CertificateSubject): Promise<string> {
  const { d, ...open } = jwk;
  const privateKey = await crypto.subtle.importKey('jwk', { ...open, ...(d && { d }) }, P256, false, [
    'sign',
  ]);
  const publicKey = await crypto.subtle.importKey('jwk', open, P256, true, ['verify']);
  const engine = new CryptoEngine({ name: 'webcrypto', crypto });
  const certificate = new Certificate({ version: 2 });
  certificate.serialNumber = new Integer({ valueHex: serialNumber() });
  certificate.issuer = distinguishedName(subject);
  certificate.subject = distinguishedName(subject);
  certificate.notBefore = timeOf(subject.from);
  certificate.notAfter = timeOf(subject.until);
  await certificate.subjectPublicKeyInfo.importKey(publicKey, engine);
  certificate.extensions = await extensionsFor(certificate);
  await certificate.sign(privateKey, 'SHA-256', engine);
  return toPem(certificate.toSchema().toBER());
}

/** Country, then common name, each in a set of its own; pkijs left alone would put both into one. */
function distinguishedName(subject: CertificateSubject): RelativeDistinguishedNames {
  const typesAndValues = [
    new AttributeTypeAndValue({ type: '2.5.4.6', value: new PrintableString({ value: subject.country }) }),
    new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: subject.name }) }),
  ];
  const sets = typesAndValues.map((one) => new AsnSet({ value: [one.toSchema()] }));
  const valueBeforeDecode = new Sequence({ value: sets }).toBER();
  return new RelativeDistinguishedNames({ typesAndValues, valueBeforeDecode });
}

/** RFC 5280 §4.2.1.9, §4.2.1.3, §4.2.1.2: a CA that signs no further CA. */
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
