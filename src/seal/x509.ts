/**
 * Parses X.509 certificates for `chain.ts` and `crl.ts`. OpenSSL parses first and is strict about DER; pkijs then
 * gives the parts that node:crypto does not show.
 */
import { Buffer } from 'node:buffer';
import { type KeyObject, X509Certificate } from 'node:crypto';
import { BitString, fromBER, type Integer } from 'asn1js';
import { BasicConstraints, Certificate, type Extension, ExtKeyUsage } from 'pkijs';
import { readSignedPart, type SignedPart } from './x509-signature.ts';

/** Extensions (RFC 5280 §4.2.1, §5.2, §5.3) by their object identifiers. */
export const EXTENSION_OIDS = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  deltaCrl: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** Bits in the first byte of keyUsage (RFC 5280 §4.2.1.3). */
export const KEY_USAGE_BITS = { digitalSignature: 0x80, keyCertSign: 0x04, cRLSign: 0x02 } as const;

interface Extended {
  readonly critical: boolean;
  /** The DER inside the octet string. */
  readonly value: Uint8Array;
}
export type Extensions = ReadonlyMap<string, Extended>;

/** A certificate that could be parsed. Nothing in it is trusted yet. */
export interface ReadCertificate {
  readonly pem: string;
  readonly publicKey: KeyObject;
  /**
   * Names as hex of their DER. A CA must write its name in the same way everywhere (RFC 5280 §4.1.2.6), so bytes are
   * compared.
   */
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  /** Both inclusive (RFC 5280 §4.1.2.5). */
  readonly from: Date;
  readonly until: Date;
  readonly extensions: Extensions;
  readonly signed: SignedPart;
  /** Undefined if the certificate is not of a CA. `pathLength` is Infinity if it sets no limit. */
  readonly ca: { readonly pathLength: number } | undefined;
  /** The first byte of keyUsage; undefined if any use is allowed. */
  readonly usage: number | undefined;
  /** Purposes of extendedKeyUsage; undefined if any purpose is allowed. */
  readonly purposes: readonly string[] | undefined;
}

/** The most bytes of a certificate. Even a government's certificate with many policies is smaller. */
const MAX_CERTIFICATE = 32 * 1024;

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The certificates in a PEM file, in order; undefined if there are none, or more than `most`. */
export function splitPem(text: string, most: number): readonly [string, ...string[]] | undefined {
  if (text.length > most * MAX_CERTIFICATE) return undefined;
  const [first, ...rest] = text.match(BLOCK) ?? [];
  return first === undefined || rest.length >= most ? undefined : [first, ...rest];
}

/**
 * Parses one certificate in PEM; undefined if the text is not a certificate, or if an extension that is needed is
 * malformed or stands twice.
 */
export function parseCertificate(pem: string): ReadCertificate | undefined {
  if (pem.length > MAX_CERTIFICATE) return undefined;
  try {
    return partsOf(pem, new X509Certificate(pem));
  } catch {
    return undefined;
  }
}

function partsOf(pem: string, openssl: X509Certificate): ReadCertificate {
  const certificate = new Certificate({ schema: fromBER(new Uint8Array(openssl.raw)).result });
  const extensions = extensionsOf(certificate.extensions);
  // Only version 3 has extensions (§4.1.2.9). Some readers would ignore an extension in an older version.
  if (extensions.size > 0 && certificate.version !== 2) throw new Error('extensions need version 3');
  return {
    pem,
    publicKey: openssl.publicKey,
    subject: hexOf(certificate.subject.valueBeforeDecode),
    issuer: hexOf(certificate.issuer.valueBeforeDecode),
    serial: serialTextOf(certificate.serialNumber),
    from: openssl.validFromDate,
    until: openssl.validToDate,
    extensions,
    signed: readSignedPart(certificate, certificate.signature),
    ...usesOf(extensions),
  };
}

/** Extensions by identifier. @throws if one stands twice (RFC 5280 §4.2) */
export function extensionsOf(list: readonly Extension[] = []): Extensions {
  const found = new Map(
    list.map((one) => [
      one.extnID,
      { critical: one.critical, value: Uint8Array.from(one.extnValue.valueBlock.valueHexView) },
    ]),
  );
  if (found.size !== list.length) throw new Error('an extension stands twice');
  return found;
}

function usesOf(extensions: Extensions): Pick<ReadCertificate, 'ca' | 'usage' | 'purposes'> {
  const basic = extensions.get(EXTENSION_OIDS.basicConstraints);
  const usage = extensions.get(EXTENSION_OIDS.keyUsage);
  const purposes = extensions.get(EXTENSION_OIDS.extendedKeyUsage);
  return {
    ca: basic && caOf(BasicConstraints.fromBER(readWholeDer(basic.value))),
    usage: usage && usageOf(fromBER(usage.value).result),
    purposes: purposes && ExtKeyUsage.fromBER(readWholeDer(purposes.value)).keyPurposes,
  };
}

function caOf({ cA, pathLenConstraint }: BasicConstraints): ReadCertificate['ca'] {
  if (!cA) return undefined;
  if (pathLenConstraint === undefined) return { pathLength: Number.POSITIVE_INFINITY };
  // A number that is too long for pkijs is larger than any path here.
  return {
    pathLength: typeof pathLenConstraint === 'number' ? pathLenConstraint : Number.POSITIVE_INFINITY,
  };
}

function usageOf(value: unknown): number {
  if (!(value instanceof BitString)) throw new Error('keyUsage is malformed');
  return value.valueBlock.valueHexView[0] ?? 0;
}

/** Copies DER bytes. @throws if anything follows the DER value */
function readWholeDer(der: Uint8Array): Uint8Array<ArrayBuffer> {
  const { offset } = fromBER(der);
  if (offset !== der.length) throw new Error('not one DER value');
  return Uint8Array.from(der);
}

/**
 * The serial number as hex without leading zeros. 00FF and FF are the same number here: at worst, a certificate that
 * is not revoked is treated as revoked.
 */
export const serialTextOf = (number: Integer): string =>
  Buffer.from(number.valueBlock.valueHexView)
    .toString('hex')
    .replace(/^(?:00)+(?=.)/, '');

/** Bytes as a text that can be compared. */
export const hexOf = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('hex');
