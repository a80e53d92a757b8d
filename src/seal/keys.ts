/**
 * Makes, imports and names keys: signing on Ed25519 or P-256, key agreement on X25519 or P-256, nothing else (RFC 7518
 * §6.2, RFC 8037). An imported private key cannot be exported again.
 */

import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { z } from 'zod';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { type PublicJwk, publicJwk } from '../domain/party/designation.ts';
import { createBoundedMemory } from '../domain/words/bounded-memory.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { decodeExactly } from './jose-header.ts';
import { parseStrict } from './strict-json.ts';

export type SigningAlg = 'EdDSA' | 'ES256';

/** The one key management algorithm: RFC 7518 §4.6, on X25519 per RFC 8037 §3.2. */
export const KEY_WRAP = 'ECDH-ES+A256KW';

export type PrivateJwk = PublicJwk & { d: string };

/** A key that signs under the key id `kid`. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateKey: CryptoKey;
  readonly publicJwk: PublicJwk;
}

/** A key that opens messages encrypted to the key id `kid`. */
export interface OpeningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: PublicJwk;
}

const ALG_OF_CURVE: Readonly<Partial<Record<PublicJwk['crv'], SigningAlg>>> = {
  Ed25519: 'EdDSA',
  'P-256': 'ES256',
};

/** The one signature algorithm that fits a key; undefined for a key that cannot sign. */
export const signingAlgOf = (jwk: PublicJwk): SigningAlg | undefined => ALG_OF_CURVE[jwk.crv];

/** Whether messages can be encrypted to a key. */
export const isAgreementKey = (jwk: PublicJwk): boolean => jwk.crv === 'X25519' || jwk.crv === 'P-256';

/** Makes a signing key as a JWK. `kid` is a DID URL with a fragment. */
export const generateSigningJwk = (kid: string, crv: 'Ed25519' | 'P-256' = 'Ed25519'): Promise<PrivateJwk> =>
  generate(kid, crv === 'Ed25519' ? 'EdDSA' : 'ES256', crv);

/** Makes a key agreement key as a JWK. */
export const generateAgreementJwk = (kid: string, crv: 'X25519' | 'P-256' = 'X25519'): Promise<PrivateJwk> =>
  generate(kid, KEY_WRAP, crv);

async function generate(kid: string, alg: string, crv: string): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair(alg, { crv, extractable: true });
  const { kty, x, y, d } = await exportJWK(privateKey);
  return checkedPrivate({ kty, crv, x, ...present({ y }), d, kid });
}

/**
 * Reads a private key from its stored JSON text.
 * @throws Refusal `configuration`; the error text never repeats the key
 */
export function readPrivateJwk(text: string): PrivateJwk {
  let value: unknown;
  try {
    value = parseStrict(text, JSON_BOUNDS.keys);
  } catch {
    throw notPrivate();
  }
  return checkedPrivate(value);
}

const notPrivate = (): Refusal =>
  new Refusal('configuration', 'a private key is not a JWK on Ed25519, X25519 or P-256');

function checkedPrivate(value: unknown): PrivateJwk {
  const secret = z.looseObject({ d: z.string() }).safeParse(value);
  if (!secret.success) throw notPrivate();
  const { d, ...rest } = secret.data;
  const open = publicJwk.safeParse(rest);
  if (!open.success) throw notPrivate();
  return { ...open.data, d };
}

/** The public half, which may be published. */
export function publicHalfOf(jwk: PrivateJwk): PublicJwk {
  const { kid, x } = jwk;
  return jwk.kty === 'EC'
    ? { kty: 'EC', crv: jwk.crv, x, y: jwk.y, kid }
    : { kty: 'OKP', crv: jwk.crv, x, kid };
}

/** JWK thumbprint (RFC 7638), SHA-256, base64url. */
export const thumbprintOf = (jwk: PublicJwk): Promise<string> => calculateJwkThumbprint(jwk, 'sha256');

/**
 * Imports a signing key.
 * @throws Refusal `configuration` if the key cannot sign, or if its private and public halves do not match
 */
export async function importSigningKey(jwk: PrivateJwk): Promise<SigningKey> {
  const alg = signingAlgOf(jwk);
  if (alg === undefined) throw new Refusal('configuration', 'a signing key must be on Ed25519 or P-256');
  return { kid: jwk.kid, alg, privateKey: await importPrivate(jwk, alg), publicJwk: publicHalfOf(jwk) };
}

/**
 * Imports a key agreement key.
 * @throws Refusal `configuration` if it is not a key agreement key, or if its private and public halves do not match
 */
export async function importOpeningKey(jwk: PrivateJwk): Promise<OpeningKey> {
  if (!isAgreementKey(jwk))
    throw new Refusal('configuration', 'a key agreement key must be on X25519 or P-256');
  return { kid: jwk.kid, privateKey: await importPrivate(jwk, KEY_WRAP), publicJwk: publicHalfOf(jwk) };
}

async function importPrivate(jwk: PrivateJwk, alg: string): Promise<CryptoKey> {
  try {
    decodeExactly(jwk.d, 'd', 32);
    return await importJWK({ ...publicHalfOf(jwk), d: jwk.d }, alg);
  } catch {
    throw notPrivate();
  }
}

/**
 * Imported public keys. The same few keys verify and seal every message, and importing costs more than a lookup.
 * Entries never expire: an imported key depends only on the JWK.
 */
const imported = createBoundedMemory<CryptoKey>(1_000);

/**
 * Imports a published key into WebCrypto. Points that are not on the curve, and coordinates that are not canonical,
 * are refused.
 * @throws Refusal `statement-refused`: published keys come from statements
 */
export async function importPublicKey(jwk: PublicJwk, alg: SigningAlg | typeof KEY_WRAP): Promise<CryptoKey> {
  const y = jwk.kty === 'EC' ? jwk.y : '';
  const name = `${alg} ${jwk.crv} ${jwk.x} ${y}`;
  const known = imported.get(name);
  if (known !== undefined) return known;
  try {
    const key = await importChecked(jwk, alg);
    imported.keep(name, key);
    return key;
  } catch {
    throw new Refusal('statement-refused', 'a published key is not a valid key of its curve');
  }
}

async function importChecked(jwk: PublicJwk, alg: string): Promise<CryptoKey> {
  decodeExactly(jwk.x, 'x', 32);
  if (jwk.kty === 'OKP') return importJWK({ kty: jwk.kty, crv: jwk.crv, x: jwk.x }, alg);
  decodeExactly(jwk.y, 'y', 32);
  return importJWK({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, alg);
}
