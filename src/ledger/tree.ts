/**
 * Merkle tree hashing (RFC 9162 §2.1.1). A tree over n leaves falls apart into perfect subtrees, one for each bit that
 * is set in n; they are all that must be kept to append leaves and to know the root.
 *
 * Sizes and indexes are whole numbers below 2^53. Halving is done by division: the operators on bits stop at 2^31.
 */
import { HASH_BYTES, hashBytes } from './hash.ts';

/** A perfect subtree: leaves `index * 2^level` up to, not including, `(index + 1) * 2^level`. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Leaves `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The hashes of perfect subtrees, in the order asked for. All are asked for at once, so that a store can answer with
 * one query. Throws where it has not got one.
 */
export type HashReader = (subtrees: readonly Subtree[]) => Promise<readonly Uint8Array[]>;

/** Everything a growing tree must remember: its perfect subtrees, the largest and leftmost first. */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

// A leaf and a node begin differently, so that no entry can pass for a pair of hashes.
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The hash of one entry. */
export const hashLeaf = (entry: Uint8Array): Uint8Array => hashBytes(LEAF, entry);

/** The hash over two subtrees. */
export const hashNode = (left: Uint8Array, right: Uint8Array): Uint8Array => hashBytes(NODE, left, right);

/** Whether a value can be the number of leaves in a tree. */
export const isTreeSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** Whether bytes can be a hash. Two hashes of other lengths could be joined to the same bytes as an honest pair. */
export const isHash = (bytes: Uint8Array): boolean => bytes.length === HASH_BYTES;

/** Appends one leaf by its hash. The frontier given stays as it is. */
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

/** The root of the tree; of the empty one, the hash of nothing. */
export const rootOfFrontier = ({ hashes }: Frontier): Uint8Array =>
  hashes.length === 0 ? hashBytes() : joined(hashes);

/** The root over leaf hashes, in order. */
export const rootOfLeaves = (leaves: Iterable<Uint8Array>): Uint8Array =>
  rootOfFrontier(frontierOfLeaves(leaves));

/** The frontier over leaf hashes, in order. */
export function frontierOfLeaves(leaves: Iterable<Uint8Array>): Frontier {
  let frontier = EMPTY_FRONTIER;
  for (const leaf of leaves) frontier = appendLeaf(frontier, leaf);
  return frontier;
}

/** The greatest power of two below `size`, where RFC 9162 divides a tree of `size` > 1 leaves. */
export function splitSizeOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The perfect subtrees a range falls apart into, left to right. A range of the tree's own begins on their bounds. */
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

/** The hash over each range, read all at once. Each range must be one that the tree itself divides into. */
export async function readRanges(ranges: readonly Range[], read: HashReader): Promise<Uint8Array[]> {
  const parts = ranges.map(subtreesOfRange);
  const hashes = await read(parts.flat());
  let at = 0;
  return parts.map(({ length }) => {
    at += length;
    return joined(hashes.slice(at - length, at));
  });
}

/** The hash over neighbouring perfect subtrees, each no larger than the one on its left. */
function joined(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) throw new Error('a range of the tree holds no leaf');
  return hashes.reduceRight((right, left) => hashNode(left, right));
}
