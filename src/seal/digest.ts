/** The one digest of this project: SHA-256 as base64url without padding; and a comparison of secrets that uses it. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 (FIPS 180-4) of bytes, or of a text as UTF-8; 43 characters of base64url. */
export const digestOf = (data: Uint8Array | string): string =>
  createHash('sha256').update(data).digest('base64url');

/** Compares a secret with a given text in constant time. The time reveals nothing about either, not even the length. */
export function isSameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
