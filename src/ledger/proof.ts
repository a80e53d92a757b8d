/**
 * Proofs for outsiders (C2SP tlog-proof): index, inclusion proof and signed checkpoint in one text. A verifier that
 * has the entry, the log's key and the witnesses' keys verifies it offline.
 */
import { Buffer } from 'node:buffer';
import { Refusal } from '../domain/words/error.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { readDecimal } from './checkpoint.ts';
import { verifyInclusion } from './inclusion.ts';
import { MAX_NOTE_BYTES, readNote, type SignedNote, writeNote } from './note.ts';
import { utf8BytesOf } from './note-key.ts';
import { type KnownLog, type SignedCheckpoint, verifySignedCheckpoint } from './signed-checkpoint.ts';
import { hashLeaf, isHash } from './tree.ts';

interface LedgerProof {
  /** The index of the entry, from 0. */
  readonly index: number;
  /** Beginning with the leaf's sibling. */
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: SignedNote;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
const INDEX = 'index ';
const EXTRA = 'extra ';

/** The most hashes: a tree below 2^53 leaves is not higher. */
const MAX_HASHES = 53;
const HASH_TEXT = 44;

/** The most characters before the checkpoint, including the longest extra data that is skipped. */
const MAX_HEAD_CHARACTERS = 100_000;
const MAX_PROOF_BYTES = MAX_HEAD_CHARACTERS + MAX_NOTE_BYTES;

/** Writes the proof as text; by convention the file name ends in `.tlog-proof`. */
export const writeProof = ({ index, hashes, checkpoint }: LedgerProof): string =>
  [HEADER, `${INDEX}${index}`, ...hashes.map(encodeBase64), '', writeNote(checkpoint)].join('\n');

/**
 * Parses a proof. Nothing is verified yet. Extra data is skipped, because nobody has signed it.
 * @throws Refusal `too-large`, `ledger-malformed`
 */
export function readProof(bytes: Uint8Array): LedgerProof {
  if (bytes.length > MAX_PROOF_BYTES)
    throw new Refusal('too-large', `a proof is longer than ${MAX_PROOF_BYTES} bytes`);
  // The head is ASCII, so its first empty line has the same offset in bytes and in characters.
  const head = Buffer.from(bytes.subarray(0, MAX_HEAD_CHARACTERS)).toString('latin1');
  const end = head.indexOf('\n\n');
  const [header, ...lines] = head.slice(0, Math.max(end, 0)).split('\n');
  if (header !== HEADER) throw malformed('this is not a C2SP proof of version 1');
  if (lines[0]?.startsWith(EXTRA)) checkExtra(lines.shift() ?? '');
  const [indexLine = '', ...hashLines] = lines;
  const index = indexLine.startsWith(INDEX) ? readDecimal(indexLine.slice(INDEX.length)) : undefined;
  if (index === undefined) throw malformed('a proof has no index');
  if (hashLines.length > MAX_HASHES) throw malformed(`a proof holds more than ${MAX_HASHES} hashes`);
  return { index, hashes: hashLines.map(readHash), checkpoint: readNote(bytes.subarray(end + 2)) };
}

/**
 * Verifies that `entry` is in the log at the proof's index, and returns the checkpoint that proves it.
 * @throws Refusal `too-large`, `ledger-malformed`, `ledger-refused`
 */
export async function verifyProof(
  proof: LedgerProof,
  entry: Uint8Array,
  log: KnownLog,
): Promise<SignedCheckpoint> {
  const opened = await verifySignedCheckpoint(utf8BytesOf(writeNote(proof.checkpoint)), log);
  const { size, root } = opened.checkpoint;
  if (!verifyInclusion({ leaf: hashLeaf(entry), index: proof.index, size, root }, proof.hashes))
    throw new Refusal('ledger-refused', 'the log has another entry at this index');
  return opened;
}

function readHash(line: string): Uint8Array {
  const hash = line.length === HASH_TEXT ? decodeBase64(line) : undefined;
  if (hash === undefined || !isHash(hash)) throw malformed('a line of a proof is not a SHA-256 hash');
  return hash;
}

function checkExtra(line: string): void {
  if (decodeBase64(line.slice(EXTRA.length)) === undefined) throw malformed('the extra data is not base64');
}

const malformed = (detail: string): Refusal => new Refusal('ledger-malformed', detail);
