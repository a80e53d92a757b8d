/**
 * Signed notes (C2SP signed-note): a text, an empty line, and lines of `— <name> base64(key id || signature)`. A note
 * says nothing until {@link verifyNote} has found a signature by a key that the reader trusted before.
 */
import { Buffer } from 'node:buffer';
import { Refusal } from '../domain/words/error.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

/** Bytes of a whole note. */
export const MAX_NOTE_BYTES = 1_000_000;

/** Signatures in one note; the specification asks readers for 16 at least. */
const MAX_SIGNATURES = 100;

export interface NoteSignature {
  readonly name: string;
  /** Eight hex digits. With the name it tells which key signed, and how. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** Ends in a newline, and is what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A trusted key and the way it signs; made by `ed25519Verifier` or `cosignatureVerifier`. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: string;
  verify(text: string, signature: Uint8Array): Promise<boolean>;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a note must not hold
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const NAME = /^[^\p{White_Space}+]{1,1024}$/u;
const KEY_ID = /^[0-9a-f]{8}$/;
const SIGNATURE_LINE = /^— ([^ ]+) ([^ ]+)$/u;
const KEY_ID_BYTES = 4;

/** Whether a text can name a key: not empty, no Unicode space, no plus sign. */
export const isKeyName = (name: string): boolean =>
  NAME.test(name) && !CONTROL.test(name) && name.isWellFormed();

/** Whether a text can be signed: whole characters, no control character but newline, a newline at its end. */
export const isNoteText = (text: string): boolean =>
  text.endsWith('\n') && text.isWellFormed() && !CONTROL.test(text);

/**
 * Takes a note apart. Nothing is verified yet.
 * @throws Refusal `too-large`, `ledger-malformed`
 */
export function readNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > MAX_NOTE_BYTES)
    throw new Refusal('too-large', `a note is longer than ${MAX_NOTE_BYTES} bytes`);
  const whole = decoded(bytes);
  // The text may hold empty lines itself: the last one divides.
  const divide = whole.lastIndexOf('\n\n');
  if (divide === -1 || !isNoteText(whole))
    throw malformed('a note is not a text, an empty line and signatures');
  const lines = whole.slice(divide + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed(`a note holds more than ${MAX_SIGNATURES} signatures`);
  return { text: whole.slice(0, divide + 1), signatures: lines.map(readSignature) };
}

/**
 * The note as it is kept and sent; encode it as UTF-8.
 * @throws Refusal `ledger-malformed`, `too-large` where {@link readNote} would
 */
export function writeNote({ text, signatures }: SignedNote): string {
  if (!isNoteText(text)) throw malformed('a text cannot be signed as a note');
  if (signatures.length < 1 || signatures.length > MAX_SIGNATURES)
    throw malformed(`a note must hold 1 to ${MAX_SIGNATURES} signatures`);
  const note = `${text}\n${signatures.map(writeSignature).join('')}`;
  if (Buffer.byteLength(note) > MAX_NOTE_BYTES)
    throw new Refusal('too-large', `a note is longer than ${MAX_NOTE_BYTES} bytes`);
  return note;
}

/**
 * The signatures made by trusted keys, each verified; those of other keys are passed over. One that claims a trusted
 * key and does not verify refuses the whole note, and so does a note without any by a trusted key.
 * @throws Refusal `ledger-refused`
 */
export async function verifyNote(
  note: SignedNote,
  trusted: readonly NoteVerifier[],
): Promise<NoteSignature[]> {
  const verified: NoteSignature[] = [];
  for (const signature of note.signatures) {
    const key = trusted.find((one) => isSignatureBy(one, signature));
    if (key === undefined) continue;
    if (!(await key.verify(note.text, signature.signature)))
      throw new Refusal('ledger-refused', 'a signature in the name of a known key does not verify');
    verified.push(signature);
  }
  if (verified.length === 0) throw new Refusal('ledger-refused', 'no known key has signed the note');
  return verified;
}

/** Whether a signature claims to be by a key: name and id must both be the key's. */
export const isSignatureBy = (key: Pick<NoteVerifier, 'name' | 'keyId'>, signature: NoteSignature): boolean =>
  key.name === signature.name && key.keyId === signature.keyId;

function readSignature(line: string): NoteSignature {
  const [, name = '', base64 = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = decodeBase64(base64);
  if (bytes === undefined || bytes.length <= KEY_ID_BYTES || !isKeyName(name))
    throw malformed('a signature line is not an em dash, a key name and base64');
  const keyId = Buffer.from(bytes.slice(0, KEY_ID_BYTES)).toString('hex');
  return { name, keyId, signature: bytes.slice(KEY_ID_BYTES) };
}

function writeSignature({ name, keyId, signature }: NoteSignature): string {
  if (!isKeyName(name) || !KEY_ID.test(keyId) || signature.length === 0)
    throw malformed('a signature has no key name, key id or bytes');
  return `— ${name} ${encodeBase64(Buffer.concat([Buffer.from(keyId, 'hex'), signature]))}\n`;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('a note is not UTF-8');
  }
}

const malformed = (detail: string): Refusal => new Refusal('ledger-malformed', detail);
