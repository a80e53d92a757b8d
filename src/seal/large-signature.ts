/**
 * Verifies signatures over bytes that come in pieces, so that large bodies need not be in memory before they are
 * verified. WebCrypto and OpenSSL verify Ed25519 only over whole messages. The equation itself (RFC 8032 §5.1.7) needs
 * one hash over the message, which can be computed in pieces. The result is the same as theirs.
 */
import { Buffer } from 'node:buffer';
import { createHash, createHmac, createPublicKey, createVerify, timingSafeEqual } from 'node:crypto';
import { Point } from '@noble/ed25519';
import type { PublicJwk } from '../domain/party/designation.ts';
import { present } from '../domain/words/present.ts';

/** Takes the signed bytes piece by piece, then says once whether the signature is valid. */
export interface PieceVerifier {
  update(bytes: Uint8Array): void;
  verifies(): boolean;
}

/** Verifies EdDSA on Ed25519 or ES256, whichever fits the key. The signature is 64 bytes. */
export function createSignatureVerifier(jwk: PublicJwk, signature: Uint8Array): PieceVerifier {
  return jwk.crv === 'Ed25519'
    ? createEd25519Verifier(Buffer.from(jwk.x, 'base64url'), signature)
    : es256Verifier(jwk, signature);
}

function es256Verifier({ kty, crv, x, ...rest }: PublicJwk, signature: Uint8Array): PieceVerifier {
  const verify = createVerify('sha256');
  const jwk = { kty, crv, x, ...present({ y: 'y' in rest ? rest.y : undefined }) };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return {
    update: (bytes) => void verify.update(bytes),
    verifies: () => verify.verify({ key, dsaEncoding: 'ieee-p1363' }, signature),
  };
}

/** Verifies Ed25519 with the 32 bytes of a public key. */
export function createEd25519Verifier(publicKey: Uint8Array, signature: Uint8Array): PieceVerifier {
  const r = signature.subarray(0, 32);
  const isWhole = signature.length === 64;
  const hash = createHash('sha512').update(r).update(publicKey);
  return {
    update: (bytes) => void hash.update(bytes),
    verifies: () =>
      isWhole && satisfies(publicKey, r, littleEndian(signature.subarray(32)), littleEndian(hash.digest())),
  };
}

/**
 * Whether R is the encoding of `[s]B - [k]A`, with s in its range and A not a point of small order: the rules of
 * OpenSSL.
 */
function satisfies(publicKey: Uint8Array, r: Uint8Array, s: bigint, k: bigint): boolean {
  const { n } = Point.CURVE();
  if (s >= n) return false;
  try {
    const a = Point.fromBytes(publicKey);
    if (a.isSmallOrder()) return false;
    const computed = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k % n));
    return Buffer.from(computed.toBytes()).equals(r);
  } catch {
    return false;
  }
}

const littleEndian = (bytes: Uint8Array): bigint =>
  BigInt(`0x0${Buffer.from(bytes).reverse().toString('hex')}`);

/** Verifies HMAC-SHA256 with its secret; compares in constant time. */
export function createHmacVerifier(secret: Uint8Array, signature: Uint8Array): PieceVerifier {
  const hmac = createHmac('sha256', secret);
  return {
    update: (bytes) => void hmac.update(bytes),
    verifies: () => {
      const own = hmac.digest();
      return signature.length === own.length && timingSafeEqual(own, signature);
    },
  };
}
