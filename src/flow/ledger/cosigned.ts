/** Takes other gateways' cosignatures of our checkpoints. */
import { Refusal } from '../../domain/words/error.ts';
import type { Verifying } from '../../gateway-parts.ts';
import { readCheckpoint } from '../../ledger/checkpoint.ts';
import { createCosignatureVerifier, timeOfCosignature } from '../../ledger/cosignature.ts';
import { readNote, verifyNote, writeNote } from '../../ledger/note.ts';
import { utf8BytesOf } from '../../ledger/note-key.ts';
import { addNoteSignature } from '../../ledger/signed-checkpoint.ts';
import { noteKeysOf, originOfLedger, readPeers } from './keys.ts';

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
