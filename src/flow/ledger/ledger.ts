import { Refusal } from '../../domain/words/error.ts';
import type { Issuing, Naming, Verifying } from '../../gateway-parts.ts';
import { readCheckpoint } from '../../ledger/checkpoint.ts';
import { createCosignatureVerifier, timeOfCosignature } from '../../ledger/cosignature.ts';
import { EMPTY_EDGE, extendEdge, readEdge, rootOfEdge, type TreeEdge } from '../../ledger/edge.ts';
import { ERASED_ENTRY, entryOfEvidence } from '../../ledger/entry.ts';
import { isSameBytes } from '../../ledger/hash.ts';
import { isSignatureBy, readNote, verifyNote, writeNote } from '../../ledger/note.ts';
import { signNoteText, utf8BytesOf } from '../../ledger/note-key.ts';
import { addNoteSignature, signCheckpoint } from '../../ledger/signed-checkpoint.ts';
import { EMPTY_FRONTIER, hashLeaf, rootOfFrontier } from '../../ledger/tree.ts';
import { digestOfPayload, peekStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import type {
  CheckpointRow,
  LedgerBatch,
  LedgerEnd,
  Unsequenced,
} from '../../store/contracts/ledger-rows.ts';
import { raiseAlarm } from './alarm.ts';
import { hasLedger, makeNoteSigner, noteKeysOf, originOfLedger, readPeers } from './keys.ts';

/** Leaves in one batch, which is one transaction and one checkpoint. */
const BATCH = 1_024;

/** The entry of evidence as kept now; {@link ERASED_ENTRY} if it is no longer evidence. */
export function ledgerEntryOf(evidence: { readonly jws: string } | undefined): Uint8Array {
  if (evidence === undefined) return ERASED_ENTRY;
  try {
    const jws: unknown = JSON.parse(evidence.jws);
    const { payload } = peekStatement(jws);
    const id = isObject(payload) ? String(payload['id']) : '';
    return entryOfEvidence(id, digestOfPayload(jws as Parameters<typeof digestOfPayload>[0]));
  } catch {
    return ERASED_ENTRY;
  }
}

async function signedCheckpoint(gateway: Naming, size: number, root: Uint8Array): Promise<string> {
  const checkpoint = { origin: originOfLedger(gateway.url), size, root, extensions: [] };
  return writeNote(await signCheckpoint(checkpoint, [makeNoteSigner(gateway, 'ed25519')]));
}

/**
 * The newest signed checkpoint with its cosignatures; an empty one before the first. If the key was replaced
 * since, the new key signs beside the old one, because readers may know either.
 */
export async function readNewestCheckpoint(gateway: Issuing): Promise<string> {
  const last = await gateway.store.ledger.ledgerCheckpoint();
  if (last === undefined) return signedCheckpoint(gateway, 0, rootOfFrontier(EMPTY_FRONTIER));
  const note = readNote(utf8BytesOf(last.note));
  const signer = makeNoteSigner(gateway, 'ed25519');
  if (note.signatures.some((one) => isSignatureBy(signer.key, one))) return last.note;
  return writeNote(addNoteSignature(note, await signNoteText(note.text, signer)));
}

/**
 * Adds kept evidence that is not in the log yet, and signs a checkpoint. If another process does so now, does
 * nothing. If the end of the log differs from the signed root, adds nothing to it.
 * @returns number of entries added
 */
export async function extendLedger(gateway: Issuing): Promise<number> {
  if (!hasLedger(gateway)) return 0;
  let all = 0;
  let added = BATCH;
  while (added === BATCH) {
    added = 0;
    let broken: CheckpointRow | undefined;
    await gateway.store.ledger.extendLedger(gateway.now(), BATCH, async (end) => {
      if (end.waiting.length === 0) return undefined;
      const edge = await readSignedEdge(end);
      if (edge === undefined) broken = end.last;
      else added = end.waiting.length;
      return edge && batchOf(gateway, edge, end.waiting);
    });
    if (broken !== undefined) await raiseBroken(gateway, broken);
    all += added;
  }
  return all;
}

/** The end of the log; undefined if its tiles are missing or do not have the signed root. */
async function readSignedEdge({ last, readTiles }: LedgerEnd): Promise<TreeEdge | undefined> {
  if (last === undefined) return EMPTY_EDGE;
  const edge = await readEdge(last.size, readTiles).catch(() => undefined);
  return edge !== undefined && isSameBytes(rootOfEdge(edge), last.root) ? edge : undefined;
}

const raiseBroken = (gateway: Issuing, { size, root, note }: CheckpointRow): Promise<void> =>
  raiseAlarm(gateway, originOfLedger(gateway.url), { code: 'ledger-broken', place: size, root, note });

async function batchOf(
  gateway: Naming,
  before: TreeEdge,
  waiting: readonly Unsequenced[],
): Promise<LedgerBatch> {
  const { edge, written } = extendEdge(
    before,
    waiting.map((one) => hashLeaf(ledgerEntryOf(one))),
  );
  const root = rootOfEdge(edge);
  return {
    evidence: waiting.map((one) => one.id),
    tiles: written.map(({ tile: { level, index }, bytes: hashes }) => ({ level, index, hashes })),
    checkpoint: { size: edge.size, root, note: await signedCheckpoint(gateway, edge.size, root) },
    seq: Math.max(...waiting.map((one) => one.seq)),
  };
}

/** Seconds by which a witness's clock may differ. */
const TOLERANCE = 300;

/**
 * Adds cosignatures of designated gateways to the served checkpoint. Nobody has to be authenticated: a
 * cosignature proves its signer.
 * @throws Refusal `ledger-malformed`, `too-large`; `ledger-refused` if no designated gateway signed it, its
 *   time is too far from now, or the checkpoint is not ours
 */
export async function takeCosignature(gateway: Verifying, bytes: Uint8Array): Promise<void> {
  const note = readNote(bytes);
  const peers = await readPeers(gateway);
  const keys = peers.flatMap((one) => noteKeysOf(one.url, one.keys.signing, 'cosignature'));
  const verified = await verifyNote(note, keys.map(createCosignatureVerifier));
  const now = gateway.now().getTime() / 1_000;
  if (verified.some((one) => Math.abs(timeOfCosignature(one) - now) > TOLERANCE))
    throw new Refusal('ledger-refused', 'the time of a cosignature is too far from now');
  const { origin, size } = readCheckpoint(note.text);
  if (origin !== originOfLedger(gateway.url))
    throw new Refusal('ledger-refused', 'the note is not about this log');
  const isOurs = await gateway.store.ledger.cosignCheckpoint(size, (kept) => {
    const ours = readNote(utf8BytesOf(kept));
    if (ours.text !== note.text)
      throw new Refusal('ledger-refused', 'the log signed another checkpoint of this size');
    return writeNote(verified.reduce(addNoteSignature, ours));
  });
  if (!isOurs) throw new Refusal('ledger-refused', 'the log has not signed a checkpoint of this size');
}
