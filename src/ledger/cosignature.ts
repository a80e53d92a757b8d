/**
 * Cosignatures (C2SP tlog-cosignature, cosignature/v1). A witness states that until this time it has seen no entries
 * of the log beyond this checkpoint, and nothing that contradicts it. A witness verifies consistency before it
 * cosigns.
 */
import { Buffer } from 'node:buffer';
import { Refusal } from '../domain/words/error.ts';
import { readCheckpoint } from './checkpoint.ts';
import type { NoteSignature, NoteVerifier } from './note.ts';
import { type NoteKey, type NoteSigner, signChecked, utf8BytesOf, verifyEd25519 } from './note-key.ts';

/** A cosignature is eight bytes of time, big-endian, then 64 bytes of Ed25519. */
const TIME_BYTES = 8;
const COSIGNATURE_BYTES = TIME_BYTES + 64;

/**
 * Cosigns the text of a checkpoint. `time` is in whole seconds since 1970.
 * @throws Refusal `ledger-malformed` if the text is not a checkpoint or the key is not a witness's key
 */
export async function cosignCheckpoint(
  text: string,
  time: number,
  { key, sign }: NoteSigner,
): Promise<NoteSignature> {
  readCheckpoint(text);
  if (!isWitnessKey(key)) throw malformed('this key is not a key for cosignatures');
  if (!Number.isSafeInteger(time) || time < 0) throw new RangeError('a time is not whole seconds since 1970');
  const signature = new Uint8Array(COSIGNATURE_BYTES);
  new DataView(signature.buffer).setBigUint64(0, BigInt(time));
  signature.set(await signChecked(message(BigInt(time), text), sign), TIME_BYTES);
  return { name: key.name, keyId: key.keyId, signature };
}

/**
 * Verifies the cosignatures of a witness. The caller checks whether their time is plausible.
 * @throws Refusal `ledger-malformed` for a key of another type
 */
export function createCosignatureVerifier(key: NoteKey): NoteVerifier {
  if (!isWitnessKey(key)) throw malformed('this key is not a key for cosignatures');
  return {
    name: key.name,
    keyId: key.keyId,
    async verify(text, signature) {
      const time = timeIn(signature);
      if (time === undefined) return false;
      return verifyEd25519(key.publicKey, message(BigInt(time), text), signature.subarray(TIME_BYTES));
    },
  };
}

/**
 * When a cosignature was made, by the witness's clock: seconds since 1970.
 * @throws Refusal `ledger-malformed`
 */
export function timeOfCosignature({ signature }: NoteSignature): number {
  const time = timeIn(signature);
  if (time === undefined) throw malformed('a cosignature must be a time and an Ed25519 signature');
  return time;
}

/**
 * The time in a cosignature. The format allows times to 2^63 - 1; a time from 2^53 on is 285 million years away and is
 * treated as invalid.
 */
function timeIn(signature: Uint8Array): number | undefined {
  if (signature.length !== COSIGNATURE_BYTES) return undefined;
  const time = Number(Buffer.from(signature).readBigUInt64BE());
  return Number.isSafeInteger(time) ? time : undefined;
}

const isWitnessKey = (key: NoteKey): boolean => key.type === 'cosignature';

/**
 * The signed text begins differently from every checkpoint, so a cosignature cannot be used as a log's signature, or
 * the reverse.
 */
const message = (time: bigint, text: string) => utf8BytesOf(`cosignature/v1\ntime ${time}\n${text}`);

const malformed = (detail: string): Refusal => new Refusal('ledger-malformed', detail);
