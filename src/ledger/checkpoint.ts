/** Checkpoints (C2SP tlog-checkpoint): the text of the note by which a log commits to its size and its root. */
import { Refusal } from '../domain/words/error.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { isSameBytes } from './hash.ts';
import { isNoteText } from './note.ts';
import { EMPTY_FRONTIER, isHash, isTreeSize, rootOfFrontier } from './tree.ts';

export interface Checkpoint {
  /** The log's identity; by convention its URL without the scheme. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** Root of the tree of that size, 32 bytes. */
  readonly root: Uint8Array;
  /** Further lines. No monitor can audit them, so this program writes none in its own log. */
  readonly extensions: readonly string[];
}

const DECIMAL = /^(?:0|[1-9]\d{0,15})$/;
const MAX_LINES = 100;
const MAX_ROOT_TEXT = 44;

/**
 * Writes the text of a checkpoint, ready to be signed.
 * @throws Refusal `ledger-malformed` if {@link readCheckpoint} would refuse the text
 */
export function writeCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  const text = [origin, String(size), encodeBase64(root), ...extensions, ''].join('\n');
  const { extensions: read } = readCheckpoint(text);
  if (read.length !== extensions.length) throw malformed('a line of a checkpoint contains a newline');
  return text;
}

/**
 * Reads the text of a note as a checkpoint.
 * @throws Refusal `ledger-malformed`
 */
export function readCheckpoint(text: string): Checkpoint {
  const lines = isNoteText(text) ? text.slice(0, -1).split('\n', MAX_LINES + 1) : [];
  const [origin, decimal = '', base64 = '', ...extensions] = lines;
  if (origin === undefined || lines.length > MAX_LINES || lines.includes(''))
    throw malformed('a checkpoint must have three or more lines, none of them empty');
  const size = readDecimal(decimal);
  const root = base64.length <= MAX_ROOT_TEXT ? decodeBase64(base64) : undefined;
  if (size === undefined) throw malformed('the size in a checkpoint is not a whole number below 2^53');
  if (root === undefined || !isHash(root)) throw malformed('the root in a checkpoint is not a SHA-256 hash');
  if (size === 0 && !isSameBytes(root, rootOfFrontier(EMPTY_FRONTIER)))
    throw malformed('the root in a checkpoint of size 0 is not the root of the empty tree');
  return { origin, size, root, extensions };
}

/** Reads a size or an index: ASCII decimal without leading zeros, below 2^53; undefined for anything else. */
export function readDecimal(text: string): number | undefined {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return isTreeSize(value) ? value : undefined;
}

const malformed = (detail: string): Refusal => new Refusal('ledger-malformed', detail);
