/** Signed checkpoints, verified with keys that the reader already trusts. */
import { Refusal } from '../domain/words/error.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { createCosignatureVerifier, timeOfCosignature } from './cosignature.ts';
import { isSignatureBy, type NoteSignature, readNote, type SignedNote, verifyNote } from './note.ts';
import { createNoteVerifier, type NoteKey, type NoteSigner, signNoteText } from './note-key.ts';

/** A log as its readers know it. */
export interface KnownLog {
  readonly origin: string;
  /** Keys of type `ed25519` that may sign its checkpoints; several during a key rotation. */
  readonly keys: readonly NoteKey[];
  /** Keys of type `cosignature`. */
  readonly witnesses: readonly NoteKey[];
}

interface Cosignature {
  readonly name: string;
  readonly keyId: string;
  /** By the witness's clock, seconds since 1970. */
  readonly time: number;
}

export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
  /** Cosignatures of known witnesses; the caller decides how many are enough. */
  readonly cosignatures: readonly Cosignature[];
  /** Signatures by unknown keys. They were ignored and prove nothing. */
  readonly strangers: number;
}

/** Signs a checkpoint of this program's own log with each given key. */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  signers: readonly NoteSigner[],
): Promise<SignedNote> {
  const text = writeCheckpoint(checkpoint);
  return { text, signatures: await Promise.all(signers.map((signer) => signNoteText(text, signer))) };
}

/**
 * Adds a signature to a note. It replaces an older one by the same key, because only a witness's newest cosignature is
 * current.
 */
export const addNoteSignature = ({ text, signatures }: SignedNote, added: NoteSignature): SignedNote => ({
  text,
  signatures: [...signatures.filter((one) => !isSignatureBy(added, one)), added],
});

/**
 * Verifies a signed checkpoint of a known log. The log's own key must have signed it, and every signature in the name
 * of a known key must verify.
 * @throws Refusal `too-large`, `ledger-malformed`, `ledger-refused`
 */
export async function verifySignedCheckpoint(bytes: Uint8Array, log: KnownLog): Promise<SignedCheckpoint> {
  const note = readNote(bytes);
  const witnesses = log.witnesses.map(createCosignatureVerifier);
  const verified = await verifyNote(note, [...log.keys.map(createNoteVerifier), ...witnesses]);
  if (!verified.some((signature) => log.keys.some((key) => isSignatureBy(key, signature))))
    throw new Refusal('ledger-refused', 'the log itself has not signed the checkpoint');
  const checkpoint = readCheckpoint(note.text);
  if (checkpoint.origin !== log.origin)
    throw new Refusal('ledger-refused', 'the checkpoint is of another log');
  const cosignatures = verified
    .filter((signature) => witnesses.some((key) => isSignatureBy(key, signature)))
    .map((signature) => ({
      name: signature.name,
      keyId: signature.keyId,
      time: timeOfCosignature(signature),
    }));
  return { checkpoint, note, cosignatures, strangers: note.signatures.length - verified.length };
}
