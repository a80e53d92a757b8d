/**
 * Custody: secrets wrapped under the master key before they reach the database. Each is a compact JWE (A256GCMKW,
 * A256GCM: RFC 7518 §4.7, §5.3) whose protected header says what it is and whose, so that a thief with write access to
 * the database cannot put one secret in another's place.
 */
import { Buffer } from 'node:buffer';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import { Refusal } from '../domain/error.ts';
import { sha256 } from './digest.ts';
import { exactBytes } from './shape.ts';

/**
 * The key all others are wrapped under; kept outside the database. `id` tells which one wrapped a secret. While one
 * replaces another, `other` finds the key that an id names.
 */
export interface MasterKey {
  readonly id: string;
  readonly key: CryptoKey;
  readonly other?: (id: string) => Promise<MasterKey | undefined>;
}

const ALG = 'A256GCMKW';
const ENC = 'A256GCM';
/** Characters of a wrapped value: secrets are keys, not documents. */
const MAX_WRAPPED = 64 * 1024;

/**
 * Imports the master key: 32 random bytes as canonical base64url, 43 characters.
 * @throws Refusal `configuration`; nothing of the text is repeated
 */
export async function masterKey(base64url32: string): Promise<MasterKey> {
  let bytes: Uint8Array;
  try {
    bytes = exactBytes(base64url32, 'the master key', 32);
  } catch {
    throw new Refusal('configuration', 'the master key must be 32 bytes as base64url without padding');
  }
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(bytes), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
  return { id: sha256(Buffer.concat([Buffer.from('amanat master key\n'), bytes])).slice(0, 16), key };
}

/** Wraps a secret text, bound to its kind and owner. Different each time. */
export const wrap = (master: MasterKey, kind: string, id: string, plaintext: string): Promise<string> =>
  new CompactEncrypt(Buffer.from(plaintext))
    .setProtectedHeader({ alg: ALG, enc: ENC, kid: master.id, kind, id })
    .encrypt(master.key);

/** Which master key wrapped this; undefined for what is not a wrapped secret. Not verified. */
export function wrappedBy(wrapped: string): string | undefined {
  if (wrapped.length > MAX_WRAPPED) return undefined;
  try {
    return decodeProtectedHeader(wrapped).kid;
  } catch {
    return undefined;
  }
}

/** The master key that wrapped this, as far as it can be found. */
async function keyFor(master: MasterKey, wrapped: string): Promise<MasterKey> {
  const id = wrappedBy(wrapped);
  if (id === undefined || id === master.id) return master;
  return (await master.other?.(id)) ?? master;
}

/**
 * Unwraps what was wrapped for this kind and owner under this master key, or under the other one it knows.
 * @throws Refusal `decryption-failed`, the same for every cause
 */
export async function unwrap(master: MasterKey, kind: string, id: string, wrapped: string): Promise<string> {
  try {
    if (wrapped.length > MAX_WRAPPED) throw notUnwrapped();
    const allowed = {
      keyManagementAlgorithms: [ALG],
      contentEncryptionAlgorithms: [ENC],
      maxDecompressedLength: 0,
    };
    const { plaintext, protectedHeader } = await compactDecrypt(
      wrapped,
      (await keyFor(master, wrapped)).key,
      allowed,
    );
    if (protectedHeader['kind'] !== kind || protectedHeader['id'] !== id) throw notUnwrapped();
    return Buffer.from(plaintext).toString('utf8');
  } catch {
    throw notUnwrapped();
  }
}

const notUnwrapped = (): Refusal =>
  new Refusal('decryption-failed', 'a wrapped secret could not be unwrapped');
