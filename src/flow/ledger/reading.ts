/** What anybody may read of the log, and the proof that a party may request. */
import { Refusal } from '../../domain/words/error.ts';
import type { Admitting, Naming, Reaching, Storing, Verifying } from '../../gateway-parts.ts';
import { writeBundle } from '../../ledger/bundle.ts';
import { readCheckpoint } from '../../ledger/checkpoint.ts';
import { ERASED_ENTRY } from '../../ledger/entry.ts';
import { proveInclusion, verifyInclusion } from '../../ledger/inclusion.ts';
import { readNote } from '../../ledger/note.ts';
import { utf8BytesOf, writeNoteKey } from '../../ledger/note-key.ts';
import { writeProof } from '../../ledger/proof.ts';
import { createHashReader } from '../../ledger/tile.ts';
import { type EntryBundle, TILE_WIDTH, type Tile, type TileAddress } from '../../ledger/tile-path.ts';
import { hashLeaf } from '../../ledger/tree.ts';
import { peekStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';
import { hasLedger, makeNoteSigner } from './keys.ts';
import { ledgerEntryOf } from './ledger.ts';

/** Bytes of one hash in a tile. */
const HASH = 32;

/** The verifier key of the log. */
export const verifierKeyOf = (gateway: Verifying): string =>
  `${writeNoteKey(makeNoteSigner(gateway, 'ed25519').key)}\n`;

/** The bytes of a tile; undefined if the log is not that large. */
export async function readTile(gateway: Storing, address: TileAddress): Promise<Uint8Array | undefined> {
  const size = (await gateway.store.ledger.ledgerCheckpoint())?.size ?? 0;
  const span = address.kind === 'entries' ? 1 : TILE_WIDTH ** address.level;
  if (!((address.index * TILE_WIDTH + address.width) * span <= size)) return undefined;
  return address.kind === 'entries' ? makeBundle(gateway, address) : tile(gateway, address);
}

async function tile(gateway: Storing, { level, index, width }: Tile): Promise<Uint8Array | undefined> {
  const [hashes] = await gateway.store.ledger.ledgerTiles([{ level, index }]);
  return hashes !== undefined && hashes.length >= width * HASH ? hashes.slice(0, width * HASH) : undefined;
}

/**
 * Entries are made from the evidence as kept now, never from a copy, so that a reader notices what was
 * changed, moved or removed.
 */
async function makeBundle(gateway: Storing, { index, width }: EntryBundle): Promise<Uint8Array> {
  const start = index * TILE_WIDTH;
  const leaves = await gateway.store.ledger.ledgerLeaves(start, start + width);
  const entries = new Map(leaves.map((leaf) => [leaf.index, ledgerEntryOf(leaf.evidence)]));
  return writeBundle(Array.from({ length: width }, (_, n) => entries.get(start + n) ?? ERASED_ENTRY));
}

/**
 * The inclusion proof of evidence (C2SP tlog-proof), under a cosigned checkpoint that covers it if there is
 * one. For the parties that may see the evidence itself.
 * @throws Refusal `not-found` for everybody else, and until it is in the log; `ledger-refused` if it cannot
 *   be proven
 */
export async function proveForParty(
  gateway: Reaching,
  { id, by, party }: { readonly id: string; readonly by?: string | undefined; readonly party: string },
): Promise<string> {
  const named = await gateway.store.messages.findEvidence(id);
  const seen: EvidenceRow[] = [];
  for (const row of named) if (await isParty(gateway, row, party)) seen.push(row);
  const meant = by === undefined ? seen : seen.filter((row) => signerOf(gateway, row) === by);
  const [row] = meant;
  if (row === undefined || !hasLedger(gateway))
    throw new Refusal('not-found', 'there is no such evidence for this access key');
  if (meant.length > 1)
    throw new Refusal('signer-required', 'evidence of several gateways has this id: name the signer in by');
  return makeLedgerProof(gateway, row.id);
}

async function isParty(gateway: Admitting, row: EvidenceRow, party: string): Promise<boolean> {
  if (row.sender === party || row.recipient === party) return true;
  if (row.recipient !== undefined || row.message === undefined) return false;
  return (await gateway.store.deliveries.findDelivery(row.message, party)) !== undefined;
}

/**
 * The signer of evidence. Older rows of other gateways' evidence have no `signer`; then the evidence names
 * it.
 */
function signerOf({ did }: Naming, { signer, jws }: EvidenceRow): string {
  if (signer !== undefined) return signer;
  const { payload } = peekStatement(JSON.parse(jws));
  return isObject(payload) ? String(payload['by']) : did;
}

/**
 * The inclusion proof of evidence by the key of its row.
 * @throws Refusal `not-found` until it is in the log; `ledger-refused` if it cannot be proven
 */
export async function makeLedgerProof(gateway: Verifying, key: string): Promise<string> {
  const place = hasLedger(gateway) ? await gateway.store.ledger.ledgerPlace(key) : undefined;
  if (place?.index === undefined)
    throw new Refusal('not-found', 'the evidence is not in the ledger yet; ask again in a minute');
  return proofAt(gateway, place.index);
}

async function proofAt(gateway: Storing, index: number): Promise<string> {
  const { hashes, note } = await proveLedgerPlace(gateway, index);
  return writeProof({ index, hashes, checkpoint: note });
}

/**
 * Proves an index of the log: the evidence there is the one that was entered, under a checkpoint that covers
 * it.
 * @throws Refusal `not-found` if it is not in the log yet; `ledger-refused` if it cannot be proven
 */
export async function proveLedgerPlace(gateway: Storing, index: number) {
  const [checkpoint, [leaf]] = await Promise.all([
    gateway.store.ledger.checkpointOver(index),
    gateway.store.ledger.ledgerLeaves(index, index + 1),
  ]);
  if (checkpoint === undefined) throw new Refusal('not-found', 'the evidence is not in the ledger yet');
  const note = readNote(utf8BytesOf(checkpoint.note));
  const { size, root } = readCheckpoint(note.text);
  const read = createHashReader(size, (tiles) => gateway.store.ledger.ledgerTiles(tiles));
  const hashes = await proveInclusion(index, size, read);
  // A proof that does not verify must not be served.
  if (!verifyInclusion({ leaf: hashLeaf(ledgerEntryOf(leaf?.evidence)), index, size, root }, hashes))
    throw new Refusal('ledger-refused', 'the evidence differs from its entry in the ledger');
  return { size, root, hashes, note };
}
