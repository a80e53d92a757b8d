/**
 * JSON Web Signatures in General JSON (RFC 7515 §7.2.1), read strictly: EdDSA on Ed25519 (RFC 8037), ES256, and for
 * authorities PS256.
 */
import './native-base64.ts';
import { FlattenedSign, flattenedVerify } from 'jose';
import { z } from 'zod';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import {
  type AuthorityAlg,
  type AuthorityJwk,
  type AuthorityKey,
  authorityAlgOf,
  importAuthorityVerifier,
  RSA_BYTES,
} from './authority-key.ts';
import {
  checkHeader,
  decodeCanonical,
  decodeExactly,
  type HeaderRule,
  kidOfHeader,
  readHeader,
  requireOneOf,
  shortMediaType,
} from './jose-header.ts';

interface JwsSignature {
  protected: string;
  header?: { kid?: string };
  signature: string;
}

export interface Jws {
  payload: string;
  signatures: JwsSignature[];
}

/** A JWS whose shape has been checked. Nothing is verified yet. */
export interface ReadJws {
  /** The object as it was received, with only the members that RFC 7515 names. */
  readonly jws: Jws;
  readonly payload: Uint8Array;
  readonly signatures: readonly ReadSignature[];
}

interface ReadSignature {
  readonly alg: AuthorityAlg;
  /** Without `application/`. */
  readonly typ: string | undefined;
  readonly kid: string | undefined;
  readonly raw: JwsSignature;
}

/** Which signer may use which algorithms. RSA is for authorities only. */
export const ALLOWED_ALGS = {
  focalPoint: ['EdDSA', 'ES256'],
  authority: ['EdDSA', 'ES256', 'PS256'],
} as const satisfies Record<string, readonly AuthorityAlg[]>;

/** The algorithms that a caller allows. */
export type AllowedAlgs = readonly AuthorityAlg[];

const HEADERS: HeaderRule = { protected: ['alg', 'typ', 'kid'], unprotected: ['kid'] };
const MAX_SIGNATURES = 4;

const general = z.strictObject({
  payload: z.string(),
  signatures: z
    .array(
      z.strictObject({
        protected: z.string(),
        header: z.record(z.string(), z.unknown()).optional(),
        signature: z.string(),
      }),
    )
    .min(1)
    .max(MAX_SIGNATURES),
});

/**
 * Reads a JWS without verifying it. It accepts only General JSON, canonical base64url, and the headers of the
 * allow-list.
 * @param maxPayload bytes of payload, decoded
 * @param algs the algorithms that a signer may use; by default those of a focal point
 * @throws Refusal `jose-malformed`, `jose-header-refused`, `too-large`
 */
export function readJws(
  value: unknown,
  maxPayload: number,
  algs: AllowedAlgs = ALLOWED_ALGS.focalPoint,
): ReadJws {
  const shape = general.safeParse(value);
  if (!shape.success) throw new Refusal('jose-malformed', 'not a JWS in General JSON');
  const signatures = shape.data.signatures.map((one) => readSignature(one, algs));
  const payload = decodeCanonical(shape.data.payload, 'the payload', maxPayload);
  return {
    jws: { payload: shape.data.payload, signatures: signatures.map((one) => one.raw) },
    payload,
    signatures,
  };
}

function readSignature(one: z.infer<typeof general>['signatures'][number], algs: AllowedAlgs): ReadSignature {
  const header = readHeader(one.protected);
  const unprotected = one.header ?? {};
  const alg = requireOneOf(header, 'alg', algs);
  checkHeader(header, unprotected, HEADERS);
  checkLength(one.signature, alg);
  const kid = kidOfHeader(header, unprotected);
  const raw: JwsSignature = { protected: one.protected, signature: one.signature };
  if (one.header !== undefined) raw.header = kid === undefined || Object.hasOwn(header, 'kid') ? {} : { kid };
  return { alg, typ: shortMediaType(header['typ']), kid, raw };
}

/**
 * Checks the length of a signature: 64 bytes for EdDSA and ES256 (RFC 8032 §5.1.6, RFC 7518 §3.4), the length of the
 * modulus for RSA.
 */
function checkLength(signature: string, alg: AuthorityAlg): void {
  if (alg !== 'PS256') decodeExactly(signature, 'a signature', 64);
  else if (decodeCanonical(signature, 'a signature', RSA_BYTES.most).length < RSA_BYTES.least)
    throw new Refusal('jose-malformed', 'a signature is too short for its algorithm');
}

/**
 * Verifies every signature. If one is not valid, the whole JWS is refused.
 * @param keyOf finds the key that a signature names; undefined if the key id is not known
 * @throws Refusal `unknown-sender` if `keyOf` knows no key, else `signature-invalid`
 */
export async function verifyJws(
  read: ReadJws,
  keyOf: (kid: string | undefined) => Promise<AuthorityJwk | undefined>,
): Promise<void> {
  for (const one of read.signatures) {
    const jwk = await keyOf(one.kid);
    if (jwk === undefined) throw new Refusal('unknown-sender', 'the signing key is not known');
    if (authorityAlgOf(jwk) !== one.alg)
      throw new Refusal('signature-invalid', 'the algorithm does not fit the key');
    const key = await importAuthorityVerifier(jwk);
    try {
      await flattenedVerify({ payload: read.jws.payload, ...one.raw }, key, { algorithms: [one.alg] });
    } catch {
      throw new Refusal('signature-invalid', 'a signature does not verify');
    }
  }
}

/**
 * The ids of the keys that signed, in order.
 * @throws Refusal `jose-malformed` if a signature names no key, or two signatures name the same key
 */
export function kidsOfJws(read: ReadJws): string[] {
  const kids = read.signatures.map((one) => {
    if (one.kid === undefined) throw new Refusal('jose-malformed', 'a signature names no key');
    return one.kid;
  });
  if (new Set(kids).size !== kids.length)
    throw new Refusal('jose-malformed', 'two signatures name the same key');
  return kids;
}

/**
 * Checks that every signature has this media type, so that one type of signed object cannot be presented as another
 * (RFC 8725 §3.11).
 * @throws Refusal `jose-header-refused`
 */
export function checkSignedType(read: ReadJws, typ: string): void {
  const wanted = shortMediaType(typ);
  if (read.signatures.some((one) => one.typ !== wanted))
    throw new Refusal('jose-header-refused', `typ must be ${typ}`);
}

/** The media type of a signature, and which header carries its key id. */
export interface SignatureStyle {
  readonly typ: string;
  /** DIDComm v2.1 requires an unprotected `kid`; statements protect it. */
  readonly kid: 'protected' | 'unprotected';
}

/** Signs bytes with each key, in the given order. */
export async function signJws(
  payload: Uint8Array,
  keys: readonly AuthorityKey[],
  style: SignatureStyle,
): Promise<Jws> {
  const jws: Jws = { payload: '', signatures: [] };
  for (const key of keys) {
    const signer = new FlattenedSign(payload);
    if (style.kid === 'protected') signer.setProtectedHeader({ typ: style.typ, alg: key.alg, kid: key.kid });
    else signer.setProtectedHeader({ typ: style.typ, alg: key.alg }).setUnprotectedHeader({ kid: key.kid });
    const made = await signer.sign(key.privateKey);
    jws.payload = made.payload;
    jws.signatures.push({
      protected: made.protected ?? '',
      ...present({ header: style.kid === 'unprotected' ? { kid: key.kid } : undefined }),
      signature: made.signature,
    });
  }
  return jws;
}
