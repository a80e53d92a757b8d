/**
 * The witness reads the logs of other gateways, checks that each only grows, cosigns, and keeps what it saw.
 * It builds its own tree from the entries and trusts no tile. If the root of that tree is the signed one,
 * everything read before is unchanged.
 */

import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Calling, Exchanging, Naming } from '../../gateway-parts.ts';
import { cosignCheckpoint } from '../../ledger/cosignature.ts';
import { extendEdge, readEdge, rootOfEdge, type TreeEdge } from '../../ledger/edge.ts';
import { isSameBytes } from '../../ledger/hash.ts';
import { writeNote } from '../../ledger/note.ts';
import {
  addNoteSignature,
  type SignedCheckpoint,
  verifySignedCheckpoint,
} from '../../ledger/signed-checkpoint.ts';
import { hashesOfTile, type TileReader } from '../../ledger/tile.ts';
import { TILE_WIDTH } from '../../ledger/tile-path.ts';
import { hashLeaf } from '../../ledger/tree.ts';
import type { CheckpointRow, LedgerWatch } from '../../store/contracts/ledger-rows.ts';
import { type LedgerFinding, raiseAlarm, signAlarmNote } from './alarm.ts';
import { fetchCheckpoint, fetchEntries, postNote, UnreachableLog } from './fetching.ts';
import { hasLedger, makeNoteSigner, noteKeysOf, originOfLedger, readPeers } from './keys.ts';

/** Bundles of 256 entries in one look: new ones to read, and old ones to compare again. */
const NEW_BUNDLES = 256;
const OLD_BUNDLES = 32;

/** A log to look at, and what was seen of it before. */
interface Log {
  readonly url: string;
  readonly origin: string;
  readonly watch: LedgerWatch;
  readonly seen: CheckpointRow | undefined;
}

/** Looks at every log that is due, all in parallel, so that none waits for a slow one. @returns how many */
export async function witnessPeers(gateway: Exchanging): Promise<number> {
  const peers = await readPeers(gateway);
  const looks = await Promise.allSettled(peers.map((peer) => lookIfDue(gateway, peer)));
  for (const one of looks) if (one.status === 'rejected') throw one.reason;
  return looks.filter((one) => one.status === 'fulfilled' && one.value).length;
}

async function lookIfDue(gateway: Exchanging, peer: GatewayDesignation): Promise<boolean> {
  const origin = originOfLedger(peer.url);
  const now = gateway.now();
  const watch = await gateway.store.ledger.claimWatch(
    origin,
    now,
    new Date(now.getTime() + gateway.pace.witness),
  );
  if (watch === undefined) return false;
  const seen = await gateway.store.ledger.lastWitnessed(origin);
  await lookAtLog(gateway, peer, { url: peer.url, origin, watch, seen });
  return true;
}

/**
 * Looks once at a log. A fault in it raises an alarm on both sides. A log that cannot be read is only logged.
 * Never throws.
 */
async function lookAtLog(gateway: Exchanging, peer: GatewayDesignation, log: Log): Promise<void> {
  try {
    const finding = await examine(gateway, peer, log);
    if (finding === undefined) {
      await gateway.store.ledger.markWatched(log.origin, gateway.now());
      return;
    }
    await raiseAlarm(gateway, log.origin, finding);
    if (hasLedger(gateway))
      await postNote(gateway, `${log.url}/ledger/alarms`, await signAlarmNote(gateway, log.origin, finding));
  } catch (fault) {
    if (fault instanceof UnreachableLog)
      gateway.log.warn('witness.unreachable', { ledger: log.origin, code: fault.code });
    else
      gateway.log.error('witness.fault', {
        ledger: log.origin,
        fault: fault instanceof Error ? fault.name : 'unknown',
      });
  }
}

async function examine(
  gateway: Exchanging,
  peer: GatewayDesignation,
  log: Log,
): Promise<LedgerFinding | undefined> {
  const bytes = await fetchCheckpoint(gateway, log.url);
  const opened = await openCheckpoint(gateway, peer, log, bytes);
  if ('code' in opened) return opened;
  const { size, root } = opened.checkpoint;
  const shown = { place: size, root, note: writeNote(opened.note) };
  const before = log.seen?.size ?? 0;
  if (size < before) return { code: 'log-shrunk', ...shown };
  if (log.seen !== undefined && size === before && !isSameBytes(root, log.seen.root))
    return { code: 'split-view', ...shown };
  const code = size > before ? await readNewEntries(gateway, log, opened) : undefined;
  if (code !== undefined) return code === 'more' ? undefined : { code, ...shown };
  const isNew = size > before || opened.cosignatures.length === 0;
  if (isNew && size > 0) await cosignAndPost(gateway, log, opened);
  return compareOldEntries(gateway, log, size);
}

/** @throws UnreachableLog if the answer is not a checkpoint: a proxy may have answered */
async function openCheckpoint(
  gateway: Naming,
  peer: GatewayDesignation,
  { origin, seen }: Log,
  bytes: Uint8Array,
): Promise<SignedCheckpoint | LedgerFinding> {
  const keys = noteKeysOf(peer.url, peer.keys.signing, 'ed25519');
  try {
    return await verifySignedCheckpoint(bytes, { origin, keys, witnesses: witnessKeys(gateway) });
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    if (fault.code !== 'ledger-refused') throw new UnreachableLog(fault.code);
    return { code: 'signature-wrong', place: seen?.size ?? 0, ...noteText(bytes) };
  }
}

const noteText = (bytes: Uint8Array) => ({ note: new TextDecoder().decode(bytes) });

const witnessKeys = (gateway: Naming) =>
  hasLedger(gateway) ? [makeNoteSigner(gateway, 'cosignature').key] : [];

/**
 * Why a log was not read to its end. `more`: one look does not suffice, and the next one goes on from there.
 */
type Stopped = 'more' | 'entries-missing' | 'history-rewritten';

/** Reads the new entries, hashes each, and compares the root of the resulting tree with the signed one. */
async function readNewEntries(
  gateway: Calling,
  log: Log,
  { checkpoint: { size, root } }: SignedCheckpoint,
): Promise<Stopped | undefined> {
  const { origin, watch, seen } = log;
  const tilesOf: TileReader = (tiles) => gateway.store.ledger.witnessedTiles(origin, tiles);
  let edge = await readEdge(Math.min(watch.read, size), tilesOf);
  let stopped: Stopped | undefined;
  for (let n = 0; edge.size < size && stopped === undefined; n += 1) {
    const next = n < NEW_BUNDLES ? await readNextBundle(gateway, log, edge, size) : 'more';
    if (typeof next === 'string') stopped = next;
    else edge = next;
  }
  if (stopped === undefined && !isSameBytes(rootOfEdge(edge), root)) stopped = 'history-rewritten';
  // Entries read after the last valid checkpoint cannot be trusted. The next look begins again at that
  // checkpoint.
  if (stopped === 'history-rewritten')
    await gateway.store.ledger.keepWitnessing({
      origin,
      readBefore: edge.size,
      read: seen?.size ?? 0,
      tiles: [],
    });
  return stopped;
}

/** Reads the bundle in which the edge ends, and keeps its new entries. */
async function readNextBundle(
  gateway: Calling,
  { url, origin }: Log,
  edge: TreeEdge,
  size: number,
): Promise<TreeEdge | Stopped> {
  const index = Math.floor(edge.size / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
  const entries = await fetchEntries(gateway, url, { index, width });
  const next = entries && extendWith(edge, entries.map(hashLeaf));
  if (next === undefined) return entries === undefined ? 'entries-missing' : 'history-rewritten';
  const row = { origin, readBefore: edge.size, read: next.edge.size, tiles: next.tiles };
  return (await gateway.store.ledger.keepWitnessing(row)) ? next.edge : 'more';
}

/**
 * Extends the edge by the leaves of its last bundle, which was read whole; undefined if leaves that were read
 * before have changed.
 */
function extendWith(edge: TreeEdge, leaves: readonly Uint8Array[]) {
  const known = edge.levels[0] ?? [];
  const same = known.every((hash, n) => isSameBytes(hash, leaves[n] ?? new Uint8Array()));
  if (!same) return undefined;
  const { edge: next, written } = extendEdge(edge, leaves.slice(known.length));
  return {
    edge: next,
    tiles: written.map(({ tile: { level, index }, bytes: hashes }) => ({ level, index, hashes })),
  };
}

/**
 * Keeps the verified checkpoint with our cosignature, and posts the cosignature to the log, which serves it
 * with its checkpoint.
 */
async function cosignAndPost(gateway: Exchanging, log: Log, { checkpoint, note }: SignedCheckpoint) {
  const { size, root } = checkpoint;
  const now = gateway.now();
  if (!hasLedger(gateway)) {
    await gateway.store.ledger.keepWitnessed(log.origin, { size, root, note: writeNote(note) }, now);
    return;
  }
  const time = Math.floor(now.getTime() / 1_000);
  const added = await cosignCheckpoint(note.text, time, makeNoteSigner(gateway, 'cosignature'));
  const row = { size, root, note: writeNote(addNoteSignature(note, added)) };
  await gateway.store.ledger.keepWitnessed(log.origin, row, now);
  const ours = writeNote({ text: note.text, signatures: [added] });
  if (!(await postNote(gateway, `${log.url}/ledger/cosignatures`, ours)))
    gateway.log.warn('witness.cosignature-not-taken', { ledger: log.origin });
}

/** Reads old entries again, a few bundles in each look, in turn, because an edit shows in what is served. */
async function compareOldEntries(
  gateway: Calling,
  log: Log,
  size: number,
): Promise<LedgerFinding | undefined> {
  const bundles = Math.ceil(size / TILE_WIDTH);
  const first = log.watch.compared < bundles ? log.watch.compared : 0;
  const end = Math.min(first + OLD_BUNDLES, bundles);
  let finding: LedgerFinding | undefined;
  for (let index = first; index < end && finding === undefined; index += 1)
    finding = await compareBundle(gateway, log, index, Math.min(TILE_WIDTH, size - index * TILE_WIDTH));
  // After a finding, the next look begins at the same place.
  if (finding === undefined) await gateway.store.ledger.moveWatch(log.origin, end);
  return finding;
}

async function compareBundle(
  gateway: Calling,
  { url, origin }: Log,
  index: number,
  width: number,
): Promise<LedgerFinding | undefined> {
  const start = index * TILE_WIDTH;
  const [bytes = new Uint8Array()] = await gateway.store.ledger.witnessedTiles(origin, [{ level: 0, index }]);
  const kept = hashesOfTile(bytes, width);
  const entries = await fetchEntries(gateway, url, { index, width });
  if (entries === undefined) return { code: 'entries-missing', place: start };
  const at = entries.findIndex((entry, n) => !isSameBytes(hashLeaf(entry), kept[n] ?? new Uint8Array()));
  return at === -1 ? undefined : { code: 'entry-changed', place: start + at };
}
