/** Checkpoints, cosignatures and proofs for outsiders, from a growing log to a verdict offline. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../../src/ledger/checkpoint.ts';
import {
  cosignCheckpoint,
  createCosignatureVerifier,
  timeOfCosignature,
} from '../../src/ledger/cosignature.ts';
import { proveInclusion } from '../../src/ledger/inclusion.ts';
import { verifyNote, writeNote } from '../../src/ledger/note.ts';
import { signNoteText, utf8BytesOf } from '../../src/ledger/note-key.ts';
import { readProof, verifyProof, writeProof } from '../../src/ledger/proof.ts';
import {
  addNoteSignature,
  signCheckpoint,
  verifySignedCheckpoint,
} from '../../src/ledger/signed-checkpoint.ts';
import { rootOfLeaves } from '../../src/ledger/tree.ts';
import {
  createHashesOfLeaves,
  flipBit,
  inventedEntryOf,
  leafHashesOf,
  makeNoteKeyHolder,
} from '../support/ledgers.ts';
import { catchRefusal } from '../support/people.ts';
import { assertProperty } from '../support/property.ts';

const ORIGIN = 'gateway.id.test/ledger';
const TIME = 1_780_000_000;
const log = await makeNoteKeyHolder(ORIGIN);
const witness = await makeNoteKeyHolder('gateway.my.test/witness', 'cosignature');
const known = { origin: ORIGIN, keys: [log.signer.key], witnesses: [witness.signer.key] };

const leaves = leafHashesOf(11);
const checkpoint: Checkpoint = { origin: ORIGIN, size: 11, root: rootOfLeaves(leaves), extensions: [] };
const alone = await signCheckpoint(checkpoint, [log.signer]);
const cosignature = await cosignCheckpoint(alone.text, TIME, witness.signer);
const cosigned = addNoteSignature(alone, cosignature);
const ROOT = Buffer.from(checkpoint.root).toString('base64');

describe('a checkpoint', () => {
  it('is read as it was written', () => {
    const any = fc.record({
      origin: fc.constantFrom(ORIGIN, 'a b', 'ភ្នំពេញ'),
      size: fc.maxSafeNat().filter((size) => size > 0),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      extensions: fc.array(fc.constantFrom('x', '— x AAAAAAA=', ' '), { maxLength: 3 }),
    });
    assertProperty(
      fc.property(any, (one) => {
        expect(readCheckpoint(writeCheckpoint(one))).toEqual(one);
      }),
    );
    const empty = { origin: ORIGIN, size: 0, root: rootOfLeaves([]), extensions: [] };
    expect(readCheckpoint(writeCheckpoint(empty))).toEqual(empty);
  });

  it.each([
    ['nothing', ''],
    ['no root', `${ORIGIN}\n11\n`],
    ['an empty origin', `\n11\n${ROOT}\n`],
    ['no newline at the end', `${ORIGIN}\n11\n${ROOT}`],
    ['an empty line', `${ORIGIN}\n11\n${ROOT}\n\n`],
    ['a leading zero', `${ORIGIN}\n011\n${ROOT}\n`],
    ['a sign', `${ORIGIN}\n+11\n${ROOT}\n`],
    ['a fraction', `${ORIGIN}\n1.5\n${ROOT}\n`],
    ['an exponent', `${ORIGIN}\n1e3\n${ROOT}\n`],
    ['hex', `${ORIGIN}\n0x11\n${ROOT}\n`],
    ['other digits', `${ORIGIN}\n١١\n${ROOT}\n`],
    ['a space', `${ORIGIN}\n11 \n${ROOT}\n`],
    ['a size of 2^53', `${ORIGIN}\n9007199254740992\n${ROOT}\n`],
    ['a size without end', `${ORIGIN}\n${'9'.repeat(100_000)}\n${ROOT}\n`],
    ['a short root', `${ORIGIN}\n11\n${Buffer.alloc(31).toString('base64')}\n`],
    ['a long root', `${ORIGIN}\n11\n${Buffer.alloc(33).toString('base64')}\n`],
    ['an unpadded root', `${ORIGIN}\n11\n${ROOT.slice(0, -1)}\n`],
    ['some root of nothing', `${ORIGIN}\n0\n${ROOT}\n`],
    ['lines without end', `${ORIGIN}\n11\n${ROOT}\n${'x\n'.repeat(98)}`],
  ])('is refused with %s', async (_, text) => {
    expect(await catchRefusal(() => readCheckpoint(text))).toBe('ledger-malformed');
  });

  it.each([
    { origin: 'a\nb' },
    { origin: '' },
    { size: -1 },
    { size: 1.5 },
    { size: 2 ** 53 },
    { size: 0 },
    { root: Buffer.alloc(20) },
    { extensions: [''] },
    { extensions: ['a\nb'] },
  ])('is not written with %j', async (wrong) => {
    expect(await catchRefusal(() => writeCheckpoint({ ...checkpoint, ...wrong }))).toBe('ledger-malformed');
  });
});

describe('a cosignature', () => {
  it('carries its time in eight bytes, and signs time and text', async () => {
    expect(Buffer.from(cosignature.signature.subarray(0, 8)).readBigUInt64BE()).toBe(BigInt(TIME));
    expect(timeOfCosignature(cosignature)).toBe(TIME);
    const verifier = createCosignatureVerifier(witness.signer.key);
    const message = utf8BytesOf(`cosignature/v1\ntime ${TIME}\n${alone.text}`);
    const bare = cosignature.signature.slice(8);
    expect(await crypto.subtle.verify('Ed25519', witness.pair.publicKey, bare, message)).toBe(true);
    expect(await verifier.verify(alone.text, cosignature.signature)).toBe(true);
    expect(await verifier.verify(`${alone.text}x\n`, cosignature.signature)).toBe(false);
    for (let bit = 0; bit < 576; bit += 1)
      expect(await verifier.verify(alone.text, flipBit(cosignature.signature, bit))).toBe(false);
    for (const length of [0, 8, 64, 71])
      expect(await verifier.verify(alone.text, cosignature.signature.slice(0, length))).toBe(false);
  });

  it('is not accepted as a log’s signature, nor the reverse', async () => {
    const bare = { ...cosignature, signature: cosignature.signature.slice(8) };
    const note = addNoteSignature(alone, bare);
    expect(await catchRefusal(() => verifyNote(note, [createCosignatureVerifier(witness.signer.key)]))).toBe(
      'ledger-refused',
    );
    expect(await catchRefusal(() => timeOfCosignature(bare))).toBe('ledger-malformed');
    expect(await catchRefusal(() => cosignCheckpoint(alone.text, TIME, log.signer))).toBe('ledger-malformed');
    expect(await catchRefusal(() => createCosignatureVerifier(log.signer.key))).toBe('ledger-malformed');
  });

  it('is made only for checkpoints, at a possible time', async () => {
    expect(await catchRefusal(() => cosignCheckpoint('text\n', TIME, witness.signer))).toBe(
      'ledger-malformed',
    );
    for (const time of [-1, 1.5, Number.NaN, 2 ** 53])
      await expect(cosignCheckpoint(alone.text, time, witness.signer)).rejects.toThrow(RangeError);
  });
});

describe('a signed checkpoint', () => {
  const open = (note = cosigned, log = known) => verifySignedCheckpoint(utf8BytesOf(writeNote(note)), log);

  it('is verified together with its cosignatures', async () => {
    const { key } = witness.signer;
    const by = { name: key.name, keyId: key.keyId, time: TIME };
    expect(await open()).toMatchObject({ checkpoint, cosignatures: [by], strangers: 0 });
    expect(await open(alone)).toMatchObject({ checkpoint, cosignatures: [], strangers: 0 });
    expect(await open(cosigned, { ...known, witnesses: [] })).toMatchObject({
      cosignatures: [],
      strangers: 1,
    });
  });

  it('keeps only a witness’s newest cosignature', async () => {
    const again = addNoteSignature(cosigned, await cosignCheckpoint(alone.text, TIME + 60, witness.signer));
    expect((await open(again)).cosignatures).toMatchObject([{ time: TIME + 60 }]);
  });

  it('is refused without the log’s own signature, of another log, or unsigned', async () => {
    const other = await makeNoteKeyHolder('gateway.kh.test/ledger');
    const only = { ...cosigned, signatures: [cosignature] };
    expect(await catchRefusal(() => open(only))).toBe('ledger-refused');
    expect(await catchRefusal(() => open(cosigned, { ...known, origin: 'gateway.kh.test/ledger' }))).toBe(
      'ledger-refused',
    );
    expect(
      await catchRefusal(() => open(cosigned, { ...known, keys: [other.signer.key], witnesses: [] })),
    ).toBe('ledger-refused');
    const text = 'not a checkpoint\n';
    const note = { text, signatures: [await signNoteText(text, log.signer)] };
    expect(await catchRefusal(() => open(note))).toBe('ledger-malformed');
  });
});

const hashes = await proveInclusion(4, 11, createHashesOfLeaves(leaves));

describe('a proof for outsiders', () => {
  const proof = { index: 4, hashes, checkpoint: cosigned };
  const text = writeProof(proof);
  const judge = async (bytes: Uint8Array, entry = inventedEntryOf(4)) =>
    verifyProof(readProof(bytes), entry, known);

  it('is the text of C2SP tlog-proof, and proves its entry', async () => {
    expect(text.split('\n').slice(0, 8)).toEqual([
      'c2sp.org/tlog-proof@v1',
      'index 4',
      ...hashes.map((hash) => Buffer.from(hash).toString('base64')),
      '',
      ORIGIN,
    ]);
    expect(readProof(utf8BytesOf(text))).toEqual(proof);
    expect(await judge(utf8BytesOf(text))).toMatchObject({ checkpoint, cosignatures: [{ time: TIME }] });
  });

  it('proves no other entry', async () => {
    expect(await catchRefusal(() => judge(utf8BytesOf(text), inventedEntryOf(5)))).toBe('ledger-refused');
    const moved = utf8BytesOf(writeProof({ ...proof, index: 5 }));
    expect(await catchRefusal(() => judge(moved))).toBe('ledger-refused');
  });

  it('with one bit changed is refused, or counts the changed signature as unknown', async () => {
    const bytes = utf8BytesOf(text);
    let strangers = 0;
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const verdict = await judge(flipBit(bytes, bit)).catch((refused: unknown) => refused);
      if (verdict instanceof Error) expect(verdict.message).toMatch(/^ledger-(?:refused|malformed): /);
      else expect(verdict).toMatchObject({ cosignatures: [], strangers: 1 });
      strangers += verdict instanceof Error ? 0 : 1;
    }
    // Only the witness's name and key id can be turned into a stranger's.
    expect(strangers).toBeLessThan((witness.signer.key.name.length + 6) * 8);
  });

  it('skips extra data, because nobody has signed it', () => {
    const extra = text.replace('index', 'extra YWdl\nindex');
    expect(readProof(utf8BytesOf(extra))).toEqual(proof);
  });

  it.each([
    ['nothing', ''],
    ['another version', text.replace('@v1', '@v2')],
    ['no index', text.replace('index 4\n', '')],
    ['a leading zero', text.replace('index 4', 'index 04')],
    ['extra data that is not base64', text.replace('index', 'extra ?\nindex')],
    ['extra data twice', text.replace('index', 'extra YWdl\nextra YWdl\nindex')],
    ['a short hash', text.replace('index 4', `index 4\n${Buffer.alloc(31).toString('base64')}`)],
    ['54 hashes', text.replace('index 4', `index 4${`\n${ROOT}`.repeat(54)}`)],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n') + 2)],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
  ])('is refused with %s', async (_, wrong) => {
    expect(await catchRefusal(() => readProof(utf8BytesOf(wrong)))).toBe('ledger-malformed');
  });

  it('has bounds', async () => {
    expect(await catchRefusal(() => readProof(new Uint8Array(1_100_001)))).toBe('too-large');
  });
});
