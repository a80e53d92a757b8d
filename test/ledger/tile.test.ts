/** Tiles, bundles and their paths as in C2SP tlog-tiles; tiles give the same hashes as the leaves. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBundle, writeBundle } from '../../src/ledger/bundle.ts';
import { EMPTY_EDGE, extendEdge, readEdge, rootOfEdge, tilesOfEdge } from '../../src/ledger/edge.ts';
import { proveInclusion } from '../../src/ledger/inclusion.ts';
import { countHashesOnLevel, createHashReader, hashesOfTile } from '../../src/ledger/tile.ts';
import { pathOfBundle, pathOfTile, readTilePath, type Tile } from '../../src/ledger/tile-path.ts';
import { rootOfLeaves } from '../../src/ledger/tree.ts';
import { createHashesOfLeaves, inventedEntryOf, leafHashesOf, TileFolder } from '../support/ledgers.ts';
import { catchRefusal } from '../support/people.ts';
import { assertProperty } from '../support/property.ts';

const LEAVES = leafHashesOf(70_000);

/** The folder a log has after it grew by these batches. */
function grown(batches: readonly number[]) {
  const folder = new TileFolder();
  let edge = EMPTY_EDGE;
  const written: Tile[][] = [];
  for (const batch of batches) {
    const next = extendEdge(edge, LEAVES.slice(edge.size, edge.size + batch));
    for (const { tile, bytes } of next.written) folder.files.set(pathOfTile(tile), bytes);
    written.push(next.written.map(({ tile }) => tile));
    edge = next.edge;
  }
  return { folder, edge, written };
}

/** The tiles that a log of `after` entries has and one of `before` has not, lowest level first. */
function newTilesBetween(before: number, after: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; countHashesOnLevel(after, level) > 0; level += 1) {
    const [old, all] = [countHashesOnLevel(before, level), countHashesOnLevel(after, level)];
    if (old === all) continue;
    for (let index = Math.floor(old / 256); index * 256 < all; index += 1)
      tiles.push({ level, index, width: Math.min(256, all - index * 256) });
  }
  return tiles;
}

describe('the paths', () => {
  it.each([
    ['tile/0/x001/x234/067', { kind: 'tile', level: 0, index: 1_234_067, width: 256 }],
    ['tile/1/000.p/17', { kind: 'tile', level: 1, index: 0, width: 17 }],
    ['tile/63/999', { kind: 'tile', level: 63, index: 999, width: 256 }],
    ['tile/entries/x001/000.p/255', { kind: 'entries', index: 1_000, width: 255 }],
  ] as const)('%s', (path, address) => {
    expect(readTilePath(path)).toEqual(address);
    expect(address.kind === 'tile' ? pathOfTile(address) : pathOfBundle(address)).toBe(path);
  });

  it('have one spelling for each tile', () => {
    const tile = fc.record({
      level: fc.nat(63),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    assertProperty(
      fc.property(tile, (one) => {
        expect(readTilePath(pathOfTile(one))).toEqual({ kind: 'tile', ...one });
        const { level: _, ...bundle } = one;
        expect(readTilePath(pathOfBundle(one))).toEqual({ kind: 'entries', ...bundle });
      }),
    );
  });

  it.each([
    '',
    'tile/0',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/1000',
    'tile/00/000',
    'tile/01/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001',
    'tile/0/x001/x002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/257',
    'tile/0/000.p/999',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000.P/1',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/../000',
    'tile/0/٠٠٠',
    'tile/0/000\n',
    'tile/entries/x999/x999/x999/x999/x999/999',
    'tile/data/000',
    `tile/0/${'x001/'.repeat(10_000)}000`,
  ])('refuses %j', (path) => {
    expect(readTilePath(path)).toBeUndefined();
  });
});

describe('the tiles', () => {
  it('are those that the specification counts for 70,000 entries, and for 256', () => {
    const widths = (size: number) => newTilesBetween(0, size).map(({ level, width }) => `${level}:${width}`);
    const full = Array.from({ length: 273 }, () => '0:256');
    expect(widths(70_000)).toEqual([...full, '0:112', '1:256', '1:17', '2:1']);
    expect(widths(256)).toEqual(['0:256', '1:1']);
    expect(widths(0)).toEqual([]);
  });

  it('are the same however a log grew, and the edge that is read back is the written one', async () => {
    const sizes = fc.array(fc.nat(600), { minLength: 1, maxLength: 6 });
    await assertProperty(
      fc.asyncProperty(sizes, async (batches) => {
        const { folder, edge, written } = grown(batches);
        const once = grown([edge.size]);
        for (const [path, bytes] of once.folder.files) expect(folder.files.get(path)).toEqual(bytes);
        let size = 0;
        batches.forEach((batch, at) => {
          expect(written[at]).toEqual(newTilesBetween(size, size + batch));
          size += batch;
        });
        expect(rootOfEdge(edge)).toEqual(rootOfLeaves(LEAVES.slice(0, size)));
        expect(await readEdge(size, folder.read)).toEqual(edge);
        expect(tilesOfEdge(size).every(({ width }) => width < 256)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  const { folder } = grown([60_000, 9_999, 1]);

  it('contain the hashes of the definition', async () => {
    const tile = { level: 1, index: 1, width: 17 };
    const [bytes = new Uint8Array()] = await folder.read([tile]);
    const full = Array.from({ length: 17 }, (_, at) => (256 + at) * 256);
    expect(hashesOfTile(bytes, 17)).toEqual(
      full.map((start) => rootOfLeaves(LEAVES.slice(start, start + 256))),
    );
  });

  it('give the same proofs as the leaves, at any size', async () => {
    const place = fc
      .integer({ min: 1, max: 70_000 })
      .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));
    const fromLeaves = createHashesOfLeaves(LEAVES);
    await assertProperty(
      fc.asyncProperty(place, async ({ size, index }) => {
        const fromTiles = createHashReader(size, fullOrCut);
        expect(await proveInclusion(index, size, fromTiles)).toEqual(
          await proveInclusion(index, size, fromLeaves),
        );
      }),
      { numRuns: 10 },
    );
  });

  /** A partial tile of any width, out of what the folder holds for the whole log. */
  async function fullOrCut(tiles: readonly Tile[]): Promise<Uint8Array[]> {
    const last = new Map(newTilesBetween(0, 70_000).map((tile) => [`${tile.level}/${tile.index}`, tile]));
    return folder.read(tiles.map((tile) => last.get(`${tile.level}/${tile.index}`) ?? tile));
  }

  it('are read once per call, all at once', async () => {
    const calls: (readonly Tile[])[] = [];
    const counting = async (tiles: readonly Tile[]) => {
      calls.push(tiles);
      return fullOrCut(tiles);
    };
    await proveInclusion(69_999, 70_000, createHashReader(70_000, counting));
    expect(calls).toHaveLength(1);
    expect(new Set(calls[0]?.map(pathOfTile)).size).toBe(calls[0]?.length);
    expect(calls[0]).toContainEqual({ level: 0, index: 273, width: 112 });
  });

  it.each([
    ['too short', 31],
    ['not whole', 65],
    ['too long', 257 * 32],
    ['empty', 0],
  ])('are refused: %s', async (_, length) => {
    const read = async (tiles: readonly Tile[]) => tiles.map(() => new Uint8Array(length));
    expect(await catchRefusal(() => proveInclusion(0, 2, createHashReader(2, read)))).toBe(
      'ledger-malformed',
    );
    expect(await catchRefusal(() => readEdge(2, read))).toBe('ledger-malformed');
  });

  it('of a smaller tree give no hash of a larger one', async () => {
    await expect(createHashReader(255, fullOrCut)([{ level: 8, index: 0 }])).rejects.toThrow(RangeError);
    await expect(createHashReader(2, async () => [])([{ level: 0, index: 0 }])).rejects.toThrow(
      'fewer tiles',
    );
  });
});

describe('an entry bundle', () => {
  it('is read as it was written', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 });
    assertProperty(
      fc.property(entries, (list) => {
        expect(readBundle(writeBundle(list), list.length)).toEqual(list);
      }),
    );
    const longest = new Uint8Array(65_535).fill(7);
    expect(readBundle(writeBundle([longest]), 1)).toEqual([longest]);
    expect(Buffer.from(writeBundle([inventedEntryOf(1)])).toString('hex')).toBe('0007656e7472792031');
  });

  it.each([
    ['one entry short', '000161', 2],
    ['one entry more', '000161000162', 1],
    ['a length cut in two', '00016100', 2],
    ['an entry cut off', '000261', 1],
    ['nothing', '', 1],
  ])('is refused: %s', async (_, hex, width) => {
    expect(await catchRefusal(() => readBundle(Buffer.from(hex, 'hex'), width))).toBe('ledger-malformed');
  });

  it('is not written empty, nor with an entry or a number of entries beyond its format', () => {
    expect(() => writeBundle([])).toThrow(RangeError);
    expect(() => writeBundle([new Uint8Array(65_536)])).toThrow(RangeError);
    expect(() => writeBundle(Array.from({ length: 257 }, () => new Uint8Array()))).toThrow(RangeError);
  });
});
