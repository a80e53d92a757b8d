/**
 * The right edge of a tiled tree: at each level, the tile that is not full yet. The edge is enough to append entries,
 * to know which tiles to write, and to compute the root.
 */
import { countHashesOnLevel, hashesOfTile, type TileReader, tileOfHashes } from './tile.ts';
import { TILE_WIDTH, type Tile } from './tile-path.ts';
import { type Frontier, frontierOfLeaves, rootOfFrontier, rootOfLeaves } from './tree.ts';

export interface TreeEdge {
  readonly size: number;
  /** By level, lowest first: 0 to 255 hashes that do not fill a tile. */
  readonly levels: readonly (readonly Uint8Array[])[];
}

/** A tile to store. A partial tile replaces the narrower one before it. */
interface WrittenTile {
  readonly tile: Tile;
  readonly bytes: Uint8Array;
}

export const EMPTY_EDGE: TreeEdge = { size: 0, levels: [] };

/** Appends entries by their leaf hashes. Returns the new edge and every tile that changed, lowest level first. */
export function extendEdge(
  edge: TreeEdge,
  leaves: readonly Uint8Array[],
): { edge: TreeEdge; written: WrittenTile[] } {
  const levels = [...edge.levels];
  const written: WrittenTile[] = [];
  let added = leaves;
  for (let level = 0; added.length > 0; level += 1) {
    const first = Math.floor(countHashesOnLevel(edge.size, level) / TILE_WIDTH);
    const tiles = inTiles([...(levels[level] ?? []), ...added]);
    written.push(
      ...tiles.map((hashes, at) => ({
        tile: { level, index: first + at, width: hashes.length },
        bytes: tileOfHashes(hashes),
      })),
    );
    const last = tiles.at(-1) ?? [];
    levels[level] = last.length < TILE_WIDTH ? last : [];
    added = tiles.filter((hashes) => hashes.length === TILE_WIDTH).map(rootOfLeaves);
  }
  return { edge: { size: edge.size + leaves.length, levels }, written };
}

/** The tiles from which an edge is read, lowest level first; levels without a partial tile have none. */
export function tilesOfEdge(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; countHashesOnLevel(size, level) > 0; level += 1) {
    const all = countHashesOnLevel(size, level);
    const width = all % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(all / TILE_WIDTH), width });
  }
  return tiles;
}

/**
 * Reads the edge of a stored tree of `size` leaves. Compare its root with the last checkpoint before appending to it.
 * @throws Refusal `ledger-malformed` if a stored tile is not valid
 */
export async function readEdge(size: number, readTiles: TileReader): Promise<TreeEdge> {
  const tiles = tilesOfEdge(size);
  const bytes = await readTiles(tiles);
  const levels: Uint8Array[][] = [];
  for (let level = 0; countHashesOnLevel(size, level) > 0; level += 1) levels.push([]);
  tiles.forEach(({ level, width }, at) => {
    levels[level] = hashesOfTile(bytes[at] ?? new Uint8Array(), width);
  });
  return { size, levels };
}

/** The frontier of the same tree. The hashes of each level are the leaves of a tree that is 256 times smaller. */
const frontierOfEdge = ({ size, levels }: TreeEdge): Frontier => ({
  size,
  hashes: levels.toReversed().flatMap((hashes) => frontierOfLeaves(hashes).hashes),
});

/** The root of the tree that the edge belongs to. */
export const rootOfEdge = (edge: TreeEdge): Uint8Array => rootOfFrontier(frontierOfEdge(edge));

function inTiles(hashes: readonly Uint8Array[]): Uint8Array[][] {
  const tiles: Uint8Array[][] = [];
  for (let at = 0; at < hashes.length; at += TILE_WIDTH) tiles.push(hashes.slice(at, at + TILE_WIDTH));
  return tiles;
}
