/** Verifying in pieces gives the verdict of the platform, whatever is signed, changed or made up. */
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { Point } from '@noble/ed25519';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PublicJwk } from '../../src/domain/party/designation.ts';
import {
  createEd25519Verifier,
  createHmacVerifier,
  createSignatureVerifier,
  type PieceVerifier,
} from '../../src/seal/large-signature.ts';
import { makeWebhookSecret, readWebhookVerifier } from '../../src/seal/webhook-signature.ts';
import { assertProperty } from '../support/property.ts';

function holds(verifier: PieceVerifier, bytes: Uint8Array, piece: number): boolean {
  for (let at = 0; at < bytes.length; at += piece) verifier.update(bytes.subarray(at, at + piece));
  return verifier.verifies();
}

const pairs = [generateKeyPairSync('ed25519'), generateKeyPairSync('ec', { namedCurve: 'P-256' })].map(
  ({ publicKey, privateKey }) => ({
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'did:web:a.test#k' } as unknown as PublicJwk,
    sign: (bytes: Uint8Array) =>
      sign(algorithm(publicKey.asymmetricKeyType), bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    verify: (bytes: Uint8Array, signature: Uint8Array) =>
      verify(
        algorithm(publicKey.asymmetricKeyType),
        bytes,
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        signature,
      ),
  }),
);
const algorithm = (type: string | undefined): string | null => (type === 'ed25519' ? null : 'sha256');

/** The order of Ed25519's base point. */
const ORDER = Point.CURVE().n;

const littleEndian = (value: bigint): Uint8Array =>
  Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();

describe.each(pairs.map((pair) => [pair.jwk.crv, pair] as const))('%s', (_crv, pair) => {
  it('verifies what was signed, and nothing that was changed', () => {
    assertProperty(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 90 }),
        fc.nat(63),
        fc.nat(7),
        (bytes, piece, at, bit) => {
          const signature = pair.sign(bytes);
          expect(holds(createSignatureVerifier(pair.jwk, signature), bytes, piece)).toBe(true);
          const other = Uint8Array.from(signature);
          other[at] = (other[at] ?? 0) ^ (1 << bit);
          expect(holds(createSignatureVerifier(pair.jwk, other), bytes, piece)).toBe(
            pair.verify(bytes, other),
          );
          const longer = Buffer.concat([bytes, Buffer.of(0)]);
          expect(holds(createSignatureVerifier(pair.jwk, signature), longer, piece)).toBe(false);
        },
      ),
    );
  });
});

describe('Ed25519 at its edges', () => {
  const verdictOf = (publicKey: Uint8Array, signature: Uint8Array, bytes: Uint8Array): boolean => {
    const x = Buffer.from(publicKey).toString('base64url');
    try {
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
      return verify(null, bytes, key, signature);
    } catch {
      return false;
    }
  };
  const zero = littleEndian(0n);
  const one = littleEndian(1n);
  const bytes = Buffer.from('what was signed');
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const signature = sign(null, bytes, privateKey);
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`);

  it.each([
    ['the neutral element as key and R', one, Buffer.concat([one, zero])],
    ['the neutral element as key', one, signature],
    ['a point of order two as key', Buffer.from(littleEndian(2n ** 255n - 20n)), Buffer.concat([one, zero])],
    ['a key that is no point', Buffer.alloc(32, 2), signature],
    ['a key that is all ones', Buffer.alloc(32, 255), signature],
    ['s beyond the order', raw, Buffer.concat([signature.subarray(0, 32), littleEndian(s + ORDER)])],
    ['s of zero', raw, Buffer.concat([signature.subarray(0, 32), zero])],
    ['all zero', raw, Buffer.alloc(64)],
    ['all ones', raw, Buffer.alloc(64, 255)],
  ])('agrees with the platform on %s', (_what, key, given) => {
    expect(holds(createEd25519Verifier(key, given), bytes, 4)).toBe(verdictOf(key, given, bytes));
  });

  it('refuses a signature of another length', () => {
    expect(holds(createEd25519Verifier(raw, signature.subarray(0, 63)), bytes, 4)).toBe(false);
    expect(holds(createEd25519Verifier(raw, Buffer.concat([signature, Buffer.of(0)])), bytes, 4)).toBe(false);
  });
});

describe('HMAC', () => {
  it('verifies what the platform signs, and nothing else', async () => {
    const { key, raw } = await readWebhookVerifier(
      makeWebhookSecret(crypto.getRandomValues(new Uint8Array(32))),
    );
    const bytes = Buffer.from('what was signed');
    const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes));
    expect(holds(createHmacVerifier(raw ?? new Uint8Array(), signature), bytes, 4)).toBe(true);
    signature[5] = (signature[5] ?? 0) ^ 1;
    expect(holds(createHmacVerifier(raw ?? new Uint8Array(), signature), bytes, 4)).toBe(false);
    expect(holds(createHmacVerifier(raw ?? new Uint8Array(), signature.subarray(1)), bytes, 4)).toBe(false);
  });
});
