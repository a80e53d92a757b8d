/** Consistency proofs (RFC 9162 §2.1.4): that a later tree holds all of an earlier one, unchanged and in order. */
import { isSameBytes } from './hash.ts';
import {
  type HashReader,
  hashNode,
  isHash,
  isTreeSize,
  type Range,
  readRanges,
  splitSizeOf,
} from './tree.ts';

/** A tree as a checkpoint names it. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * The proof that the tree of `earlier` leaves is the beginning of the one of `later` leaves. Empty between equal sizes.
 * `earlier` must be at least 1: every tree begins with the empty one, and there is nothing to prove.
 */
export async function proveConsistency(
  earlier: number,
  later: number,
  read: HashReader,
): Promise<Uint8Array[]> {
  if (!isProvable(earlier, later))
    throw new RangeError('the earlier tree must hold at least one leaf and no more than the later one');
  return readRanges(rangesOf(earlier, later), read);
}

/**
 * Whether a proof holds (§2.1.4.2). Between equal sizes the roots must be the same and the proof empty. From the empty
 * tree nothing is proven, so it never holds: a first checkpoint is checked against the entries.
 */
export function verifyConsistency(earlier: TreeHead, later: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (!isProvable(earlier.size, later.size) || !proof.every(isHash)) return false;
  if (earlier.size === later.size) return proof.length === 0 && isSameBytes(earlier.root, later.root);
  if (proof.length === 0 || !isHash(earlier.root)) return false;
  return rebuilds(earlier, later, proof);
}

const isProvable = (earlier: number, later: number): boolean =>
  isTreeSize(earlier) && isTreeSize(later) && earlier >= 1 && earlier <= later;

/** Builds both roots out of one proof: the earlier from left siblings alone, the later from all. */
function rebuilds(earlier: TreeHead, later: TreeHead, proof: readonly Uint8Array[]): boolean {
  let node = earlier.size - 1;
  let last = later.size - 1;
  while (node % 2 === 1) [node, last] = [(node - 1) / 2, Math.floor(last / 2)];
  // Nothing is left of `node` where the earlier tree is perfect: its root is then where both begin.
  const [start, ...rest] = node === 0 ? [earlier.root, ...proof] : proof;
  if (start === undefined) return false;
  let before = start;
  let after = start;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = hashNode(sibling, before);
      after = hashNode(sibling, after);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      after = hashNode(after, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSameBytes(before, earlier.root) && isSameBytes(after, later.root);
}

/** The ranges a proof is made of, lowest first: SUBPROOF of §2.1.4.1 without the recursion. */
function rangesOf(earlier: number, later: number): Range[] {
  const ranges: Range[] = [];
  let start = 0;
  let end = later;
  while (earlier < end) {
    const middle = start + splitSizeOf(end - start);
    if (earlier <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // Where the earlier tree is itself a subtree of the later one, the verifier has its root already.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}
