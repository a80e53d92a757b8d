/**
 * Revocation by certificate revocation list (RFC 5280 §5, §6.3), read from files. A list must be complete and signed
 * by its issuer, for certificates of that issuer only. Delta, partitioned and indirect lists are refused, because
 * judging them would need more data.
 */
import { Buffer } from 'node:buffer';
import { fromBER } from 'asn1js';
import { CertificateRevocationList } from 'pkijs';
import {
  EXTENSION_OIDS,
  type Extensions,
  extensionsOf,
  hexOf,
  KEY_USAGE_BITS,
  type ReadCertificate,
  serialTextOf,
} from './x509.ts';
import { findSignatureFault, readSignedPart, type SignedPart } from './x509-signature.ts';

/** A list that could be parsed. Nothing in it is trusted yet. */
export interface ReadCrl {
  readonly issuer: string;
  readonly from: Date;
  /** When the next list is due; this one is current until then. */
  readonly until: Date;
  readonly revoked: ReadonlySet<string>;
  /** False if the list has an extension that changes its meaning and is not understood. */
  readonly understood: boolean;
  readonly signed: SignedPart;
}

/** What the lists say about one certificate. */
type Revocation =
  | { readonly kind: 'good' | 'revoked' | 'missing' | 'refused' }
  | { readonly kind: 'stale'; readonly since: Date };

/** Large enough for a national list of about 100,000 entries. */
const MAX_CRL = 8 * 1024 * 1024;
const ASN1_LIMITS = { maxContentLength: MAX_CRL, maxNodes: 2_000_000 } as const;

const ARMOUR = /^-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----\s*$/;
const HARMLESS: readonly string[] = [
  EXTENSION_OIDS.crlNumber,
  EXTENSION_OIDS.authorityKeyId,
  EXTENSION_OIDS.issuerAltName,
  EXTENSION_OIDS.reasonCode,
];
/**
 * Extensions that limit the scope of a list. The RFC requires them to be critical; they are refused even if they are
 * not.
 */
const NARROWING: readonly string[] = [EXTENSION_OIDS.deltaCrl, EXTENSION_OIDS.issuingDistributionPoint];

/**
 * Parsed lists, by the array that they were read from. A national list takes a second to parse, and every mail needs
 * it.
 */
const known = new WeakMap<Uint8Array, { readonly list: ReadCrl | undefined }>();

/**
 * Reads a list in DER or PEM; undefined if it is not a list, has no date for the next one, or is larger than 8 MB. The
 * same array is parsed once, so it must not be changed afterwards.
 */
export function readCrl(bytes: Uint8Array): ReadCrl | undefined {
  const before = known.get(bytes);
  if (before !== undefined) return before.list;
  const list = readOnce(bytes);
  known.set(bytes, { list });
  return list;
}

function readOnce(bytes: Uint8Array): ReadCrl | undefined {
  if (bytes.length > MAX_CRL) return undefined;
  try {
    const armoured = bytes[0] === 0x2d ? ARMOUR.exec(Buffer.from(bytes).toString('latin1'))?.[1] : undefined;
    return partsOf(armoured === undefined ? bytes : Buffer.from(armoured, 'base64'));
  } catch {
    return undefined;
  }
}

function partsOf(der: Uint8Array): ReadCrl | undefined {
  const { offset, result } = fromBER(Uint8Array.from(der), ASN1_LIMITS);
  if (offset !== der.length) return undefined;
  const crl = new CertificateRevocationList({ schema: result });
  if (crl.nextUpdate === undefined) return undefined;
  const entries = crl.revokedCertificates ?? [];
  const understood = [
    extensionsOf(crl.crlExtensions?.extensions),
    ...entries.map((one) => extensionsOf(one.crlEntryExtensions?.extensions)),
  ].every(isUnderstood);
  return {
    issuer: hexOf(crl.issuer.valueBeforeDecode),
    from: crl.thisUpdate.value,
    until: crl.nextUpdate.value,
    revoked: new Set(entries.map((one) => serialTextOf(one.userCertificate))),
    understood,
    signed: readSignedPart(crl, crl.signature),
  };
}

const isUnderstood = (extensions: Extensions): boolean =>
  [...extensions].every(
    ([id, { critical }]) => !NARROWING.includes(id) && (!critical || HARMLESS.includes(id)),
  );

/**
 * Looks a certificate up in the newest list of its issuer that had begun by `at`. A serial number on the list stays
 * revoked even if the list is stale. If the issuer has lists and none of them is valid, the result is `refused`, not
 * `missing`.
 */
export function revocationOf(
  one: ReadCertificate,
  issuer: ReadCertificate,
  lists: readonly ReadCrl[],
  at: Date,
): Revocation {
  const named = lists.filter((list) => list.issuer === issuer.subject);
  const mayList = issuer.usage === undefined || (issuer.usage & KEY_USAGE_BITS.cRLSign) !== 0;
  const [newest] = named
    .filter(
      (list) => mayList && list.from <= at && findSignatureFault(list.signed, issuer.publicKey) === undefined,
    )
    .toSorted((a, b) => b.from.getTime() - a.from.getTime());
  if (newest === undefined) return { kind: named.length > 0 ? 'refused' : 'missing' };
  if (!newest.understood) return { kind: 'refused' };
  if (newest.revoked.has(one.serial)) return { kind: 'revoked' };
  return at < newest.until ? { kind: 'good' } : { kind: 'stale', since: newest.until };
}
