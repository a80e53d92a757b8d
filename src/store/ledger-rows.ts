/**
 * Converts tiles and checkpoints to and from PostgreSQL. Sizes and indexes are below 2^53, so a double holds
 * them exactly.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { CheckpointRow, TilePlace, TileRow } from './contracts/ledger-rows.ts';
import { asJson } from './rows.ts';

type AnySql = Sql | TransactionSql;

/** Bytes as JSON carries them into a `bytea`. */
const hex = (bytes: Uint8Array): string =>
  `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;

const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

export const checkpointRowFrom = (row: CheckpointRow | undefined): CheckpointRow | undefined =>
  row && { size: row.size, root: plain(row.root), note: row.note };

export const tileRecords = (sql: AnySql, tiles: readonly TileRow[]) =>
  asJson(
    sql,
    tiles.map(({ level, index, hashes }) => ({ level, index, hashes: hex(hashes) })),
  );

/** Tiles in the requested order, from rows in any order; empty if there is none. */
export function orderTiles(places: readonly TilePlace[], rows: readonly TileRow[]): Uint8Array[] {
  const byPlace = new Map(rows.map((row) => [`${row.level}/${row.index}`, plain(row.hashes)]));
  return places.map(({ level, index }) => byPlace.get(`${level}/${index}`) ?? new Uint8Array());
}
