/**
 * Reads the tree from tiles (C2SP tlog-tiles § Merkle Tree). Only every eighth level of the tree is stored, 256 hashes
 * a tile; the levels between are hashed again when they are needed. `src/ledger/edge.ts` makes the tiles.
 */
import { Refusal } from '../domain/words/error.ts';
import { HASH_BYTES } from './hash.ts';
import { TILE_WIDTH, type Tile } from './tile-path.ts';
import { type HashReader, rootOfLeaves, type Subtree } from './tree.ts';

/** Levels of the tree in one tile: 256 is 2^8. */
const TILE_LEVELS = 8;

/**
 * Reads the bytes of tiles, in the given order. A full tile may be returned instead of a partial one, because it
 * begins with the same hashes. Throws if a tile is missing.
 */
export type TileReader = (tiles: readonly Tile[]) => Promise<readonly Uint8Array[]>;

/** The number of hashes on a tile level in a tree of `size` leaves. Each covers 256^level complete leaves. */
export const countHashesOnLevel = (size: number, level: number): number =>
  Math.floor(size / TILE_WIDTH ** level);

/** Writes hashes as the bytes of a tile. */
export function tileOfHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, at) => {
    bytes.set(hash, at * HASH_BYTES);
  });
  return bytes;
}

/**
 * Reads the first `width` hashes of a tile.
 * @throws Refusal `ledger-malformed` if the bytes are not a tile, or have fewer hashes
 */
export function hashesOfTile(bytes: Uint8Array, width: number): Uint8Array[] {
  const count = bytes.length / HASH_BYTES;
  if (!Number.isInteger(count) || count < width || count > TILE_WIDTH)
    throw new Refusal('ledger-malformed', 'the length of a tile does not match its width');
  return Array.from({ length: width }, (_, at) => bytes.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

/**
 * Reads the hashes of a tree of `size` leaves from its tiles; each tile is read once per call. The tiles are not
 * verified here: the caller compares the result with the checkpoint.
 */
export function createHashReader(size: number, readTiles: TileReader): HashReader {
  return async (subtrees) => {
    const places = subtrees.map((subtree) => placeOf(subtree, size));
    const tiles = new Map(places.map(({ tile }) => [keyOf(tile), tile]));
    const bytes = await readTiles([...tiles.values()]);
    const hashes = new Map(
      [...tiles].map(([key, { width }], at) => [key, hashesOfTile(given(bytes[at]), width)]),
    );
    return places.map(({ tile, start, end }) =>
      rootOfLeaves(given(hashes.get(keyOf(tile))).slice(start, end)),
    );
  };
}

/** The tile that contains a subtree's hash, or the hashes from which it is computed, and their range in that tile. */
function placeOf({ level, index }: Subtree, size: number) {
  const tileLevel = Math.floor(level / TILE_LEVELS);
  const span = 2 ** (level % TILE_LEVELS);
  const first = index * span;
  const all = countHashesOnLevel(size, tileLevel);
  if (first + span > all) throw new RangeError('the subtree is not within the tree');
  const tile = Math.floor(first / TILE_WIDTH);
  const start = first % TILE_WIDTH;
  const width = Math.min(TILE_WIDTH, all - tile * TILE_WIDTH);
  return { tile: { level: tileLevel, index: tile, width }, start, end: start + span };
}

const keyOf = ({ level, index }: Tile): string => `${level}/${index}`;

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('fewer tiles were read than asked for');
  return value;
}
