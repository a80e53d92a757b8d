/** Remembered results are valid no longer than what they depend on: a certificate, a secret, a key. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { subjectOfSecret } from '../../src/domain/evidence/operator-act.ts';
import { createBoundedMemory } from '../../src/domain/words/bounded-memory.ts';
import { keepPartnerSecret, replacePartnerSecret } from '../../src/entry/enrolling/enrol.ts';
import { findDesignation, readDirectory } from '../../src/flow/directory/directory.ts';
import { loadOpeningKeys, loadSigningKey } from '../../src/flow/directory/keyring.ts';
import { readSecrets } from '../../src/flow/directory/partner-secrets.ts';
import { makeOperatorAct } from '../../src/flow/operator/operator-act.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { makeOfficer, makeReportPost } from '../support/story.ts';

const DAY = 86_400;

let house: Rig;
beforeAll(async () => {
  house = await makeRig();
});
afterAll(() => house?.close());

const draft = (slug: string) => ({
  slug,
  name: 'Invented',
  country: 'ID',
  officers: [makeOfficer()],
});

test('a secret that was replaced at once authenticates no call any more, and one replaced with an overlap none after the overlap', async () => {
  const partner = await house.partner(draft('caller'));
  const { focal_point: did } = partner.designation;
  const tried = async () => (await partner.post('messages', makeReportPost(['nobody']))).status;
  expect([await tried(), await tried()]).toEqual([422, 422]);
  await replacePartnerSecret(house.gateway, did, undefined, 1);
  expect(await tried()).toBe(422);
  house.pass(DAY + 60);
  expect(await tried()).toBe(401);

  const other = await house.partner(draft('other'));
  const otherTried = async () => (await other.post('messages', makeReportPost(['nobody']))).status;
  expect(await otherTried()).toBe(422);
  await replacePartnerSecret(house.gateway, other.designation.focal_point, undefined, 0);
  expect(await otherTried()).toBe(401);
});

test('a secret that was unwrapped for one owner is not given out for another', async () => {
  const { gateway } = house;
  const [one, another] = [await house.designate(draft('one')), await house.designate(draft('another'))];
  await keepPartnerSecret(gateway, one.focal_point, 'webhook-inbound', 'whsec_invented');
  expect(await readSecrets(gateway, one.focal_point, 'webhook-inbound')).toEqual(['whsec_invented']);
  const rows = await gateway.store.secrets.secretsInUse(one.focal_point, 'webhook-inbound', gateway.now());
  const moved = rows.map((row) => Object.assign({}, row, { owner: another.focal_point }));
  const { secretsInUse } = gateway.store.secrets;
  Object.assign(gateway.store.secrets, { secretsInUse: async () => moved });
  await expect(readSecrets(gateway, another.focal_point, 'webhook-inbound')).rejects.toMatchObject({
    code: 'decryption-failed',
  });
  Object.assign(gateway.store.secrets, { secretsInUse });
});

test('a custodial key signs and opens nothing after its row has ended', async () => {
  const { gateway } = house;
  const focalPoint = await house.designate(draft('ending'));
  const kids = focalPoint.keys.agreement.map(({ kid }) => kid);
  const usable = async () => [
    await loadSigningKey(gateway, focalPoint).then(
      () => true,
      () => false,
    ),
    (await loadOpeningKeys(gateway, focalPoint, kids)).length > 0,
  ];
  expect(await usable()).toEqual([true, true]);
  const until = new Date(gateway.now().getTime() + 60_000);
  for (const row of await gateway.store.secrets.secretsInUse(
    focalPoint.focal_point,
    'custody-key',
    gateway.now(),
  )) {
    const act = makeOperatorAct(gateway, { act: 'secret.ended', subject: subjectOfSecret(row) });
    await gateway.store.secrets.keepSecret(Object.assign({}, row, { until }), act);
  }
  expect(await usable()).toEqual([true, true]);
  house.pass(120);
  expect(await usable()).toEqual([false, false]);
});

test('a statement that was verified as one kind is no other kind, wherever its text is stored', async () => {
  const { gateway } = house;
  const focalPoint = await house.designate(draft('once'));
  const rows = await gateway.store.directory.readDirectory([focalPoint.focal_point], gateway.now());
  expect(findDesignation(await readDirectory(gateway, ['once']), 'once')).toBeDefined();
  const { readDirectory: readRows } = gateway.store.directory;
  const moved = { designations: [], agreements: rows.designations, gateways: rows.designations };
  Object.assign(gateway.store.directory, { readDirectory: async () => Object.assign({}, rows, moved) });
  const { agreements, gateways } = await readDirectory(gateway, ['once']);
  Object.assign(gateway.store.directory, { readDirectory: readRows });
  expect([agreements, gateways]).toEqual([[], []]);
});

test('a designation is not in force after the certificate of its authority has ended', async () => {
  await house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers: [makeOfficer()] });
  const known = async () => findDesignation(await readDirectory(house.gateway, ['desk']), 'desk');
  expect(await known()).toBeDefined();
  const [anchor] = house.gateway.anchors.filter((one) => one.country === 'ID');
  const left = ((anchor?.until.getTime() ?? 0) - house.gateway.now().getTime()) / 1_000;
  house.pass(left - 60);
  expect(await known()).toBeDefined();
  house.pass(120);
  expect(await known()).toBeUndefined();
});

test('a memory forgets expired values, and the oldest one if it is full', () => {
  const memory = createBoundedMemory<number>(2);
  const at = (ms: number) => new Date(ms);
  memory.keep('a', 1, at(10));
  expect([memory.get('a', at(9)), memory.get('a', at(10)), memory.get('a', at(9))]).toEqual([
    1,
    undefined,
    undefined,
  ]);
  memory.keep('a', 1, at(10));
  memory.forget('a');
  expect(memory.get('a', at(0))).toBeUndefined();
  for (const [n, name] of ['b', 'c', 'd'].entries()) memory.keep(name, n, at(100));
  expect(['b', 'c', 'd'].map((name) => memory.get(name, at(0)))).toEqual([undefined, 1, 2]);
});

test('values that never expire are found without a clock, and no others', () => {
  const memory = createBoundedMemory<number>(2);
  memory.keep('always', 1);
  memory.keep('ending', 2, new Date(8.64e15));
  expect([memory.get('always'), memory.get('ending'), memory.get('ending', new Date())]).toEqual([
    1,
    undefined,
    2,
  ]);
});
