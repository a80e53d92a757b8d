/**
 * Strict reading of JOSE objects. RFC 7515 and 7516 leave readers choices: padding and spaces in base64url, duplicate
 * members, headers that tell the reader which key to fetch or what to skip. Here a message has exactly one valid
 * spelling, headers carry only the parameters that are needed, and everything is bounded before it is parsed.
 */

import { Buffer } from 'node:buffer';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { Refusal } from '../domain/words/error.ts';
import { isObject, parseStrictBytes } from './strict-json.ts';

/** The most bytes of a decoded protected header; normal ones stay under 500. */
const MAX_HEADER = 4 * 1024;

type JoseHeader = Readonly<Record<string, unknown>>;

/** Which parameters a header may carry, protected and unprotected. */
export interface HeaderRule {
  readonly protected: readonly string[];
  readonly unprotected: readonly string[];
}

/**
 * Parameters that are known to be dangerous or that do not belong here. A refusal may name these, because that does
 * not repeat text from the sender.
 */
const NAMED = [
  'zip',
  'crit',
  'b64',
  'jku',
  'jwk',
  'x5u',
  'x5c',
  'x5t',
  'x5t#S256',
  'p2s',
  'p2c',
  'skid',
  'apu',
];

/** The number of characters of unpadded base64url for this many bytes. */
export const base64urlLengthOf = (bytes: number): number => Math.ceil((bytes * 4) / 3);

/**
 * Decodes canonical base64url (RFC 7515 §2, RFC 4648 §3.5): no padding, no spaces, no other alphabet, unused bits
 * zero. The check decodes and encodes again: only the canonical spelling comes back the same.
 * @throws Refusal `jose-malformed`, or `too-large` above `maxBytes`
 */
export function decodeCanonical(text: string, what: string, maxBytes: number): Uint8Array {
  if (text.length > base64urlLengthOf(maxBytes))
    throw new Refusal('too-large', `${what} is larger than ${maxBytes} bytes`);
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text)
    throw new Refusal('jose-malformed', `${what} is not canonical base64url`);
  return bytes;
}

/**
 * Decodes exactly `length` bytes of canonical base64url.
 * @throws Refusal `jose-malformed`
 */
export function decodeExactly(text: string, what: string, length: number): Uint8Array {
  const bytes = text.length === base64urlLengthOf(length) ? decodeCanonical(text, what, length) : undefined;
  if (bytes === undefined)
    throw new Refusal('jose-malformed', `${what} is not ${length} bytes of canonical base64url`);
  return bytes;
}

/**
 * Decodes a protected header: canonical base64url of a JSON object of at most 4 KiB without duplicate members.
 * @throws Refusal `jose-malformed` or `too-large`
 */
export function readHeader(encoded: string): JoseHeader {
  const bytes = decodeCanonical(encoded, 'the protected header', MAX_HEADER);
  let header: unknown;
  try {
    header = parseStrictBytes(bytes, JSON_BOUNDS.header);
  } catch (error) {
    throw error instanceof Refusal
      ? new Refusal('jose-malformed', `the protected header: ${error.detail}`)
      : error;
  }
  if (!isObject(header)) throw new Refusal('jose-malformed', 'the protected header is not a JSON object');
  return header;
}

/**
 * Checks a header against its rule: no parameter outside the lists, and none both protected and unprotected (RFC 7515
 * §4).
 * @throws Refusal `jose-header-refused`
 */
export function checkHeader(header: JoseHeader, unprotected: JoseHeader, rule: HeaderRule): void {
  for (const name of Object.keys(header)) {
    if (!rule.protected.includes(name)) throw refused(name, 'protected');
  }
  for (const name of Object.keys(unprotected)) {
    if (!rule.unprotected.includes(name)) throw refused(name, 'unprotected');
    if (Object.hasOwn(header, name))
      throw new Refusal('jose-header-refused', `${name} is both protected and unprotected`);
  }
}

const refused = (name: string, where: string): Refusal =>
  new Refusal(
    'jose-header-refused',
    `${NAMED.includes(name) ? name : 'a parameter'} is not allowed in the ${where} header`,
  );

/**
 * Returns the value of `name`, which must be one of `allowed`.
 * @throws Refusal `jose-header-refused`
 */
export function requireOneOf<T extends string>(header: JoseHeader, name: string, allowed: readonly T[]): T {
  const value = allowed.find((one) => one === header[name]);
  if (value === undefined)
    throw new Refusal('jose-header-refused', `${name} must be ${allowed.join(' or ')}`);
  return value;
}

/**
 * The key id that a header names, protected or unprotected; undefined if it names none.
 * @throws Refusal `jose-malformed` if the kid is not a text, is empty, or is longer than a DID URL may be
 */
export function kidOfHeader(header: JoseHeader, unprotected: JoseHeader): string | undefined {
  const kid = header['kid'] ?? unprotected['kid'];
  if (kid === undefined) return undefined;
  if (typeof kid !== 'string' || kid === '' || kid.length > 320)
    throw new Refusal('jose-malformed', 'kid is not a key id');
  return kid;
}

/** The media type in `typ`, without the prefix `application/`, which writers may leave out (RFC 7515 §4.1.9). */
export const shortMediaType = (typ: unknown): string | undefined =>
  typeof typ === 'string' ? typ.replace(/^application\//, '') : undefined;
