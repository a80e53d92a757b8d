/** Tree hashing and proofs against the recursive definitions of RFC 9162, for any tree, leaf and bit. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBytes } from '../../src/ledger/hash.ts';
import { proveInclusion, verifyInclusion } from '../../src/ledger/inclusion.ts';
import { frontierOfLeaves, hashLeaf, rootOfFrontier, rootOfLeaves } from '../../src/ledger/tree.ts';
import { createHashesOfLeaves, flipBit, leafHashesOf } from '../support/ledgers.ts';
import { assertProperty } from '../support/property.ts';

const LEAVES = leafHashesOf(300);
const read = createHashesOfLeaves(LEAVES);

const half = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1);

/** MTH of §2.1.1, word for word. */
function mth(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return hashBytes();
  if (leaves.length === 1) return only;
  const k = half(leaves.length);
  return hashBytes(Uint8Array.of(1), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

/** PATH of §2.1.3.1, word for word. */
function path(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = half(leaves.length);
  if (m < k) return [...path(m, leaves.slice(0, k)), mth(leaves.slice(k))];
  return [...path(m - k, leaves.slice(k)), mth(leaves.slice(0, k))];
}

/** A tree and one of its leaves. */
const leafOf = fc
  .integer({ min: 1, max: 300 })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));

describe('the tree', () => {
  it('has the roots of the test vectors of certificate transparency', () => {
    const entries = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'];
    const leaves = [...entries, '606162636465666768696a6b6c6d6e6f'].map((hex) =>
      hashLeaf(Buffer.from(hex, 'hex')),
    );
    expect(Buffer.from(rootOfLeaves(leaves)).toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
    expect(Buffer.from(rootOfLeaves([])).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('grows leaf by leaf to the root of all leaves, and keeps a hash for each bit of its size', async () => {
    for (let size = 0; size <= LEAVES.length; size += 1) {
      const frontier = frontierOfLeaves(LEAVES.slice(0, size));
      expect(rootOfFrontier(frontier)).toEqual(mth(LEAVES.slice(0, size)));
      expect(frontier.hashes).toHaveLength(size.toString(2).replaceAll('0', '').length);
    }
  });
});

describe('inclusion', () => {
  it('is proven as in the RFC, for any leaf', async () => {
    await assertProperty(
      fc.asyncProperty(leafOf, async ({ size, index }) => {
        const leaves = LEAVES.slice(0, size);
        const proof = await proveInclusion(index, size, read);
        expect(proof).toEqual(path(index, leaves));
        const claim = { leaf: leaves[index] ?? new Uint8Array(), index, size, root: mth(leaves) };
        expect(verifyInclusion(claim, proof)).toBe(true);
        for (let other = 0; other < size; other += 1)
          if (other !== index) expect(verifyInclusion({ ...claim, index: other }, proof)).toBe(false);
      }),
    );
  });

  it('fails with any bit changed, in the proof, the leaf or the root, and with one hash more or less', async () => {
    await assertProperty(
      fc.asyncProperty(leafOf, fc.nat(255), fc.nat(), async ({ size, index }, bit, at) => {
        const leaf = LEAVES[index] ?? new Uint8Array();
        const claim = { leaf, index, size, root: mth(LEAVES.slice(0, size)) };
        const proof = await proveInclusion(index, size, read);
        const place = at % Math.max(proof.length, 1);
        const turned = proof.map((hash, n) => (n === place ? flipBit(hash, bit) : hash));
        if (proof.length > 0) expect(verifyInclusion(claim, turned)).toBe(false);
        expect(verifyInclusion({ ...claim, leaf: flipBit(leaf, bit) }, proof)).toBe(false);
        expect(verifyInclusion({ ...claim, root: flipBit(claim.root, bit) }, proof)).toBe(false);
        expect(verifyInclusion(claim, [...proof, leaf])).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(claim, proof.slice(1))).toBe(false);
        expect(verifyInclusion(claim, [new Uint8Array(), ...proof])).toBe(false);
      }),
    );
  });

  it('accepts no hash of another length: moving a boundary inside the same bytes proves nothing', async () => {
    const root = mth(LEAVES.slice(0, 2));
    const [left, right] = [LEAVES[0] ?? new Uint8Array(), LEAVES[1] ?? new Uint8Array()];
    const longer = Buffer.concat([left, right.subarray(0, 1)]);
    const claim = { leaf: longer, index: 0, size: 2, root };
    expect(verifyInclusion(claim, [right.subarray(1)])).toBe(false);
    expect(verifyInclusion({ ...claim, leaf: left }, [right])).toBe(true);
  });

  it('does not go above the root: nodes above it belong to another size', async () => {
    const [above, leaf] = [LEAVES[9] ?? new Uint8Array(), LEAVES[4] ?? new Uint8Array()];
    const proof = await proveInclusion(4, 5, read);
    const root = hashBytes(Uint8Array.of(1), above, mth(LEAVES.slice(0, 5)));
    expect(verifyInclusion({ leaf, index: 4, size: 5, root }, [...proof, above])).toBe(false);
  });

  it.each([
    [-1, 8],
    [8, 8],
    [0, 0],
    [0.5, 8],
    [Number.NaN, 8],
    [0, 2 ** 53],
    [0, Number.POSITIVE_INFINITY],
  ])('has no leaf %d of %d', async (index, size) => {
    const leaf = LEAVES[0] ?? new Uint8Array();
    expect(verifyInclusion({ leaf, index, size, root: leaf }, [])).toBe(false);
    await expect(proveInclusion(index, size, read)).rejects.toThrow(RangeError);
  });

  it('works in trees beyond 32 bits', async () => {
    const size = 2 ** 40 + 3;
    const one = LEAVES[0] ?? new Uint8Array();
    const proof = await proveInclusion(2 ** 40 + 1, size, async (asked) => asked.map(() => one));
    expect(proof).toHaveLength(3);
    const pair = hashBytes(Uint8Array.of(1), one, one);
    const root = hashBytes(Uint8Array.of(1), one, hashBytes(Uint8Array.of(1), pair, one));
    expect(verifyInclusion({ leaf: one, index: 2 ** 40 + 1, size, root }, proof)).toBe(true);
    expect(verifyInclusion({ leaf: one, index: 1, size, root }, proof)).toBe(false);
  });
});
