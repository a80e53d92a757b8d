/**
 * SHA-256, the only hash in the ledger. RFC 9162 §2.1.1 lets a log choose its hash; C2SP tlog-tiles fixes SHA-256 for
 * every log.
 */
import { createHash } from 'node:crypto';

/** The number of bytes of a hash. */
export const HASH_BYTES = 32;

/** SHA-256 (FIPS 180-4) over the parts, one after the other. */
export function hashBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/**
 * Whether two byte strings are equal. The comparison need not take constant time, because nothing in a ledger is
 * secret.
 */
export const isSameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);
