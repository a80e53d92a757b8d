/**
 * An independent reader: the verifier of Sigstore checks inclusion with another algorithm than that of RFC 9162 and
 * reads checkpoints with its own parser. It agrees with ours on what is valid.
 */
import { Buffer } from 'node:buffer';
import { KeyObject } from 'node:crypto';
import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosignCheckpoint } from '../../src/ledger/cosignature.ts';
import { proveInclusion, verifyInclusion } from '../../src/ledger/inclusion.ts';
import { writeNote } from '../../src/ledger/note.ts';
import { utf8BytesOf } from '../../src/ledger/note-key.ts';
import {
  addNoteSignature,
  signCheckpoint,
  verifySignedCheckpoint,
} from '../../src/ledger/signed-checkpoint.ts';
import { hashLeaf, rootOfLeaves } from '../../src/ledger/tree.ts';
import {
  createHashesOfLeaves,
  flipBit,
  inventedEntryOf,
  leafHashesOf,
  makeNoteKeyHolder,
} from '../support/ledgers.ts';
import { assertProperty } from '../support/property.ts';

const ORIGIN = 'gateway.id.test/ledger';
const log = await makeNoteKeyHolder(ORIGIN);
const witness = await makeNoteKeyHolder('gateway.my.test/witness', 'cosignature');
const known = { origin: ORIGIN, keys: [log.signer.key], witnesses: [witness.signer.key] };
const LEAVES = leafHashesOf(200);

/** Sigstore's name for an entry with its proof. */
const sigstoreEntry = (entry: Uint8Array, index: number, hashes: readonly Uint8Array[], envelope: string) =>
  ({
    canonicalizedBody: Buffer.from(entry),
    inclusionProof: {
      logIndex: String(index),
      hashes: hashes.map((hash) => Buffer.from(hash)),
      checkpoint: { envelope },
    },
  }) as unknown as Parameters<typeof verifyMerkleInclusion>[0] & Parameters<typeof verifyCheckpoint>[0];

const trusted = [
  {
    logID: Buffer.from(log.signer.key.keyId, 'hex'),
    baseURL: `https://${ORIGIN}`,
    publicKey: KeyObject.from(log.pair.publicKey),
  },
] as unknown as Parameters<typeof verifyCheckpoint>[1];

/** Both verdicts of Sigstore, one after the other. */
function sigstoreHolds(...given: Parameters<typeof sigstoreEntry>): boolean {
  const entry = sigstoreEntry(...given);
  try {
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, trusted));
    return true;
  } catch {
    return false;
  }
}

/** Both of ours. */
async function oursHolds(
  entry: Uint8Array,
  index: number,
  hashes: readonly Uint8Array[],
  envelope: string,
): Promise<boolean> {
  try {
    const { size, root } = (await verifySignedCheckpoint(utf8BytesOf(envelope), known)).checkpoint;
    return verifyInclusion({ leaf: hashLeaf(entry), index, size, root }, hashes);
  } catch {
    return false;
  }
}

async function checkpointOf(size: number): Promise<string> {
  const root = rootOfLeaves(LEAVES.slice(0, size));
  const note = await signCheckpoint({ origin: ORIGIN, size, root, extensions: [] }, [log.signer]);
  return writeNote(addNoteSignature(note, await cosignCheckpoint(note.text, 1_780_000_000, witness.signer)));
}

const leafOf = fc
  .integer({ min: 1, max: 200 })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));

describe('the verifier of Sigstore', () => {
  it('finds any entry at its index, under our signed and cosigned checkpoint', async () => {
    await assertProperty(
      fc.asyncProperty(leafOf, async ({ size, index }) => {
        const hashes = await proveInclusion(index, size, createHashesOfLeaves(LEAVES));
        const envelope = await checkpointOf(size);
        expect(sigstoreHolds(inventedEntryOf(index), index, hashes, envelope)).toBe(true);
        expect(await oursHolds(inventedEntryOf(index), index, hashes, envelope)).toBe(true);
      }),
    );
  });

  it('refuses what we refuse: another entry, index, size, hash or signature', async () => {
    const bend = fc.constantFrom('entry', 'index', 'size', 'hash', 'fewer', 'more', 'signature');
    await assertProperty(
      fc.asyncProperty(leafOf, bend, fc.nat(), async ({ size, index }, what, bit) => {
        const hashes = await proveInclusion(index, size, createHashesOfLeaves(LEAVES));
        if (hashes.length === 0 && (what === 'hash' || what === 'fewer')) return;
        const envelope = await checkpointOf(what === 'size' ? (size % 200) + 1 : size);
        const at = envelope.indexOf(ORIGIN, 10) + ORIGIN.length + 20;
        const bentHashes = {
          hash: hashes.map((hash, n) => (n === bit % hashes.length ? flipBit(hash, bit % 256) : hash)),
          fewer: hashes.slice(1),
          more: [...hashes, hashLeaf(inventedEntryOf(0))],
        };
        const turned = `${envelope.slice(0, at)}${envelope[at] === 'A' ? 'B' : 'A'}${envelope.slice(at + 1)}`;
        const bent: Parameters<typeof sigstoreEntry> = [
          inventedEntryOf(what === 'entry' ? index + 1 : index),
          what === 'index' ? index ^ 1 : index,
          what === 'hash' || what === 'fewer' || what === 'more' ? bentHashes[what] : hashes,
          what === 'signature' ? turned : envelope,
        ];
        expect(sigstoreHolds(...bent)).toBe(false);
        expect(await oursHolds(...bent)).toBe(false);
      }),
    );
  });
});
