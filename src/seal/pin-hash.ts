/**
 * The stored form of a PIN: PBKDF2-HMAC-SHA-256 (RFC 8018) over its own salt, wrapped under the master key with the
 * PIN's name bound in. Anyone who has the hash can try all six-digit PINs at once, so a copy of the database alone
 * must not reveal it. A new master key wraps it again.
 */
import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import { type MasterKey, type SecretName, unwrapSecret, wrapSecret } from './custody.ts';

/**
 * The most iterations that every runtime allows. A PIN is protected by the master key, not by the time that one guess
 * takes.
 */
const ROUNDS = 100_000;
const BYTES = 32;

async function derive(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  const key = await crypto.subtle.importKey('raw', Buffer.from(pin), 'PBKDF2', false, ['deriveBits']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS };
  return Buffer.from(await crypto.subtle.deriveBits(how, key, BYTES * 8));
}

/** @param salt random, base64url */
export async function wrapPinHash(
  master: MasterKey,
  name: SecretName,
  pin: string,
  salt: string,
): Promise<string> {
  const hash = await derive(pin, Uint8Array.from(Buffer.from(salt, 'base64url')));
  return wrapSecret(master, name, JSON.stringify({ salt, hash: hash.toString('base64url') }));
}

/**
 * Whether this is the PIN, compared in constant time.
 * @throws Refusal `decryption-failed` if the stored value belongs to another name or another master key
 */
export async function isPinOf(
  master: MasterKey,
  name: SecretName,
  wrapped: string,
  pin: string,
): Promise<boolean> {
  const kept: { readonly salt: string; readonly hash: string } = JSON.parse(
    await unwrapSecret(master, name, wrapped),
  );
  const hash = await derive(pin, Uint8Array.from(Buffer.from(kept.salt, 'base64url')));
  return timingSafeEqual(hash, Buffer.from(kept.hash, 'base64url'));
}
