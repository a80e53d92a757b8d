/** Unauthenticated bodies cost the process little: large bodies, hostile JSON and invalid signatures, over real HTTP. */

import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { textOf } from '../../src/domain/words/long-text.ts';
import { replacePartnerSecret } from '../../src/entry/enrolling/enrol.ts';
import { SIGNED_TYPE } from '../../src/seal/sealed-message.ts';
import {
  makeWebhookKeyPair,
  makeWebhookSecret,
  readWebhookSigner,
  signWebhook,
} from '../../src/seal/webhook-signature.ts';
import { addHook } from '../support/confirmed.ts';
import {
  BYTES_PER_MIB,
  type FloodedGateway,
  repeatText,
  serveFloodedGateway,
  watchWork,
} from '../support/flood.ts';
import { designateOwnCustody, makeText, sealConsignment, signConsignment } from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';

/** As much memory as one, or twenty, may cost. */
const GROWTH = 64 * BYTES_PER_MIB;
/** Milliseconds of processor time that the gateway may spend on others before it answers one call. */
const SHARE = 2_000;

let house: Rig;
let police: KeyedPerson;
let shelter: RigPartner;
let focalPoint: Designation;

beforeAll(async () => {
  house = await makeRig();
  const officers = [{ id: 'o1', name: 'Invented Officer', role: 'officer', lang: 'en' }] as const;
  police = (await designateOwnCustody(house, { slug: 'police', country: 'KH', officers })).keys;
  shelter = await house.partner({ slug: 'shelter', name: 'Invented', country: 'KH', officers });
  focalPoint = await house.designate({ slug: 'desk', name: 'Invented', country: 'ID', officers });
  await addHook(house.gateway, focalPoint.focal_point);
});

afterAll(() => house?.close());

/** A signed consignment of so many MiB whose payload is `[[],[],…`, under a known key id and a false signature. */
function* forged(mib: number): Generator<Uint8Array> {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: SIGNED_TYPE })).toString('base64url');
  const signature = Buffer.alloc(64, 7).toString('base64url');
  const { kid } = police.signing;
  const signatures = JSON.stringify([{ protected: header, header: { kid }, signature }]);
  // `[],` three times over in base64url.
  const payload = Buffer.from('[],[],[],').toString('base64url');
  yield* repeatText(mib, payload, '{"payload":"', `","signatures":${signatures}}`);
}

/** The headers of a call that is signed by some key over something else. */
const signedByNobody = async (): Promise<Record<string, string>> =>
  signWebhook([await readWebhookSigner(makeWebhookSecret(crypto.getRandomValues(new Uint8Array(32))))], {
    id: 'call',
    timestamp: Math.floor(Date.now() / 1_000),
    body: 'something else',
  });

describe.each([
  ['a process as it is', []],
  ['a process with a heap of 512 MiB', ['--max-old-space-size=512']],
])('%s', (_name, flags) => {
  let gateway: FloodedGateway;
  const consignment = (pieces: Iterable<Uint8Array>) => gateway.post('/v1/consignments', pieces);

  beforeAll(async () => {
    gateway = await serveFloodedGateway(house, flags);
    // Once for all that is loaded and compiled at the first call.
    await consignment(forged(1));
    await consignment(repeatText(1, '[],', '[', '[]]'));
  });
  afterAll(() => gateway?.close());

  test.each([4, 40, 60])('refuses %i MiB of `[],` while it is read', async (mib) => {
    const seen = await watchWork(gateway, () => consignment(repeatText(mib, '[],', '[', '[]]')));
    expect(seen.result).toMatchObject({ status: 413, code: 'too-large' });
    expect(seen.grown).toBeLessThan(GROWTH);
    expect(seen.longest).toBeLessThan(SHARE);
  });

  test.each([4, 40, 60])('refuses a payload of %i MiB of it by the signature alone', async (mib) => {
    const seen = await watchWork(gateway, () => consignment(forged(mib)));
    expect(seen.result).toMatchObject({ status: 401, code: 'signature-invalid' });
    expect(seen.grown).toBeLessThan(GROWTH);
    expect(seen.longest).toBeLessThan(SHARE);
  });

  test('refuses a million members', async () => {
    const seen = await watchWork(gateway, () => consignment(repeatText(8, '"b":0,', '{"a":0,', '"c":0}')));
    expect(seen.result).toMatchObject({ status: 413, code: 'too-large' });
    expect(seen.grown).toBeLessThan(GROWTH);
  });

  test('refuses a post of 14 MiB by the signature alone', async () => {
    const headers = await signedByNobody();
    const path = '/v1/focal-points/shelter/messages';
    const seen = await watchWork(gateway, () =>
      gateway.post(path, repeatText(14, '[],', '[', '[]]'), headers),
    );
    expect(seen.result).toMatchObject({ status: 401, code: 'signature-invalid' });
    expect(seen.grown).toBeLessThan(GROWTH);
  });

  test.runIf(flags.length > 0)(
    'refuses twenty of 60 MiB at once, and leaves nothing of them on disk',
    async () => {
      const all = () => Promise.all(Array.from({ length: 20 }, () => consignment(forged(60))));
      const seen = await watchWork(gateway, all);
      expect([...new Set(seen.result.map((one) => one.code))]).toEqual(['signature-invalid']);
      expect(seen.grown).toBeLessThan(GROWTH);
      expect(seen.longest).toBeLessThan(SHARE);
      expect(readdirSync(`${gateway.home}/tmp`)).toEqual([]);
    },
  );
});

describe('valid bodies are accepted, however large', () => {
  let gateway: FloodedGateway;
  /** More than is held in memory, and a third of what a message may have. */
  const base64 = Buffer.alloc(3 * BYTES_PER_MIB, 7);

  beforeAll(async () => {
    gateway = await serveFloodedGateway(house);
  });
  afterAll(() => gateway?.close());

  test('a consignment of 9 MiB', async () => {
    const scan = { id: 'a1', filename: 'scan.pdf', media_type: 'application/pdf', byte_count: base64.length };
    const attachments = [{ ...scan, data: { base64: base64.toString('base64url') } }];
    const message = makeText(police.did, [focalPoint.focal_point], house.gateway.now(), { attachments });
    const text = JSON.stringify(
      await signConsignment(police, await sealConsignment(police, message, [focalPoint])),
    );
    expect(text.length).toBeGreaterThan(9 * BYTES_PER_MIB);
    const [taken, again] = [
      await gateway.post('/v1/consignments', [Buffer.from(text)]),
      await gateway.post('/v1/consignments', [Buffer.from(text)]),
    ];
    expect([taken.status, again.status]).toEqual([202, 200]);
    const kept = await house.gateway.store.content.consignment(message.id);
    expect(textOf(kept ?? '') === text).toBe(true);
  });

  test.each([
    ['v1', async () => shelter.secret],
    [
      'v1a',
      async () => {
        const pair = await makeWebhookKeyPair(crypto.getRandomValues(new Uint8Array(32)));
        await replacePartnerSecret(house.gateway, shelter.designation.focal_point, pair.public);
        return pair.secret;
      },
    ],
  ])('a post of 4 MiB signed by %s', async (version, secretOf) => {
    const secret = await secretOf();
    const attachments = [
      { filename: 'scan.pdf', media_type: 'application/pdf', base64: base64.toString('base64') },
    ];
    const post = {
      to: ['desk'],
      type: 'text',
      urgency: 'routine',
      handling: 'H0',
      lang: 'en',
      body: { text: 'it' },
    };
    const body = JSON.stringify({ ...post, attachments });
    const timestamp = Math.floor(Date.now() / 1_000);
    const headers = await signWebhook([await readWebhookSigner(secret)], {
      id: `large-${version}`,
      timestamp,
      body,
    });
    const answer = await gateway.post('/v1/focal-points/shelter/messages', [Buffer.from(body)], headers);
    expect(answer.status).toBe(202);
  });
});
