/**
 * A JWS whose large payload stays where it was received. Until the signatures are verified, only the rest of the JWS
 * is in memory. Then the payload is decoded piece by piece.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Refusal } from '../domain/words/error.ts';
import type { HeldBody } from '../domain/words/held-body.ts';
import type { JsonBounds } from '../domain/words/json-count.ts';
import { type JsonOutline, LONG_STRING, type StringRange } from '../domain/words/json-outline.ts';
import type { AuthorityJwk } from './authority-key.ts';
import { authorityAlgOf } from './authority-key.ts';
import { base64urlLengthOf, decodeExactly } from './jose-header.ts';
import type { ReadJws } from './jws.ts';
import { createSignatureVerifier } from './large-signature.ts';
import { isObject, parseStrictBytes } from './strict-json.ts';

/** A payload, decoded. */
export interface DecodedPayload {
  readonly bytes: Uint8Array;
  /** SHA-256, base64url. */
  readonly digest: string;
}

export class LargeJws {
  /** As received; their shape is not checked yet. */
  readonly signatures: unknown;
  readonly #body: HeldBody;
  readonly #at: StringRange;
  #payload: Promise<DecodedPayload> | undefined;

  constructor(signatures: unknown, body: HeldBody, at: StringRange) {
    this.signatures = signatures;
    this.#body = body;
    this.#at = at;
  }

  /** The number of characters of the encoded payload. */
  get length(): number {
    return this.#at.until - this.#at.from;
  }

  /** The JWS with an empty payload, in the form that the functions for small ones take. */
  get shell(): unknown {
    return { payload: '', signatures: this.signatures };
  }

  /** The encoded payload as received, in ASCII. */
  encoded(): AsyncIterable<Uint8Array> {
    return this.#body.pieces(this.#at.from, this.#at.until);
  }

  /**
   * Decodes the payload. Later calls return the same result.
   * @throws Refusal `too-large`, `jose-malformed`
   */
  payload(maxBytes: number): Promise<DecodedPayload> {
    if (this.length > base64urlLengthOf(maxBytes))
      throw new Refusal('too-large', `the payload is larger than ${maxBytes} bytes`);
    this.#payload ??= decoded(this.encoded(), this.length);
    return this.#payload;
  }

  /** The whole JWS as JSON text in UTF-8, to be stored. */
  async text(): Promise<Uint8Array> {
    const head = Buffer.from('{"payload":"');
    const tail = Buffer.from(`","signatures":${JSON.stringify(this.signatures)}}`);
    const text = new Uint8Array(head.length + this.length + tail.length);
    text.set(head);
    let at = head.length;
    for await (const piece of this.encoded()) {
      text.set(piece, at);
      at += piece.length;
    }
    text.set(tail, at);
    return text;
  }
}

/**
 * Reads a body from its outline: a JWS, or an object with a JWS in `member`. If the payload was too long for the
 * outline, that JWS is a {@link LargeJws}.
 * @throws Refusal `malformed-json`; `too-large` if any other text in the body is that long
 */
export function readOutlineValue(
  body: HeldBody,
  outline: JsonOutline,
  bounds: JsonBounds,
  member?: string,
): unknown {
  const value = parseStrictBytes(outline.text, bounds);
  const [stretch, ...others] = outline.long;
  if (stretch === undefined) return value;
  const parent = isObject(value) ? value : {};
  const jws = member === undefined ? value : parent[member];
  if (others.length > 0 || !isObject(jws) || !isCut(jws['payload']))
    throw new Refusal('too-large', `a text in it other than a payload is longer than ${LONG_STRING} bytes`);
  const { payload: _cut, signatures, ...more } = jws;
  if (Object.keys(more).length > 0) throw new Refusal('jose-malformed', 'not a JWS in General JSON');
  const large = new LargeJws(signatures, body, stretch);
  return member === undefined ? large : { ...parent, [member]: large };
}

/**
 * Whether the outline cut this payload after {@link LONG_STRING} bytes. A text with escapes or non-ASCII characters
 * has fewer characters than bytes, so it does not match.
 */
const isCut = (text: unknown): boolean => typeof text === 'string' && text.length === LONG_STRING;

/** Decodes canonical base64url that comes in pieces, and hashes the decoded bytes. @throws Refusal `jose-malformed` */
async function decoded(pieces: AsyncIterable<Uint8Array>, length: number): Promise<DecodedPayload> {
  const bytes = Buffer.allocUnsafe(Math.floor((length * 3) / 4));
  const hash = createHash('sha256');
  let at = 0;
  const take = (text: string): void => {
    const part = Buffer.from(text, 'base64url');
    if (part.toString('base64url') !== text)
      throw new Refusal('jose-malformed', 'the payload is not canonical base64url');
    hash.update(part);
    at += part.copy(bytes, at);
  };
  let rest = '';
  for await (const piece of pieces) {
    const text = rest + Buffer.from(piece).toString('latin1');
    const whole = text.length - (text.length % 4);
    take(text.slice(0, whole));
    rest = text.slice(whole);
  }
  take(rest);
  return { bytes: bytes.subarray(0, at), digest: hash.digest('base64url') };
}

/**
 * Verifies every signature over the payload, which is read piece by piece.
 * @throws Refusal as `verifyJws`
 */
export async function verifyLargeJws(
  large: LargeJws,
  read: ReadJws,
  keyOf: (kid: string | undefined) => Promise<AuthorityJwk | undefined>,
): Promise<void> {
  for (const { kid, alg, raw } of read.signatures) {
    const jwk = await keyOf(kid);
    if (jwk === undefined) throw new Refusal('unknown-sender', 'the signing key is not known');
    if (authorityAlgOf(jwk) !== alg || jwk.kty === 'RSA')
      throw new Refusal('signature-invalid', 'the algorithm does not fit the key');
    const verifier = createSignatureVerifier(jwk, decodeExactly(raw.signature, 'a signature', 64));
    verifier.update(Buffer.from(`${raw.protected}.`));
    for await (const piece of large.encoded()) verifier.update(piece);
    if (!verifier.verifies()) throw new Refusal('signature-invalid', 'a signature does not verify');
  }
}
