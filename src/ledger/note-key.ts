/**
 * Keys of signed notes (C2SP signed-note § Signature types) and their text form, the verifier key: `<name>+<key
 * id>+<base64(signature type || public key)>`. This program knows two types, both Ed25519 (RFC 8032).
 */
import { Buffer } from 'node:buffer';
import { Refusal } from '../domain/words/error.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { hashBytes } from './hash.ts';
import { isKeyName, isNoteText, type NoteSignature, type NoteVerifier } from './note.ts';

/**
 * What a key of each type signs: the text of a note, or a timestamped cosignature of a checkpoint (C2SP
 * tlog-cosignature).
 */
const NOTE_KEY_TYPES = { ed25519: 0x01, cosignature: 0x04 } as const;
export type NoteKeyType = keyof typeof NOTE_KEY_TYPES;

export interface NoteKey {
  readonly name: string;
  readonly type: NoteKeyType;
  /** Eight hex digits. */
  readonly keyId: string;
  /** 32 bytes (RFC 8032 §5.1.5). */
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

/** Signs bytes with Ed25519 and returns 64 bytes. Only the owner of this function has the private key. */
type BytesSigner = (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** A key, with the function that signs with it. */
export interface NoteSigner {
  readonly key: NoteKey;
  readonly sign: BytesSigner;
}

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const MAX_KEY_TEXT = 1_200;

/** The parts of a verifier key. Base64 may contain a plus sign, a name may not. */
const PARTS = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u;

/**
 * Makes a key from its name and 32 public bytes. The key id is computed from them.
 * @throws Refusal `ledger-malformed`
 */
export function makeNoteKey(name: string, type: NoteKeyType, publicKey: Uint8Array): NoteKey {
  if (!isKeyName(name))
    throw malformed('a key name must not be empty, and must not contain a space or a plus sign');
  if (publicKey.length !== KEY_BYTES) throw malformed(`a public key is not ${KEY_BYTES} bytes`);
  const digest = hashBytes(utf8BytesOf(`${name}\n`), Uint8Array.of(NOTE_KEY_TYPES[type]), publicKey);
  const keyId = Buffer.from(digest.slice(0, 4)).toString('hex');
  return { name, type, keyId, publicKey: new Uint8Array(publicKey) };
}

/**
 * Reads a verifier key.
 * @throws Refusal `ledger-malformed`, also for a key of an unknown type, and for an id that does not belong to the key
 */
export function readNoteKey(text: string): NoteKey {
  if (text.length > MAX_KEY_TEXT) throw malformed('a verifier key is too long');
  const [, name = '', keyId, base64 = ''] = PARTS.exec(text) ?? [];
  const [byte, ...rest] = decodeBase64(base64) ?? [];
  const type = (Object.keys(NOTE_KEY_TYPES) as NoteKeyType[]).find((one) => NOTE_KEY_TYPES[one] === byte);
  if (type === undefined) throw malformed('a verifier key must be a name, a key id and an Ed25519 key');
  const key = makeNoteKey(name, type, Uint8Array.from(rest));
  if (key.keyId !== keyId) throw malformed('the id of a verifier key does not match its name and key');
  return key;
}

/** The verifier key as text: one line, without a newline. */
export const writeNoteKey = ({ name, type, keyId, publicKey }: NoteKey): string =>
  `${name}+${keyId}+${encodeBase64(Uint8Array.of(NOTE_KEY_TYPES[type], ...publicKey))}`;

/**
 * Signs a text, as a signature of a note.
 * @throws Refusal `ledger-malformed` if the text or the key is not allowed in a note
 */
export async function signNoteText(text: string, { key, sign }: NoteSigner): Promise<NoteSignature> {
  if (!isNoteText(text) || key.type !== 'ed25519') throw malformed('this key cannot sign this as a note');
  return { name: key.name, keyId: key.keyId, signature: await signChecked(utf8BytesOf(text), sign) };
}

/**
 * Verifies plain Ed25519 signatures over a note's text.
 * @throws Refusal `ledger-malformed` for a key of another type
 */
export function createNoteVerifier(key: NoteKey): NoteVerifier {
  if (key.type !== 'ed25519') throw malformed('this key does not sign notes');
  return {
    name: key.name,
    keyId: key.keyId,
    verify: (text, signature) => verifyEd25519(key.publicKey, utf8BytesOf(text), signature),
  };
}

/** Signs, and checks that the signer returned 64 bytes. */
export async function signChecked(message: Uint8Array<ArrayBuffer>, sign: BytesSigner): Promise<Uint8Array> {
  const signature = await sign(message);
  if (signature.length !== SIGNATURE_BYTES) throw new Error('a signer gave no Ed25519 signature');
  return signature;
}

/**
 * Whether an Ed25519 signature is valid (RFC 8032 §5.1.7). The runtime verifies; only signing needs a {@link
 * BytesSigner}.
 */
export async function verifyEd25519(
  publicKey: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', key, new Uint8Array(signature), message);
}

export const utf8BytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const malformed = (detail: string): Refusal => new Refusal('ledger-malformed', detail);
