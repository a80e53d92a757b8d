/**
 * Merkle tree hashing (RFC 9162 §2.1.1). A tree with n leaves consists of perfect subtrees, one for each bit that is
 * set in n. Their hashes are enough to append leaves and to compute the root.
 *
 * Sizes and indexes are whole numbers below 2^53. They are halved by division, because bit operators work only below
 * 2^31.
 */
import { HASH_BYTES, hashBytes } from './hash.ts';

/** A perfect subtree: the leaves from `index * 2^level` up to, but not including, `(index + 1) * 2^level`. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The leaves from `start` up to, but not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the hashes of perfect subtrees, in the given order. One call reads all of them, so that a store needs only one
 * query. Throws if one is missing.
 */
export type HashReader = (subtrees: readonly Subtree[]) => Promise<readonly Uint8Array[]>;

/** The state that a growing tree needs: its perfect subtrees, the largest and leftmost first. */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

// The input for a leaf begins differently from the input for a node, so that an entry cannot be used as a pair of
// hashes.
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The hash of one entry. */
export const hashLeaf = (entry: Uint8Array): Uint8Array => hashBytes(LEAF, entry);

/** The hash of two subtrees. */
export const hashNode = (left: Uint8Array, right: Uint8Array): Uint8Array => hashBytes(NODE, left, right);

/** Whether a value can be the number of leaves in a tree. */
export const isTreeSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/**
 * Whether bytes can be a hash. The length is fixed: two hashes of other lengths could be concatenated to the same
 * bytes as a valid pair.
 */
export const isHash = (bytes: Uint8Array): boolean => bytes.length === HASH_BYTES;

/** Appends one leaf by its hash. The given frontier is not changed. */
function appendLeaf({ size, hashes }: Frontier, leaf: Uint8Array): Frontier {
  const kept = [...hashes];
  let hash = leaf;
  for (let carry = size; carry % 2 === 1; carry = (carry - 1) / 2) {
    const left = kept.pop();
    if (left === undefined) throw new Error('a frontier holds fewer subtrees than its size says');
    hash = hashNode(left, hash);
  }
  return { size: size + 1, hashes: [...kept, hash] };
}

/** The root of the tree; the root of the empty tree is the hash of no bytes. */
export const rootOfFrontier = ({ hashes }: Frontier): Uint8Array =>
  hashes.length === 0 ? hashBytes() : joined(hashes);

/** The root of a tree with these leaf hashes, in order. */
export const rootOfLeaves = (leaves: Iterable<Uint8Array>): Uint8Array =>
  rootOfFrontier(frontierOfLeaves(leaves));

/** The frontier of a tree with these leaf hashes, in order. */
export function frontierOfLeaves(leaves: Iterable<Uint8Array>): Frontier {
  let frontier = EMPTY_FRONTIER;
  for (const leaf of leaves) frontier = appendLeaf(frontier, leaf);
  return frontier;
}

/** The greatest power of two below `size`: RFC 9162 splits a tree of `size` > 1 leaves there. */
export function splitSizeOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/**
 * The perfect subtrees of a range, left to right. A range that the tree itself has begins on a boundary of these
 * subtrees.
 */
function subtreesOfRange({ start, end }: Range): Subtree[] {
  const subtrees: Subtree[] = [];
  let at = start;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      level += 1;
      width *= 2;
    }
    subtrees.push({ level, index: at / width });
    at += width;
  }
  return subtrees;
}

/** The hash of each range, read in one call. Each range must be one into which the tree itself is split. */
export async function readRanges(ranges: readonly Range[], read: HashReader): Promise<Uint8Array[]> {
  const parts = ranges.map(subtreesOfRange);
  const hashes = await read(parts.flat());
  let at = 0;
  return parts.map(({ length }) => {
    at += length;
    return joined(hashes.slice(at - length, at));
  });
}

/** The hash of adjacent perfect subtrees, each no larger than the one on its left. */
function joined(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) throw new Error('a range of the tree holds no leaf');
  return hashes.reduceRight((right, left) => hashNode(left, right));
}
