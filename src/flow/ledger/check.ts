import type { Calling, Exchanging } from '../../gateway-parts.ts';
import { isSameBytes } from '../../ledger/hash.ts';
import { hashesOfTile } from '../../ledger/tile.ts';
import { TILE_WIDTH } from '../../ledger/tile-path.ts';
import { hashLeaf } from '../../ledger/tree.ts';
import { isSignedByKnown, type KnownSigners, readSigners } from '../evidence/proven.ts';
import { type LedgerFinding, raiseAlarm } from './alarm.ts';
import { hasLedger, originOfLedger } from './keys.ts';
import { ledgerEntryOf } from './ledger.ts';

/** Bundles of 256 entries compared in one run, and milliseconds between two runs. */
const BUNDLES = 32;
const EVERY = 55_000;

/**
 * Compares the next page of entries with the kept evidence.
 * @returns false if it was not due, or another process does it
 */
export async function checkOwnLedger(gateway: Exchanging): Promise<boolean> {
  if (!hasLedger(gateway)) return false;
  const { store } = gateway;
  const origin = originOfLedger(gateway.url);
  const now = gateway.now();
  const watch = await store.ledger.claimWatch(origin, now, new Date(now.getTime() + EVERY));
  if (watch === undefined) return false;
  const size = (await store.ledger.ledgerCheckpoint())?.size ?? 0;
  const bundles = Math.ceil(size / TILE_WIDTH);
  const first = watch.compared < bundles ? watch.compared : 0;
  const end = Math.min(first + BUNDLES, bundles);
  const signers = await readSigners(gateway);
  for (let index = first; index < end; index += 1)
    for (const one of await findFaults(
      gateway,
      signers,
      index,
      Math.min(TILE_WIDTH, size - index * TILE_WIDTH),
    ))
      await raiseAlarm(gateway, origin, one);
  await store.ledger.moveWatch(origin, end);
  await store.ledger.markWatched(origin, now);
  return true;
}

/** The first fault of each kind in a bundle. */
async function findFaults(
  gateway: Calling,
  signers: KnownSigners,
  index: number,
  width: number,
): Promise<readonly LedgerFinding[]> {
  const start = index * TILE_WIDTH;
  const [[bytes = new Uint8Array()], rows] = await Promise.all([
    gateway.store.ledger.ledgerTiles([{ level: 0, index }]),
    gateway.store.ledger.ledgerLeaves(start, start + width),
  ]);
  const leaves = new Map(rows.map((row) => [row.index, row]));
  const hashes = readable(bytes, width);
  const places = Array.from({ length: width }, (_, n) => start + n);
  const missing = places.find((place) => leaves.get(place)?.evidence === undefined);
  const isChanged = async (place: number): Promise<boolean> => {
    const evidence = leaves.get(place)?.evidence;
    if (evidence === undefined) return false;
    const hash = hashes[place - start];
    // A leaf is a hash of what was signed, without the signature, so the signature is verified here.
    return (
      hash === undefined ||
      !isSameBytes(hash, hashLeaf(ledgerEntryOf(evidence))) ||
      !(await isSignedByKnown(evidence.jws, signers))
    );
  };
  const areChanged = await Promise.all(places.map(isChanged));
  const changed = places[areChanged.indexOf(true)];
  return [
    ...(missing === undefined ? [] : [{ code: 'evidence-missing', place: missing } as const]),
    ...(changed === undefined ? [] : [{ code: 'evidence-changed', place: changed } as const]),
  ];
}

function readable(bytes: Uint8Array, width: number): readonly Uint8Array[] {
  try {
    return hashesOfTile(bytes, width);
  } catch {
    return [];
  }
}
