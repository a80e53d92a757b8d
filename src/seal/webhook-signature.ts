/**
 * Standard Webhooks signatures (github.com/standard-webhooks/standard-webhooks, spec 1.0.0 § Verifying webhook
 * authenticity). A signature covers `id.timestamp.body` over the exact bytes of the body. `v1` is HMAC-SHA256, `v1a`
 * Ed25519. During a key rotation old and new keys overlap: the sender signs with every current key, and the receiver
 * accepts any of its own.
 */
import { Refusal } from '../domain/words/error.ts';
import { bytesOfBody, type HeldBody } from '../domain/words/held-body.ts';
import { createEd25519Verifier, createHmacVerifier } from './large-signature.ts';

/** A key ready for use; made by {@link readWebhookSigner} or {@link readWebhookVerifier}. */
export interface WebhookKey {
  readonly version: 'v1' | 'v1a';
  readonly key: CryptoKey;
  /** For verifying large bodies: the secret of `v1`, the public key of `v1a`. */
  readonly raw?: Uint8Array;
}

export type WebhookHeaders = Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>;

/** The signed parts of a call. `timestamp` is the time of this attempt in whole seconds since 1970. */
export interface SignedCall {
  readonly id: string;
  readonly timestamp: number;
  readonly body: Uint8Array | string;
}

/** The most seconds that a timestamp may differ from now, in either direction. */
const TOLERANCE = 300;

/** The most signatures that are read from one header: two schemes, each with an old and a new key, times two. */
const MAX_SIGNATURES = 8;
const MAX_SIGNATURE_HEADER = 1_024;

/** The specification forbids the full stop in ids, because it separates the signed parts. */
const ID = /^[A-Za-z0-9_~-]{1,256}$/;
const SECONDS = /^[1-9]\d{0,11}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The start of an Ed25519 private key in PKCS #8 (RFC 8410 §7); the seed of 32 bytes follows. */
const PKCS8_ED25519 = Uint8Array.from([0x30, 46, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]);
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** Makes the secret of a new `v1` key, `whsec_…`, from 24 to 64 random bytes. */
export function makeWebhookSecret(random: Uint8Array): string {
  return `whsec_${toBase64(sized(random, 24, 64, 'a whsec_ secret'))}`;
}

/** Makes a new `v1a` key pair from 32 random bytes: `whsk_…` for signing and `whpk_…` to publish. */
export async function makeWebhookKeyPair(seed: Uint8Array): Promise<{ secret: string; public: string }> {
  const key = await importSeed(sized(seed, 32, 32, 'a whsk_ seed'), true);
  const { x } = await crypto.subtle.exportKey('jwk', key);
  const base64 = (x ?? '').replaceAll('-', '+').replaceAll('_', '/');
  return { secret: `whsk_${toBase64(seed)}`, public: `whpk_${base64}=` };
}

/**
 * Reads `whsec_…`, or `whsk_…` (a 32 byte seed, alone or followed by its public key), for signing. The result is not
 * cached, because this function does not know how long the secret is in force.
 * @throws Refusal `configuration`
 */
export async function readWebhookSigner(text: string): Promise<WebhookKey> {
  const [kind, bytes] = decode(text);
  if (kind === 'whsec_') return { version: 'v1', key: await importHmac(bytes) };
  if (kind !== 'whsk_') throw new Refusal('configuration', 'a signing key must begin with whsec_ or whsk_');
  const seed = bytes.length === 64 ? bytes.slice(0, 32) : sized(bytes, 32, 32, 'a whsk_ key');
  return { version: 'v1a', key: await importSeed(seed, false) };
}

/**
 * Reads `whsec_…` or `whpk_…` for verifying. The result is not cached: a faster answer would reveal which partners are
 * connected.
 * @throws Refusal `configuration`
 */
export async function readWebhookVerifier(text: string): Promise<WebhookKey> {
  const [kind, bytes] = decode(text);
  if (kind === 'whsec_') return { version: 'v1', key: await importHmac(bytes), raw: bytes };
  if (kind !== 'whpk_') throw new Refusal('configuration', 'a verifying key must begin with whsec_ or whpk_');
  const raw = sized(bytes, 32, 32, 'a whpk_ key');
  const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  return { version: 'v1a', key, raw };
}

/**
 * Makes the three headers of a call, signed with every given key.
 * @throws Refusal `configuration` without a key, or with an id or timestamp that cannot be signed
 */
export async function signWebhook(signers: readonly WebhookKey[], call: SignedCall): Promise<WebhookHeaders> {
  if (signers.length === 0) throw new Refusal('configuration', 'there is no key to sign with');
  const timestamp = String(call.timestamp);
  if (!ID.test(call.id) || !SECONDS.test(timestamp)) {
    throw new Refusal('configuration', 'a webhook id or timestamp cannot be signed');
  }
  const content = signedContent(call.id, timestamp, call.body);
  const signatures = await Promise.all(
    signers.map(async ({ version, key }) => {
      const signature = await crypto.subtle.sign(key.algorithm.name, key, content);
      return `${version},${toBase64(new Uint8Array(signature))}`;
    }),
  );
  return { 'webhook-id': call.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/**
 * Verifies that one of `verifiers` signed these bytes within five minutes of `now`. Without verifiers it always
 * refuses. The checks that need no key come first, so that the answer does not reveal which keys exist.
 * @returns the call's id, and the index of the matching verifier, from 0
 * @throws Refusal `signature-missing`, `timestamp-out-of-range` or `signature-invalid`
 */
export async function verifyWebhook(
  verifiers: readonly WebhookKey[],
  headers: Headers,
  body: Uint8Array | string | HeldBody,
  now: Date,
): Promise<{ id: string; verifier: number }> {
  const { id, timestamp, signatures } = readWebhookHeaders(headers, now);
  const holds = await verifierOver(body, (bytes) => signedContent(id, timestamp, bytes));
  for (const [n, verifier] of verifiers.entries()) {
    for (const one of signatures) {
      if (one.version === verifier.version && (await holds(verifier, one.bytes))) return { id, verifier: n };
    }
  }
  throw new Refusal('signature-invalid', 'no signature verifies with the received bytes and a current key');
}

/**
 * Reads the three headers and makes all checks that need no key. Call it before the body is read.
 * @throws Refusal `signature-missing`, `timestamp-out-of-range` or `signature-invalid`
 */
export function readWebhookHeaders(headers: Headers, now: Date) {
  const id = headers.get('webhook-id');
  const timestamp = headers.get('webhook-timestamp');
  const signature = headers.get('webhook-signature');
  if (!id || !timestamp || !signature) throw new Refusal('signature-missing', 'a webhook header is missing');
  if (!ID.test(id)) {
    throw new Refusal('signature-invalid', 'webhook-id must be 1 to 256 of letters, digits, hyphen, _ and ~');
  }
  if (!SECONDS.test(timestamp))
    throw new Refusal('signature-invalid', 'webhook-timestamp must be whole seconds');
  if (Math.abs(Math.floor(now.getTime() / 1_000) - Number(timestamp)) > TOLERANCE) {
    throw new Refusal('timestamp-out-of-range', `webhook-timestamp is more than ${TOLERANCE} seconds off`);
  }
  return { id, timestamp, signatures: readSignatures(signature) };
}

/** Reads the signatures; those of unknown versions are ignored, as the specification requires. */
function readSignatures(header: string) {
  const parts = header.split(' ').filter((part) => part !== '');
  if (header.length > MAX_SIGNATURE_HEADER || parts.length > MAX_SIGNATURES) {
    throw new Refusal('signature-invalid', `webhook-signature holds more than ${MAX_SIGNATURES} signatures`);
  }
  return parts.flatMap((part) => {
    const [version, text = ''] = part.split(',', 2);
    return BASE64.test(text) ? [{ version, bytes: fromBase64(text) }] : [];
  });
}

type Holds = (verifier: WebhookKey, signature: Uint8Array<ArrayBuffer>) => Promise<boolean>;

/** Chooses how signatures over a body are verified: at once, or piece by piece if the body is on disk. */
async function verifierOver(
  body: Uint8Array | string | HeldBody,
  contentOf: (body: Uint8Array | string) => Uint8Array<ArrayBuffer>,
): Promise<Holds> {
  if (typeof body === 'string' || body instanceof Uint8Array || !body.isLarge) {
    const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : await bytesOfBody(body);
    const content = contentOf(bytes);
    return (verifier, signature) => verifies(verifier, signature, content);
  }
  const head = contentOf('');
  return async ({ version, raw }, signature) => {
    if (raw === undefined) return false;
    const verifier =
      version === 'v1' ? createHmacVerifier(raw, signature) : createEd25519Verifier(raw, signature);
    verifier.update(head);
    for await (const piece of body.pieces()) verifier.update(piece);
    return verifier.verifies();
  };
}

/** WebCrypto compares the HMAC in constant time; comparing texts would not. */
const verifies = (
  verifier: WebhookKey,
  signature: Uint8Array<ArrayBuffer>,
  content: Uint8Array<ArrayBuffer>,
) => crypto.subtle.verify(verifier.key.algorithm.name, verifier.key, signature, content);

function signedContent(id: string, timestamp: string, body: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const content = new Uint8Array(head.length + bytes.length);
  content.set(head);
  content.set(bytes, head.length);
  return content;
}

const importHmac = (bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', sized(bytes, 24, 64, 'a whsec_ secret'), HMAC, false, ['sign', 'verify']);

function importSeed(seed: Uint8Array, extractable: boolean): Promise<CryptoKey> {
  const pkcs8 = new Uint8Array(PKCS8_ED25519.length + seed.length);
  pkcs8.set(PKCS8_ED25519);
  pkcs8.set(seed, PKCS8_ED25519.length);
  return crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', extractable, ['sign']);
}

function decode(text: string): readonly [prefix: string, bytes: Uint8Array<ArrayBuffer>] {
  const end = text.indexOf('_') + 1;
  const base64 = text.slice(end);
  if (text.length > 256 || base64 === '' || !BASE64.test(base64)) {
    throw new Refusal('configuration', 'a webhook key must be whsec_, whsk_ or whpk_ and base64');
  }
  return [text.slice(0, end), fromBase64(base64)];
}

function sized<T extends Uint8Array>(bytes: T, min: number, max: number, what: string): T {
  if (bytes.length >= min && bytes.length <= max) return bytes;
  throw new Refusal('configuration', `${what} must hold ${min === max ? min : `${min} to ${max}`} bytes`);
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
