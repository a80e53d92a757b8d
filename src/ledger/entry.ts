/**
 * The content of a ledger entry (docs/wire.md § Ledger): 16 bytes of the evidence's id, then 32 bytes of SHA-256 over
 * its payload. An entry does not reveal what happened, but anyone who has the evidence can find its entry.
 */
import { Buffer } from 'node:buffer';
import { Refusal } from '../domain/words/error.ts';
import { HASH_BYTES } from './hash.ts';

const ID = /^[0-9a-f]{32}$/;

/** The entry that replaces the entry of deleted evidence. No evidence has this entry. */
export const ERASED_ENTRY = new Uint8Array();

/**
 * The entry of evidence, by its id in 32 hex digits and the digest of its payload in base64url.
 * @throws Refusal `ledger-malformed`
 */
export function entryOfEvidence(id: string, digest: string): Uint8Array {
  const bytes = Buffer.from(digest, 'base64url');
  if (!ID.test(id) || bytes.length !== HASH_BYTES || bytes.toString('base64url') !== digest)
    throw new Refusal('ledger-malformed', 'an entry must be an id and a digest');
  return new Uint8Array(Buffer.concat([Buffer.from(id, 'hex'), bytes]));
}
