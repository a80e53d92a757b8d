/**
 * Keys of authorities. They sign only designations and agreements, so a ministry may use a key that it already has:
 * Ed25519, P-256, or RSA with PS256 (RFC 7518 §3.5) from 3072 bits, which is as strong as P-256 (NIST SP 800-57 part 1
 * §5.6.1). RSA is refused for messages, consignments and evidence.
 */

import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { z } from 'zod';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { keyId, type PublicJwk } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { decodeCanonical } from './jose-header.ts';
import {
  generateSigningJwk,
  importPublicKey,
  importSigningKey,
  type PrivateJwk,
  publicHalfOf,
  readPrivateJwk,
  type SigningAlg,
  signingAlgOf,
} from './keys.ts';
import { isObject, parseStrict } from './strict-json.ts';

export type AuthorityAlg = SigningAlg | 'PS256';

/** The values of `amanat authority init --alg`. */
export const AUTHORITY_KINDS = ['p256', 'ed25519', 'rsa3072'] as const;
export type AuthorityKind = (typeof AUTHORITY_KINDS)[number];

/** Bytes of the modulus, and therefore of a signature: RSA-3072 to RSA-8192. */
export const RSA_BYTES = { least: 384, most: 1_024 } as const;

const rsaJwk = z.strictObject({
  kty: z.literal('RSA'),
  n: z.string(),
  /** The exponent 65537, which every authority uses. Small exponents have known attacks. */
  e: z.literal('AQAB'),
  kid: keyId,
});
type RsaJwk = z.infer<typeof rsaJwk>;
export type AuthorityJwk = PublicJwk | RsaJwk;

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const;
type PrivateRsaJwk = RsaJwk & Record<(typeof PRIVATE_MEMBERS)[number], string>;
export type PrivateAuthorityJwk = PrivateJwk | PrivateRsaJwk;

/** A key that signs statements under the key id `kid`. */
export interface AuthorityKey {
  readonly kid: string;
  readonly alg: AuthorityAlg;
  readonly privateKey: CryptoKey;
}

/** The one signature algorithm that fits a key; undefined for a key that cannot sign. */
export const authorityAlgOf = (jwk: AuthorityJwk): AuthorityAlg | undefined =>
  jwk.kty === 'RSA' ? 'PS256' : signingAlgOf(jwk);

/** Makes a key. `kid` is a DID URL with a fragment. */
export async function generateAuthorityJwk(kid: string, kind: AuthorityKind): Promise<PrivateAuthorityJwk> {
  if (kind !== 'rsa3072') return generateSigningJwk(kid, kind === 'p256' ? 'P-256' : 'Ed25519');
  const { privateKey } = await generateKeyPair('PS256', { modulusLength: 3_072, extractable: true });
  const { alg: _alg, key_ops: _ops, ext: _ext, ...jwk } = await exportJWK(privateKey);
  return checkedRsa({ ...jwk, kid });
}

/**
 * Reads a public RSA key.
 * @throws Refusal `statement-refused` below 3072 bits or with another exponent
 */
export function readRsaJwk(value: unknown): RsaJwk {
  const jwk = rsaJwk.safeParse(value);
  if (!jwk.success || !isLongEnough(jwk.data.n))
    throw new Refusal('statement-refused', 'an authority’s RSA key needs 3072 bits and the exponent 65537');
  return jwk.data;
}

/** A modulus is written without leading zeros (RFC 7518 §6.3.1.1), so its top byte tells whether it is full length. */
function isLongEnough(n: string): boolean {
  try {
    const bytes = decodeCanonical(n, 'n', RSA_BYTES.most);
    return bytes.length > RSA_BYTES.least || (bytes.length === RSA_BYTES.least && (bytes[0] ?? 0) >= 0x80);
  } catch {
    return false;
  }
}

/** The public half, which may be published. */
export function publicHalfOfAuthority(jwk: PrivateAuthorityJwk): AuthorityJwk {
  return jwk.kty === 'RSA' ? { kty: 'RSA', n: jwk.n, e: jwk.e, kid: jwk.kid } : publicHalfOf(jwk);
}

/** JWK thumbprint (RFC 7638), SHA-256, base64url. */
export const thumbprintOfAuthority = (jwk: AuthorityJwk): Promise<string> =>
  calculateJwkThumbprint(jwk, 'sha256');

/**
 * Reads an authority's private key from its stored JSON text.
 * @throws Refusal `configuration`; the error text never repeats the key
 */
export function readAuthorityJwk(text: string): PrivateAuthorityJwk {
  let value: unknown;
  try {
    value = parseStrict(text, JSON_BOUNDS.keys);
  } catch {
    throw notPrivate();
  }
  return isObject(value) && value['kty'] === 'RSA' ? checkedRsa(value) : readPrivateJwk(text);
}

const notPrivate = (): Refusal =>
  new Refusal(
    'configuration',
    'an authority’s private key is not a JWK on P-256 or Ed25519, or RSA of 3072 bits',
  );

function checkedRsa(value: Readonly<Record<string, unknown>>): PrivateRsaJwk {
  const secret = z
    .record(z.enum(PRIVATE_MEMBERS), z.string())
    .safeParse(Object.fromEntries(PRIVATE_MEMBERS.map((name) => [name, value[name]])));
  const open = rsaJwk.safeParse(
    Object.fromEntries(
      Object.entries(value).filter(([name]) => !PRIVATE_MEMBERS.some((one) => one === name)),
    ),
  );
  if (!secret.success || !open.success || !isLongEnough(open.data.n)) throw notPrivate();
  return { ...open.data, ...secret.data };
}

/**
 * Imports an authority's signing key.
 * @throws Refusal `configuration` if the key cannot sign
 */
export async function importAuthorityKey(jwk: PrivateAuthorityJwk): Promise<AuthorityKey> {
  if (jwk.kty !== 'RSA') return importSigningKey(jwk);
  try {
    const { kid, ...key } = jwk;
    return { kid, alg: 'PS256', privateKey: (await importJWK({ ...key }, 'PS256')) as CryptoKey };
  } catch {
    throw notPrivate();
  }
}

/** Imports a public key for verifying. @throws Refusal `statement-refused` */
export async function importAuthorityVerifier(jwk: AuthorityJwk): Promise<CryptoKey> {
  if (jwk.kty !== 'RSA') {
    const alg = signingAlgOf(jwk);
    if (alg === undefined) throw new Refusal('statement-refused', 'a published key cannot sign');
    return importPublicKey(jwk, alg);
  }
  const { kid: _kid, ...key } = readRsaJwk(jwk);
  return (await importJWK(key, 'PS256')) as CryptoKey;
}
