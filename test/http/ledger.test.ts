/** The log over HTTP: what it serves verifies with our readers and with Sigstore's, and nothing is accepted unproven. */
import { KeyObject } from 'node:crypto';
import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extendLedger, ledgerEntryOf } from '../../src/flow/ledger/ledger.ts';
import { cosignCheckpoint } from '../../src/ledger/cosignature.ts';
import { proveInclusion } from '../../src/ledger/inclusion.ts';
import { readNote, writeNote } from '../../src/ledger/note.ts';
import { readNoteKey, signNoteText, utf8BytesOf } from '../../src/ledger/note-key.ts';
import { readProof, verifyProof } from '../../src/ledger/proof.ts';
import { verifySignedCheckpoint } from '../../src/ledger/signed-checkpoint.ts';
import { createHashReader, hashesOfTile } from '../../src/ledger/tile.ts';
import { pathOfTile } from '../../src/ledger/tile-path.ts';
import { hashLeaf, rootOfLeaves } from '../../src/ledger/tree.ts';
import { importPublicKey } from '../../src/seal/keys.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { makeNoteKeyHolder } from '../support/ledgers.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import {
  describeKnownLog,
  fetchBytes,
  fetchFrom,
  fetchLogEntries,
  issueMany,
  issueUpTo,
} from '../support/watched-logs.ts';

const SIZE = 300;
let house: Rig;
let shelter: RigPartner;
let focalPoint: RigPartner;
let other: RigPartner;
let message: string;

beforeAll(async () => {
  house = await makeRig();
  const officers = [makeOfficer()];
  shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  focalPoint = await house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  other = await house.partner({ slug: 'other', name: 'Other', country: 'ID', officers });
  await addHook(house.gateway, focalPoint.designation.focal_point, { address: 'https://desk.test/' });
  message = await postMessage(shelter, makeReportPost(['desk']));
  await issueUpTo(house, SIZE);
  await extendLedger(house.gateway);
  await issueMany(house, 1);
});
afterAll(() => house.close());

const checkpointText = async () => (await fetchFrom(house, '/ledger/checkpoint')).text();
const opened = async () =>
  verifySignedCheckpoint(utf8BytesOf(await checkpointText()), describeKnownLog(house));

test('the checkpoint is signed by the key at /ledger/vkey, which is the evidence key', async () => {
  const { checkpoint } = await opened();
  expect(checkpoint).toMatchObject({ origin: 'gateway.test/ledger', size: SIZE });
  const vkey = await (await fetchFrom(house, '/ledger/vkey')).text();
  expect(readNoteKey(vkey.trimEnd())).toEqual(describeKnownLog(house).keys[0]);
});

test('our reader computes the signed root from tiles and entries', async () => {
  const { size, root } = (await opened()).checkpoint;
  const bundles = [await fetchLogEntries(house, 256)];
  const last = await fetchBytes(house, `/ledger/tile/entries/001.p/${SIZE - 256}`);
  expect(last.length).toBe((SIZE - 256) * (2 + 48));
  const hashes = [
    ...hashesOfTile(await fetchBytes(house, '/ledger/tile/0/000'), 256),
    ...hashesOfTile(await fetchBytes(house, `/ledger/tile/0/001.p/${SIZE - 256}`), SIZE - 256),
  ];
  expect(hashes.slice(0, 256)).toEqual(bundles.flat().map(hashLeaf));
  expect(rootOfLeaves(hashes)).toEqual(root);
  expect(hashesOfTile(await fetchBytes(house, '/ledger/tile/1/000.p/1'), 1)).toEqual([
    rootOfLeaves(hashes.slice(0, 256)),
  ]);
  const read = createHashReader(size, (tiles) =>
    Promise.all(tiles.map((one) => fetchBytes(house, `/ledger/${pathOfTile(one)}`))),
  );
  expect(await proveInclusion(299, size, read)).toHaveLength(5);
});

test('narrower partial tiles are still served, unchanged', async () => {
  expect(await fetchBytes(house, '/ledger/tile/0/001.p/3')).toHaveLength(96);
  expect(await fetchLogEntries(house, 5)).toHaveLength(5);
  const tile = await fetchFrom(house, '/ledger/tile/0/000');
  expect(tile.headers.get('content-type')).toBe('application/octet-stream');
  expect(tile.headers.get('cache-control')).toContain('immutable');
  expect((await fetchFrom(house, '/ledger/tile/entries/000')).headers.get('cache-control')).toBe('no-cache');
  expect((await fetchFrom(house, '/ledger/checkpoint')).headers.get('content-type')).toMatch(/^text\/plain/);
});

test.each([
  '/ledger/tile/0/001',
  '/ledger/tile/0/001.p/45',
  '/ledger/tile/entries/001.p/45',
  '/ledger/tile/entries/002.p/1',
  '/ledger/tile/1/000',
  '/ledger/tile/2/000.p/1',
  '/ledger/tile/63/000.p/1',
  '/ledger/tile/0/0',
  '/ledger/tile/0/x000/000',
  '/ledger/tile/0/000.p/0',
  '/ledger/tile/0/000.p/256',
  '/ledger/tile/00/000',
  '/ledger/tile/entries',
  '/ledger/tile/',
])('%s is not served', async (path) => {
  expect((await fetchFrom(house, path)).status).toBe(404);
});

const proofOf = (partner: RigPartner, id: string) =>
  house.app.request(`${house.gateway.url}/v1/evidence/${id}/proof`, {
    headers: { authorization: `Bearer ${partner.accessKey}` },
  });

/** The first evidence of the message: its submission acceptance. */
const receipt = async () => {
  const { evidence } = await (await shelter.status(message)).json();
  return { jws: evidence[0], id: (peekStatement(evidence[0]).payload as { id: string }).id };
};

test('a party gets the proof of its evidence, and Sigstore verifies it, too', async () => {
  const { id, jws } = await receipt();
  const entry = ledgerEntryOf({ jws: JSON.stringify(jws) });
  for (const party of [shelter, focalPoint]) {
    const response = await proofOf(party, id);
    const proof = readProof(utf8BytesOf(await response.text()));
    expect((await verifyProof(proof, entry, describeKnownLog(house))).checkpoint.size).toBe(SIZE);
    const sigstore = {
      canonicalizedBody: Buffer.from(entry),
      inclusionProof: {
        logIndex: String(proof.index),
        hashes: proof.hashes.map((hash) => Buffer.from(hash)),
        checkpoint: { envelope: writeNote(proof.checkpoint) },
      },
    } as unknown as Parameters<typeof verifyMerkleInclusion>[0] & Parameters<typeof verifyCheckpoint>[0];
    const key = await importPublicKey(house.gateway.key.publicJwk, 'EdDSA');
    const trusted = [
      {
        logID: Buffer.from(describeKnownLog(house).keys[0]?.keyId ?? '', 'hex'),
        baseURL: 'https://gateway.test/ledger',
        publicKey: KeyObject.from(key),
      },
    ] as unknown as Parameters<typeof verifyCheckpoint>[1];
    expect(() => verifyMerkleInclusion(sigstore, verifyCheckpoint(sigstore, trusted))).not.toThrow();
  }
});

test('nobody else gets it, and nobody before it is in the ledger', async () => {
  const { id } = await receipt();
  expect((await proofOf(other, id)).status).toBe(404);
  expect((await proofOf(shelter, 'f'.repeat(32))).status).toBe(404);
  expect((await proofOf(shelter, 'x')).status).toBe(404);
  expect((await fetchFrom(house, `/v1/evidence/${id}/proof`)).status).toBe(401);
  const [row] = await house.database.sql`select id from evidence order by seq desc limit 1`;
  const early = await house.app.request(`${house.gateway.url}/v1/evidence/${row?.['id']}/proof`, {
    headers: { authorization: `Bearer ${shelter.accessKey}` },
  });
  expect([early.status, (await early.json()).detail]).toEqual([404, expect.stringContaining('minute')]);
});

const post = (path: string, body: string, type = 'text/plain') =>
  house.app.request(`${house.gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });

test('a note from anybody except a designated gateway changes nothing', async () => {
  const before = await checkpointText();
  const stranger = await makeNoteKeyHolder('stranger.test/witness', 'cosignature');
  const note = readNote(utf8BytesOf(before));
  const signature = await cosignCheckpoint(note.text, 1_780_000_000, stranger.signer);
  const unknown = await post('/ledger/cosignatures', writeNote({ text: note.text, signatures: [signature] }));
  expect([unknown.status, (await unknown.json()).type]).toEqual([422, 'urn:amanat:problem:ledger-refused']);
  expect((await post('/ledger/cosignatures', before)).status).toBe(422);
  expect((await post('/ledger/cosignatures', 'no note')).status).toBe(422);
  expect((await post('/ledger/cosignatures', before, 'application/json')).status).toBe(415);
  expect((await post('/ledger/cosignatures', 'a'.repeat(20_000))).status).toBe(413);
  const teller = await makeNoteKeyHolder('stranger.test/ledger');
  const text = 'amanat-alarm/v1\ngateway.test/ledger\nsplit-view\n3\n';
  const alarm = writeNote({ text, signatures: [await signNoteText(text, teller.signer)] });
  expect((await post('/ledger/alarms', alarm)).status).toBe(422);
  expect(await checkpointText()).toBe(before);
  expect(await (await fetchFrom(house, '/readyz')).json()).toMatchObject({ alarms: 0 });
});

test('an empty ledger serves a checkpoint of size 0', async () => {
  const fresh = await makeRig();
  const { checkpoint } = await verifySignedCheckpoint(
    await fetchBytes(fresh, '/ledger/checkpoint'),
    describeKnownLog(fresh),
  );
  expect(checkpoint.size).toBe(0);
  await fresh.close();
});
