/**
 * Custody: secrets are wrapped under the master key before they reach the database. Each is a compact JWE (A256GCMKW,
 * A256GCM: RFC 7518 §4.7, §5.3). Its protected header names the kind and the owner of the secret, so that an attacker
 * with write access to the database cannot put one secret in the place of another.
 */
import { Buffer } from 'node:buffer';
import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import { Refusal } from '../domain/words/error.ts';
import { digestOf } from './digest.ts';
import { decodeExactly } from './jose-header.ts';

/**
 * The key that wraps all other keys; stored outside the database. `id` tells which master key wrapped a secret. While
 * one master key replaces another, `other` finds the key for an id.
 */
export interface MasterKey {
  readonly id: string;
  readonly key: CryptoKey;
  /** Derived from the master key (HKDF-SHA-256, RFC 5869): the key of the MACs over grants (`grant-mac.ts`). */
  readonly grants: Uint8Array;
  readonly other?: (id: string) => Promise<MasterKey | undefined>;
  /** Finds the master key that is current in the store now; it may have replaced this one. */
  readonly newest?: () => Promise<MasterKey | undefined>;
}

const ALG = 'A256GCMKW';
const ENC = 'A256GCM';
/** The most characters of a wrapped value: secrets are keys, not documents. */
const MAX_WRAPPED = 64 * 1024;

/**
 * Imports the master key: 32 random bytes as canonical base64url, 43 characters.
 * @throws Refusal `configuration`; the error text never repeats the key
 */
export async function importMasterKey(base64url32: string): Promise<MasterKey> {
  let bytes: Uint8Array;
  try {
    bytes = decodeExactly(base64url32, 'the master key', 32);
  } catch {
    throw new Refusal('configuration', 'the master key must be 32 bytes as base64url without padding');
  }
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(bytes), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
  const id = digestOf(Buffer.concat([Buffer.from('amanat master key\n'), bytes])).slice(0, 16);
  return { id, key, grants: new Uint8Array(hkdfSync('sha256', bytes, '', 'amanat grants', 32)) };
}

/** The kind and owner of a secret. They are bound into the wrap, so that it cannot be opened as another secret. */
export interface SecretName {
  readonly owner: string;
  readonly kind: string;
  readonly id: string;
}

/** Wraps a secret, bound to its owner, kind and id. The result differs each time. */
export const wrapSecret = (
  master: MasterKey,
  { owner, kind, id }: SecretName,
  plaintext: string,
): Promise<string> =>
  new CompactEncrypt(Buffer.from(plaintext))
    .setProtectedHeader({ alg: ALG, enc: ENC, kid: master.id, owner, kind, id })
    .encrypt(master.key);

/** The id of the master key that wrapped this; undefined if it is not a wrapped secret. Not verified. */
export function masterKeyIdOf(wrapped: string): string | undefined {
  if (wrapped.length > MAX_WRAPPED) return undefined;
  try {
    return decodeProtectedHeader(wrapped).kid;
  } catch {
    return undefined;
  }
}

/** The master key that wrapped this, if it is known. */
async function keyFor(master: MasterKey, wrapped: string): Promise<MasterKey> {
  const id = masterKeyIdOf(wrapped);
  if (id === undefined || id === master.id) return master;
  return (await master.other?.(id)) ?? master;
}

/**
 * Unwraps a secret of this owner, kind and id that this master key wrapped, or the other one that it knows.
 * @throws Refusal `decryption-failed`, the same for every cause
 */
export async function unwrapSecret(master: MasterKey, name: SecretName, wrapped: string): Promise<string> {
  const { header, text } = await opened(master, wrapped);
  if (header['owner'] !== name.owner || header['kind'] !== name.kind || header['id'] !== name.id)
    throw notUnwrapped();
  return text;
}

/**
 * Unwraps a secret from before the owner was bound in. Use it only to wrap the secret again, after an operator has
 * confirmed its owner.
 * @throws Refusal `decryption-failed`, the same for every cause
 */
export async function unwrapUnownedSecret(
  master: MasterKey,
  { kind, id }: Omit<SecretName, 'owner'>,
  wrapped: string,
): Promise<string> {
  const { header, text } = await opened(master, wrapped);
  if (header['owner'] !== undefined || header['kind'] !== kind || header['id'] !== id) throw notUnwrapped();
  return text;
}

async function opened(
  master: MasterKey,
  wrapped: string,
): Promise<{ readonly header: Readonly<Record<string, unknown>>; readonly text: string }> {
  try {
    if (wrapped.length > MAX_WRAPPED) throw notUnwrapped();
    const allowed = {
      keyManagementAlgorithms: [ALG],
      contentEncryptionAlgorithms: [ENC],
      maxDecompressedLength: 0,
    };
    const { key } = await keyFor(master, wrapped);
    const { plaintext, protectedHeader } = await compactDecrypt(wrapped, key, allowed);
    return { header: protectedHeader, text: Buffer.from(plaintext).toString('utf8') };
  } catch {
    throw notUnwrapped();
  }
}

const notUnwrapped = (): Refusal =>
  new Refusal('decryption-failed', 'a wrapped secret could not be unwrapped');
