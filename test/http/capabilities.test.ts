/** The capability document: it is signed once an hour, and a failed signing is not served for that hour. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CAPABILITIES_PATH } from '../../src/flow/directory/peer-reads.ts';
import { directoryRoutes } from '../../src/http/directory.ts';
import { importPublicKey, type SigningKey } from '../../src/seal/keys.ts';
import { makeRig, type Rig } from '../support/rig.ts';

let house: Rig;
beforeAll(async () => {
  house = await makeRig();
});
afterAll(() => house.close());

test('the list is made again after an hour, and at once if it could not be signed', async () => {
  const { key } = house.gateway;
  // A key that is there and cannot sign, as one whose keeper does not answer.
  const broken: SigningKey = { ...key, privateKey: await importPublicKey(key.publicJwk, key.alg) };
  const gateway = { ...house.gateway, key: broken, now: () => new Date(now) };
  let now = house.gateway.now().getTime();
  const routes = directoryRoutes(gateway);
  const asked = async () => {
    const answer = await routes.request(`${house.gateway.url}${CAPABILITIES_PATH}`);
    return { status: answer.status, text: await answer.text() };
  };
  expect((await asked()).status).toBe(500);
  gateway.key = key;
  const first = await asked();
  expect(first.status).toBe(200);
  expect(await asked()).toEqual(first);
  now += 3_599_000;
  expect(await asked()).toEqual(first);
  now += 1_000;
  const second = await asked();
  expect(second.status).toBe(200);
  expect(second).not.toEqual(first);
});
