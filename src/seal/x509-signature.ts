/**
 * Signatures on certificates and revocation lists: RSA with PKCS#1 v1.5 or PSS (RFC 4055), ECDSA (RFC 5758), Ed25519
 * (RFC 8410), each with SHA-256 or longer. All others, such as MD5, SHA-1 and DSA, are refused before any arithmetic.
 */
import { Buffer } from 'node:buffer';
import { constants, type KeyObject, verify } from 'node:crypto';
import type { BitString } from 'asn1js';
import { AlgorithmIdentifier, RSASSAPSSParams } from 'pkijs';

/** The signed bytes, the algorithm, and the signature. */
export interface SignedPart {
  readonly tbs: Uint8Array;
  readonly scheme: Scheme | undefined;
  readonly signature: Uint8Array;
}

interface Scheme {
  readonly key: 'rsa' | 'ec' | 'ed25519';
  /** `null` if the scheme hashes by itself. */
  readonly hash: string | null;
  /** The length of the PSS salt in bytes; absent for PKCS#1 v1.5. */
  readonly salt?: number;
}

type SignatureFault = 'weak-algorithm' | 'bad-signature';

const SCHEMES: Readonly<Record<string, Scheme>> = {
  '1.2.840.113549.1.1.11': { key: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { key: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', hash: 'sha512' },
  '1.3.101.112': { key: 'ed25519', hash: null },
};

const PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const HASHES: Readonly<Record<string, { readonly hash: string; readonly length: number }>> = {
  '2.16.840.1.101.3.4.2.1': { hash: 'sha256', length: 32 },
  '2.16.840.1.101.3.4.2.2': { hash: 'sha384', length: 48 },
  '2.16.840.1.101.3.4.2.3': { hash: 'sha512', length: 64 },
};

/** RSA below 2048 bits can be broken; above 8192 bits it only costs time. */
const RSA_BITS = { least: 2_048, most: 8_192 } as const;
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** The signature of a certificate or list that pkijs has parsed. The algorithm is the one named in the signed part. */
export function readSignedPart(
  read: {
    readonly tbsView: Uint8Array;
    readonly signatureAlgorithm: AlgorithmIdentifier;
    readonly signatureValue: BitString;
  },
  inner: AlgorithmIdentifier,
): SignedPart {
  return {
    tbs: read.tbsView,
    // RFC 5280 §4.1.1.2: the signed part and the outer part must name the same algorithm.
    scheme: same(read.signatureAlgorithm, inner) ? schemeOf(inner) : undefined,
    signature: read.signatureValue.valueBlock.valueHexView,
  };
}

const same = (one: AlgorithmIdentifier, other: AlgorithmIdentifier): boolean =>
  Buffer.from(one.toSchema().toBER()).equals(Buffer.from(other.toSchema().toBER()));

function schemeOf({ algorithmId, algorithmParams }: AlgorithmIdentifier): Scheme | undefined {
  return algorithmId === PSS ? pssOf(algorithmParams) : SCHEMES[algorithmId];
}

/**
 * RFC 4055 §3.1: one hash for the message and its mask, and a salt as long as the hash. The defaults of the RFC use
 * SHA-1.
 */
function pssOf(schema: unknown): Scheme | undefined {
  const params = new RSASSAPSSParams({ schema });
  const { hashAlgorithm, maskGenAlgorithm, saltLength, trailerField } = params;
  const known = HASHES[hashAlgorithm.algorithmId];
  if (known === undefined || maskGenAlgorithm.algorithmId !== MGF1 || trailerField !== 1) return undefined;
  const mask = new AlgorithmIdentifier({ schema: maskGenAlgorithm.algorithmParams });
  if (mask.algorithmId !== hashAlgorithm.algorithmId || saltLength !== known.length) return undefined;
  return { key: 'rsa', hash: known.hash, salt: saltLength };
}

/**
 * With the exponent 1 anybody could sign; a large exponent only costs time. Almost all keys use 65537; some smartcards
 * use a smaller one.
 */
const MOST_EXPONENT = 2n ** 32n;

/** Whether an RSA key is strong enough, by the length of its modulus in bits and its public exponent. */
export const isStrongRsa = (bits: number, exponent: bigint): boolean =>
  bits >= RSA_BITS.least &&
  bits <= RSA_BITS.most &&
  exponent >= 3n &&
  exponent <= MOST_EXPONENT &&
  exponent % 2n === 1n;

/** Whether a key is strong enough to sign or to be certified. */
export function isStrongKey(key: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return isStrongRsa(modulusLength, publicExponent);
  return (
    key.asymmetricKeyType === 'ed25519' || (key.asymmetricKeyType === 'ec' && CURVES.includes(namedCurve))
  );
}

/**
 * What is wrong with a signature under this key; undefined if it verifies. The strength of the key is checked
 * separately, by {@link isStrongKey}.
 */
export function findSignatureFault(
  { tbs, scheme, signature }: SignedPart,
  key: KeyObject,
): SignatureFault | undefined {
  if (scheme === undefined) return 'weak-algorithm';
  if (key.asymmetricKeyType !== scheme.key) return 'bad-signature';
  const { salt: saltLength } = scheme;
  const padding = saltLength === undefined ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  try {
    return verify(scheme.hash, tbs, { key, ...padding }, signature) ? undefined : 'bad-signature';
  } catch {
    return 'bad-signature';
  }
}
