/** Certificates and revocation lists with any one fault, which no well-kept library would make. */
import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  Boolean as AsnBoolean,
  BitString,
  Enumerated,
  Integer,
  Null,
  OctetString,
  Sequence,
  Utf8String,
} from 'asn1js';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  CertificateRevocationList,
  Extension,
  Extensions,
  ExtKeyUsage,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  RevokedCertificate,
  RSASSAPSSParams,
  Time,
} from 'pkijs';
import { present } from '../../src/domain/words/present.ts';

export interface CertificateKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const TEST_KEYS = {
  rsa: (modulusLength = 2_048): CertificateKeys => generateKeyPairSync('rsa', { modulusLength }),
  ec: (namedCurve = 'P-256'): CertificateKeys => generateKeyPairSync('ec', { namedCurve }),
  ed25519: (): CertificateKeys => generateKeyPairSync('ed25519'),
} as const;

type SchemeName = 'rsa' | 'rsa-pss' | 'rsa-sha1' | 'rsa-md5' | 'ec' | 'ec-sha1' | 'ed25519';
interface Scheme {
  readonly id: string;
  readonly hash: string | null;
  readonly params?: () => unknown;
}
const SHA256 = '2.16.840.1.101.3.4.2.1';
const hashId = (): AlgorithmIdentifier =>
  new AlgorithmIdentifier({ algorithmId: SHA256, algorithmParams: new Null() });
const SCHEMES: Readonly<Record<SchemeName, Scheme>> = {
  rsa: { id: '1.2.840.113549.1.1.11', hash: 'sha256', params: () => new Null() },
  'rsa-sha1': { id: '1.2.840.113549.1.1.5', hash: 'sha1', params: () => new Null() },
  'rsa-md5': { id: '1.2.840.113549.1.1.4', hash: 'md5', params: () => new Null() },
  'rsa-pss': {
    id: '1.2.840.113549.1.1.10',
    hash: 'sha256',
    params: () =>
      new RSASSAPSSParams({
        hashAlgorithm: hashId(),
        maskGenAlgorithm: new AlgorithmIdentifier({
          algorithmId: '1.2.840.113549.1.1.8',
          algorithmParams: hashId().toSchema(),
        }),
        saltLength: 32,
      }).toSchema(),
  },
  ec: { id: '1.2.840.10045.4.3.2', hash: 'sha256' },
  'ec-sha1': { id: '1.2.840.10045.4.1', hash: 'sha1' },
  ed25519: { id: '1.3.101.112', hash: null },
};

const algorithm = ({ id, params }: Scheme): AlgorithmIdentifier =>
  new AlgorithmIdentifier({ algorithmId: id, ...present({ algorithmParams: params?.() }) });

const schemeFor = (key: KeyObject): SchemeName =>
  key.asymmetricKeyType === 'rsa' ? 'rsa' : key.asymmetricKeyType === 'ec' ? 'ec' : 'ed25519';

function signed(name: SchemeName, key: KeyObject, tbs: Uint8Array): Uint8Array<ArrayBuffer> {
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return Uint8Array.from(sign(SCHEMES[name].hash, tbs, { key, ...(name === 'rsa-pss' ? pss : {}) }));
}

/** One who signs: a name and keys. */
export interface CertificateParty extends CertificateKeys {
  readonly name: string;
}

/** Extensions by identifier; what is not given is not there. */
export interface CertificateTraits {
  readonly serial?: number;
  readonly from?: Date;
  readonly until?: Date;
  /** basicConstraints: a CA with this path length; `null` for none. */
  readonly ca?: number | null | false;
  /** First byte of keyUsage. */
  readonly usage?: number;
  readonly purposes?: readonly string[];
  readonly more?: readonly Extension[];
  readonly scheme?: SchemeName;
  /** Flips a bit of the signature. */
  readonly broken?: boolean;
  /** An inner algorithm that differs from the outer one. */
  readonly inner?: SchemeName;
}

export const CERTIFICATES_NOW = new Date('2026-11-22T12:00:00Z');
export const daysFromNow = (days: number): Date => new Date(CERTIFICATES_NOW.getTime() + days * 86_400_000);

export const makeName = (text: string): RelativeDistinguishedNames =>
  new RelativeDistinguishedNames({
    typesAndValues: [new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: text }) })],
  });

/** An extension around a DER value. */
export const makeExtension = (
  extnID: string,
  critical: boolean,
  value: { toBER(): ArrayBuffer },
): Extension => new Extension({ extnID, critical, extnValue: value.toBER() });

let serials = 100;

/** A certificate for `subject` by `issuer`, with whatever faults are asked for. @returns PEM */
export function issueCertificate(
  subject: CertificateParty,
  issuer: CertificateParty,
  traits: CertificateTraits = {},
): string {
  const scheme = traits.scheme ?? schemeFor(issuer.privateKey);
  serials += 1;
  const one = new Certificate({ version: 2, serialNumber: new Integer({ value: traits.serial ?? serials }) });
  one.issuer = makeName(issuer.name);
  one.subject = makeName(subject.name);
  one.notBefore = new Time({ type: 0, value: traits.from ?? daysFromNow(-30) });
  one.notAfter = new Time({ type: 0, value: traits.until ?? daysFromNow(30) });
  const spki = subject.publicKey.export({ type: 'spki', format: 'der' });
  one.subjectPublicKeyInfo = PublicKeyInfo.fromBER(Uint8Array.from(spki));
  one.extensions = extensionsOf(traits);
  if (one.extensions.length === 0) Reflect.deleteProperty(one, 'extensions');
  one.signature = algorithm(SCHEMES[traits.inner ?? scheme]);
  one.signatureAlgorithm = algorithm(SCHEMES[scheme]);
  const tbs = new Uint8Array(one.encodeTBS().toBER());
  one.signatureValue = new BitString({
    valueHex: damaged(signed(scheme, issuer.privateKey, tbs), traits.broken),
  });
  return pem(one.toSchema(true).toBER());
}

function extensionsOf({ ca, usage, purposes, more = [] }: CertificateTraits): Extension[] {
  const basic = new BasicConstraints({
    cA: ca !== false,
    ...present({ pathLenConstraint: typeof ca === 'number' ? ca : undefined }),
  });
  const bits = new BitString({ valueHex: Uint8Array.of(usage ?? 0).buffer });
  const eku = new ExtKeyUsage({ keyPurposes: [...(purposes ?? [])] });
  return [
    ...(ca === undefined ? [] : [makeExtension('2.5.29.19', true, basic.toSchema())]),
    ...(usage === undefined ? [] : [makeExtension('2.5.29.15', true, bits)]),
    ...(purposes === undefined ? [] : [makeExtension('2.5.29.37', false, eku.toSchema())]),
    ...more,
  ];
}

const damaged = (bytes: Uint8Array<ArrayBuffer>, broken = false): ArrayBuffer => {
  if (broken) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.buffer;
};

function pem(der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

export interface CrlTraits {
  readonly revoked?: readonly number[];
  readonly from?: Date;
  /** `null`: the list does not say when the next is due. */
  readonly until?: Date | null;
  readonly extensions?: readonly Extension[];
  readonly entryExtensions?: readonly Extension[];
  readonly broken?: boolean;
  readonly scheme?: SchemeName;
  /** Named as the issuer in place of who signs. */
  readonly named?: string;
}

/** A revocation list by `issuer`, with whatever faults are asked for. @returns DER */
export function issueRevocationList(issuer: CertificateParty, traits: CrlTraits = {}): Uint8Array {
  const scheme = traits.scheme ?? schemeFor(issuer.privateKey);
  const list = new CertificateRevocationList();
  list.version = 1;
  list.issuer = makeName(traits.named ?? issuer.name);
  list.thisUpdate = new Time({ type: 0, value: traits.from ?? daysFromNow(-1) });
  if (traits.until !== null) list.nextUpdate = new Time({ type: 0, value: traits.until ?? daysFromNow(1) });
  const entries = (traits.revoked ?? []).map((serial) => entry(serial, traits.entryExtensions ?? []));
  if (entries.length > 0) list.revokedCertificates = entries;
  if (traits.extensions !== undefined)
    list.crlExtensions = new Extensions({ extensions: [...traits.extensions] });
  list.signature = algorithm(SCHEMES[scheme]);
  list.signatureAlgorithm = algorithm(SCHEMES[scheme]);
  const tbs = new Uint8Array(list['encodeTBS']().toBER());
  list.signatureValue = new BitString({
    valueHex: damaged(signed(scheme, issuer.privateKey, tbs), traits.broken),
  });
  return new Uint8Array(list.toSchema(true).toBER());
}

function entry(serial: number, extensions: readonly Extension[]): RevokedCertificate {
  const one = new RevokedCertificate({
    userCertificate: new Integer({ value: serial }),
    revocationDate: new Time({ type: 0, value: daysFromNow(-2) }),
  });
  if (extensions.length > 0) one.crlEntryExtensions = new Extensions({ extensions: [...extensions] });
  return one;
}

/** DER values that tests put into extensions. */
export const DER_VALUES = {
  sequence: () => new Sequence({ value: [] }),
  text: (value: string) => new Utf8String({ value }),
  yes: () => new AsnBoolean({ value: true }),
  number: (value: number) => new Integer({ value }),
  code: (value: number) => new Enumerated({ value }),
  digest: (value: string) =>
    new OctetString({ valueHex: Uint8Array.from(createHash('sha256').update(value).digest()).buffer }),
} as const;
