/** Partners' keys: both kinds of signature, in both directions, and rotation with overlap. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replacePartnerSecret } from '../../src/entry/enrolling/enrol.ts';
import {
  makeWebhookKeyPair,
  readWebhookSigner,
  readWebhookVerifier,
  signWebhook,
  verifyWebhook,
} from '../../src/seal/webhook-signature.ts';
import { addHook } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';

let house: Rig;
let peer: HttpPeer;
let shelter: RigPartner;
let focalPoint: RigPartner;
let keys: { secret?: string; publicKey?: string };

const officer = { id: 'o1', name: 'Sok Invented', role: 'officer', lang: 'km' } as const;
const post = {
  to: ['desk'],
  type: 'text',
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  body: { text: 'Invented.' },
};

beforeAll(async () => {
  peer = await startPeer();
  house = await makeRig({ allow: [peer.host] });
  shelter = await house.partner({
    slug: 'shelter',
    name: 'Invented Shelter',
    country: 'KH',
    officers: [officer],
  });
  focalPoint = await house.partner({
    slug: 'desk',
    name: 'Invented Desk',
    country: 'ID',
    officers: [officer],
  });
  keys = await addHook(house.gateway, focalPoint.designation.focal_point, { address: peer.url });
});

afterAll(async () => {
  await house?.close();
  await peer?.close();
});

/** Posts with any signing key. */
async function postWith(signer: string): Promise<number> {
  const body = JSON.stringify(post);
  const at = Math.floor(house.gateway.now().getTime() / 1_000);
  const signed = await signWebhook([await readWebhookSigner(signer)], {
    id: house.gateway.newId(),
    timestamp: at,
    body,
  });
  const headers = { 'content-type': 'application/json', ...signed };
  const url = `${GATEWAY_URL}/v1/focal-points/shelter/messages`;
  return (await house.app.request(url, { method: 'POST', headers, body })).status;
}

test('a call is signed both ways: with the shared secret, and for the public key', async () => {
  await shelter.post('messages', post);
  await house.drain();
  const call = peer.received[0];
  expect(call?.headers['webhook-signature']).toMatch(/(^| )v1,\S+( |$)/);
  expect(call?.headers['webhook-signature']).toMatch(/(^| )v1a,\S+( |$)/);
  for (const key of [keys.secret, keys.publicKey]) {
    const headers = new Headers(call?.headers as Record<string, string>);
    const proven = verifyWebhook(
      [await readWebhookVerifier(key ?? '')],
      headers,
      call?.body ?? Buffer.alloc(0),
      house.gateway.now(),
    );
    await expect(proven).resolves.toMatchObject({ id: call?.headers['webhook-id'] });
  }
});

test('a partner brings a public key; the old secret works two weeks more, and not a day longer', async () => {
  const pair = await makeWebhookKeyPair(crypto.getRandomValues(new Uint8Array(32)));
  expect(await postWith(pair.secret)).toBe(401);
  expect(
    await replacePartnerSecret(house.gateway, shelter.designation.focal_point, pair.public),
  ).toBeUndefined();
  expect([await postWith(pair.secret), await postWith(shelter.secret)]).toEqual([202, 202]);
  house.pass(15 * 86_400);
  expect([await postWith(pair.secret), await postWith(shelter.secret)]).toEqual([202, 401]);
});

test('an invalid key is refused, and the existing keys stay', async () => {
  const before = await house.gateway.store.secrets.secretsInUse(
    shelter.designation.focal_point,
    'webhook-inbound',
    house.gateway.now(),
  );
  await expect(
    replacePartnerSecret(house.gateway, shelter.designation.focal_point, 'whpk_short'),
  ).rejects.toMatchObject({ code: 'configuration' });
  expect(
    await house.gateway.store.secrets.secretsInUse(
      shelter.designation.focal_point,
      'webhook-inbound',
      house.gateway.now(),
    ),
  ).toEqual(before);
});
