/** transparency-dev/merkle: every case of inclusion, and of subtrees where RFC 9162 knows them. */
import { Buffer } from 'node:buffer';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyInclusion } from '../../src/ledger/inclusion.ts';
import { findVectors } from '../support/vectors.ts';

interface Case {
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
  readonly root?: string;
  readonly leafHash?: string;
  readonly leafIdx?: number;
  readonly treeSize?: number;
  readonly start?: number;
  readonly end?: number;
}

const folder = findVectors('merkle');
const bytes = (text: string | null | undefined): Uint8Array => Buffer.from(text ?? '', 'base64');

const inclusion = (one: Case, index: number, size: number): boolean =>
  verifyInclusion(
    { leaf: bytes(one.leafHash), index, size, root: bytes(one.root) },
    (one.proof ?? []).map(bytes),
  );

/** A subtree as draft-ietf-plants-merkle-tree-certs has it is one of RFC 9162's where it begins on its own bound. */
function isOwnTree(start: number, end: number): boolean {
  let width = 1;
  while (width < end - start) width *= 2;
  return start >= 0 && start < end && start % width === 0;
}

/** What becomes of a case; undefined where RFC 9162 has no such proof. */
const JUDGES: Readonly<Record<string, (one: Case) => boolean | undefined>> = {
  inclusion: (one) => inclusion(one, one.leafIdx ?? 0, one.treeSize ?? 0),
  subtreeinclusion: ({ start = 0, end = 0, leafIdx = 0, ...one }) =>
    isOwnTree(start, end) ? inclusion(one, leafIdx - start, end - start) : undefined,
};

/** `notOurs` are subtrees that RFC 9162 has no proof for. */
const EXPECTED: Readonly<Record<string, object>> = {
  inclusion: { cases: 98, hold: 6, refused: 92, notOurs: 0 },
  subtreeinclusion: { cases: 204, hold: 12, refused: 173, notOurs: 19 },
};

describe.skipIf(folder === undefined)('Merkle vectors (skipped where they are absent)', () => {
  it.each(Object.keys(EXPECTED))('%s', (set) => {
    const counts = { cases: 0, hold: 0, refused: 0, notOurs: 0 };
    for (const path of globSync(join(folder ?? '', 'testdata', set, '**/*.json'))) {
      const one = JSON.parse(readFileSync(path, 'utf8')) as Case;
      const verdict = JUDGES[set]?.(one);
      if (verdict !== undefined) expect(verdict, `${path}: ${one.desc}`).toBe(!one.wantErr);
      counts.cases += 1;
      counts[verdict === undefined ? 'notOurs' : verdict ? 'hold' : 'refused'] += 1;
    }
    process.stdout.write(`  merkle ${set}: ${JSON.stringify(counts)}\n`);
    expect(counts).toEqual(EXPECTED[set]);
  });
});
