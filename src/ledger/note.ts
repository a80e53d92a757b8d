/**
 * Signed notes (C2SP signed-note): a text, an empty line, and lines of `— <name> base64(key id || signature)`. Do not
 * trust a note until {@link verifyNote} has found a signature by a key that the reader already trusts.
 */
import { Buffer } from 'node:buffer';
import { Refusal } from '../domain/words/error.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

/** The most bytes of a whole note. */
export const MAX_NOTE_BYTES = 1_000_000;

/** The most signatures in one note; the specification requires readers to accept at least 16. */
const MAX_SIGNATURES = 100;

export interface NoteSignature {
  readonly name: string;
  /** Eight hex digits. The id and the name together identify the key, and the type of its signatures. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** The signed text; it ends with a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A trusted key with the way in which it signs; made by `createNoteVerifier` or `createCosignatureVerifier`. */
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

/** Whether a text may be the name of a key: not empty, no Unicode space, no plus sign. */
export const isKeyName = (name: string): boolean =>
  NAME.test(name) && !CONTROL.test(name) && name.isWellFormed();

/**
 * Whether a text may be signed: well-formed Unicode, no control characters except newlines, and a newline at its end.
 */
export const isNoteText = (text: string): boolean =>
  text.endsWith('\n') && text.isWellFormed() && !CONTROL.test(text);

/**
 * Parses a note. Nothing is verified yet.
 * @throws Refusal `too-large`, `ledger-malformed`
 */
export function readNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > MAX_NOTE_BYTES)
    throw new Refusal('too-large', `a note is longer than ${MAX_NOTE_BYTES} bytes`);
  const whole = decoded(bytes);
  // The text may contain empty lines; the last one separates it from the signatures.
  const divide = whole.lastIndexOf('\n\n');
  if (divide === -1 || !isNoteText(whole))
    throw malformed('a note must be a text, an empty line and signatures');
  const lines = whole.slice(divide + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed(`a note holds more than ${MAX_SIGNATURES} signatures`);
  return { text: whole.slice(0, divide + 1), signatures: lines.map(readSignature) };
}

/**
 * Writes a note as it is stored and sent; encode it as UTF-8.
 * @throws Refusal `ledger-malformed`, `too-large` if {@link readNote} would refuse it
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
 * Returns the signatures by trusted keys, each verified; signatures by other keys are ignored. The whole note is
 * refused if a signature in the name of a trusted key does not verify, or if no trusted key has signed.
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

/** Whether a signature names this key: both the name and the id must match. */
export const isSignatureBy = (key: Pick<NoteVerifier, 'name' | 'keyId'>, signature: NoteSignature): boolean =>
  key.name === signature.name && key.keyId === signature.keyId;

function readSignature(line: string): NoteSignature {
  const [, name = '', base64 = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = decodeBase64(base64);
  if (bytes === undefined || bytes.length <= KEY_ID_BYTES || !isKeyName(name))
    throw malformed('a signature line must be an em dash, a key name and base64');
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
