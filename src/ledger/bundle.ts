/**
 * Entry bundles (C2SP tlog-tiles § Log entries): up to 256 entries. Two bytes, big-endian, give the length of each
 * entry before it.
 */
import { Refusal } from '../domain/words/error.ts';
import { TILE_WIDTH } from './tile-path.ts';

/** The longest entry: its length must fit into two bytes. */
const MAX_ENTRY_BYTES = 65_535;

/** Writes a bundle of 1 to 256 entries, none longer than {@link MAX_ENTRY_BYTES}. */
export function writeBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length < 1 || entries.length > TILE_WIDTH)
    throw new RangeError('a bundle holds 1 to 256 entries');
  if (entries.some((entry) => entry.length > MAX_ENTRY_BYTES))
    throw new RangeError('an entry is longer than the format of a bundle allows');
  const bytes = new Uint8Array(entries.reduce((length, entry) => length + 2 + entry.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const entry of entries) {
    view.setUint16(at, entry.length);
    bytes.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bytes;
}

/**
 * Reads a bundle that contains exactly `width` entries.
 * @throws Refusal `ledger-malformed`
 */
export function readBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length && entries.length < width) {
    const end = at + 2 <= bytes.length ? at + 2 + view.getUint16(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length)
      throw new Refusal('ledger-malformed', 'an entry bundle ends in the middle of an entry');
    entries.push(bytes.slice(at + 2, end));
    at = end;
  }
  if (entries.length !== width || at !== bytes.length)
    throw new Refusal('ledger-malformed', 'an entry bundle has more or fewer entries than its width says');
  return entries;
}
