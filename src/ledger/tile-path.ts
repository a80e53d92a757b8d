/**
 * Paths of tiles and entry bundles (C2SP tlog-tiles § Merkle Tree, § Log entries): `tile/<level>/<index>[.p/<width>]`
 * and `tile/entries/<index>[.p/<width>]`. The index is written in groups of three digits, and each group except the
 * last begins with `x`: 1234067 is `x001/x234/067`. Every tile has exactly one valid path.
 */

/** The number of hashes in a full tile, and of entries in a full bundle. */
export const TILE_WIDTH = 256;

/** Consecutive hashes of one level: `width` of them (1 to 256), beginning with number `index * 256`. */
export interface Tile {
  /** Level in the tiled tree: each of its hashes covers 256^level leaves. */
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** Consecutive entries: `width` of them (1 to 256), beginning with number `index * 256`. */
export type EntryBundle = Omit<Tile, 'level'>;

export type TileAddress = ({ readonly kind: 'tile' } & Tile) | ({ readonly kind: 'entries' } & EntryBundle);

const PATH = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/;

export const pathOfTile = (tile: Tile): string => `tile/${tile.level}/${place(tile)}`;

export const pathOfBundle = (bundle: EntryBundle): string => `tile/entries/${place(bundle)}`;

/** Reads a path; undefined if it is not the valid path of a tile or a bundle. */
export function readTilePath(path: string): TileAddress | undefined {
  const [, level, digits = '', partial] = PATH.exec(path) ?? [];
  if (level === undefined) return undefined;
  const index = Number(digits.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const address: TileAddress =
    level === 'entries'
      ? { kind: 'entries', index, width }
      : { kind: 'tile', level: Number(level), index, width };
  return isAddress(address) && pathOf(address) === path ? address : undefined;
}

const isAddress = (address: TileAddress): boolean =>
  Number.isSafeInteger(address.index) &&
  address.width >= 1 &&
  address.width <= TILE_WIDTH &&
  (address.kind === 'entries' || address.level <= 63);

const pathOf = (address: TileAddress): string =>
  address.kind === 'entries' ? pathOfBundle(address) : pathOfTile(address);

function place({ index, width }: EntryBundle): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}
