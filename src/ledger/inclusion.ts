/** Inclusion proofs (RFC 9162 §2.1.3): an entry is at an index of the tree with a given root. */
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

/** The claim of an inclusion proof. `leaf` is the entry's leaf hash. */
interface Inclusion {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Makes the proof for the leaf at `index` in the tree of `size` leaves, beginning with the leaf's sibling. `index`
 * must be less than `size`. The proof is only as correct as the hashes that are read: verify it before it is given to
 * others.
 */
export async function proveInclusion(index: number, size: number, read: HashReader): Promise<Uint8Array[]> {
  if (!isWithin(index, size)) throw new RangeError('the index is not within the tree');
  return readRanges(siblingsOf(index, size), read);
}

/**
 * Whether a proof is valid (§2.1.3.2). It proves leaf, index and root, but not the size: some neighbouring sizes pass
 * too. So take size and root from the same signed checkpoint.
 */
export function verifyInclusion(
  { leaf, index, size, root }: Inclusion,
  proof: readonly Uint8Array[],
): boolean {
  if (!isWithin(index, size) || !isHash(leaf) || !proof.every(isHash)) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = hashNode(sibling, hash);
      // A last node without a sibling moves up until it is a right child.
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      hash = hashNode(hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSameBytes(hash, root);
}

const isWithin = (index: number, size: number): boolean =>
  isTreeSize(size) && isTreeSize(index) && index < size;

/** The siblings of the nodes on the path from the leaf to the root, lowest first: PATH of §2.1.3.1 without recursion. */
function siblingsOf(index: number, size: number): Range[] {
  const siblings: Range[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitSizeOf(end - start);
    if (index < middle) {
      siblings.push({ start: middle, end });
      end = middle;
    } else {
      siblings.push({ start, end: middle });
      start = middle;
    }
  }
  return siblings.reverse();
}
