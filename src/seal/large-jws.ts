/**
 * A JWS whose large payload still lies where it was received. Only the rest is in memory until the signatures are
 * verified. Then the payload is decoded, also in pieces.
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
  /** As they came; their shape is not checked yet. */
  readonly signatures: unknown;
  readonly #body: HeldBody;
  readonly #at: StringRange;
  #payload: Promise<DecodedPayload> | undefined;

  constructor(signatures: unknown, body: HeldBody, at: StringRange) {
    this.signatures = signatures;
    this.#body = body;
    this.#at = at;
  }

  /** Characters of the payload as it came. */
  get length(): number {
    return this.#at.until - this.#at.from;
  }

  /** The JWS without its payload, in the form that readers of a small one take. */
  get shell(): unknown {
    return { payload: '', signatures: this.signatures };
  }

  /** The payload as it came, in ASCII. */
  encoded(): AsyncIterable<Uint8Array> {
    return this.#body.pieces(this.#at.from, this.#at.until);
  }

  /**
   * The payload decoded, once however often it is asked for.
   * @throws Refusal `too-large`, `jose-malformed`
   */
  payload(maxBytes: number): Promise<DecodedPayload> {
    if (this.length > base64urlLengthOf(maxBytes))
      throw new Refusal('too-large', `the payload is larger than ${maxBytes} bytes`);
    this.#payload ??= decoded(this.encoded(), this.length);
    return this.#payload;
  }

  /** The whole as JSON text in UTF-8, for one that is kept. */
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
 * Reads a body in outline: as a JWS, or as an object of which one member is a JWS. That one is a {@link LargeJws} where
 * its payload was too long for the outline.
 * @throws Refusal `malformed-json`; `too-large` where anything else in it is that long
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

/** Cut by the outline: nothing shorter is, and only what stands for itself is as long in characters. */
const isCut = (text: unknown): boolean => typeof text === 'string' && text.length === LONG_STRING;

/** Decodes canonical base64url that comes in pieces, and digests what it says. @throws Refusal `jose-malformed` */
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
 * Verifies every signature over the payload where it lies.
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
