/**
 * A row that somebody else wrote never gets a valid MAC, whichever function changes it: it counts as absent
 * and raises the alarm.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import { addAccessKey, addEndpoint } from '../../src/entry/enrolling/enrol.ts';
import { makeOperatorAct } from '../../src/flow/operator/operator-act.ts';
import { hashOfAccessKey } from '../../src/seal/access-key.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

let house: Rig;
let endpoint: Endpoint;
let focalPoint: string;
beforeEach(async () => {
  house = await makeRig({ allow: ['partner.example'] });
  const draft = { name: 'Desk', country: 'ID', officers: [makeOfficer()] };
  focalPoint = (await house.designate({ ...draft, slug: 'desk' })).focal_point;
  const hook = { channel: 'webhook', shows: 'notice', lang: 'en' } as const;
  ({ endpoint } = await addEndpoint(house.gateway, {
    ...hook,
    focalPoint: focalPoint,
    address: 'https://partner.example/hook',
  }));
});
afterEach(() => house.close());

const sql = () => house.database.sql;
const act = (code: 'endpoint.disabled' | 'endpoint.enabled' | 'endpoint.removed' | 'access-key.revoked') =>
  makeOperatorAct(house.gateway, { act: code, subject: endpoint.id });
const asking = () => ({ who: 'dewi', now: house.gateway.now() });
const now = () => house.gateway.now();
const row = async () => (await sql()`select * from endpoint where id = ${endpoint.id}`)[0];
const acts = async () => (await house.gateway.store.ledger.operatorActs(0, 1_000)).length;
const THIEF = 'https://partner.example/thief';

/** Changes rows as an attacker would, and checks that the work does not take them for ours. */
async function untouched(change: () => Promise<unknown>, work: () => Promise<unknown>): Promise<void> {
  await change();
  const [before, entries] = [await row(), await acts()];
  expect(await work()).toBe(false);
  expect(await row()).toEqual(before);
  expect(await acts()).toBe(entries);
  // The alarm is kept beside the work, which does not wait for it.
  const alarms = async () => (await sql()`select from alarm where code = 'grant-refused'`).length;
  await expect.poll(alarms).toBeGreaterThan(0);
}

test.each(['operator', 'removed', 'unlinked'] as const)('taking it out (%s)', (code) =>
  untouched(
    () => sql()`update endpoint set address = ${THIEF}`,
    () => house.gateway.store.endpoints.disableEndpoint(endpoint.id, code, now(), act('endpoint.disabled')),
  ),
);

test('bringing it back', async () => {
  await house.gateway.store.endpoints.disableEndpoint(
    endpoint.id,
    'operator',
    now(),
    act('endpoint.disabled'),
  );
  await untouched(
    () => sql()`update endpoint set address = ${THIEF}, shows = 'packet'`,
    () =>
      house.gateway.store.endpoints.enableEndpoint(endpoint.id, { but: [], sign: 'operator' }, now(), {
        act: act('endpoint.enabled'),
        asking: asking(),
      }),
  );
});

test('ending an access key', async () => {
  const hash = hashOfAccessKey(await addAccessKey(house.gateway, focalPoint, 'one'));
  await sql()`update access_key set name = 'other'`;
  const before = await sql()`select * from access_key`;
  await house.gateway.store.secrets.endAccessKey(hash, now(), act('access-key.revoked'));
  expect(await sql()`select * from access_key`).toEqual(before);
});

test('a secret made with it', async () => {
  await sql()`update endpoint set address = ${THIEF}`;
  const secret = {
    owner: endpoint.id,
    kind: 'webhook-outbound',
    id: 'f'.repeat(32),
    wrapped: 'any',
  } as const;
  await expect(house.gateway.store.secrets.keepSecret(secret, { endpoint: endpoint.id })).rejects.toThrow(
    'grant that is not valid',
  );
});

test('the reason in such a row is not trusted: an endpoint that an operator took out stays out', async () => {
  await house.gateway.store.endpoints.disableEndpoint(
    endpoint.id,
    'operator',
    now(),
    act('endpoint.disabled'),
  );
  const off = await house.gateway.store.endpoints.findEndpoint(endpoint.id);
  if (off === undefined) throw new Error('there is no such endpoint');
  await sql()`update endpoint set disabled_code = 'http-410'`;
  await house.gateway.store.endpoints.keepEndpoint({ ...off, rank: 7 }, act('endpoint.enabled'), asking());
  expect(await row()).toMatchObject({ enabled: false, disabled_code: 'operator' });
});

test('a delivery that was changed to show content ends', async () => {
  const shelter = await house.partner({
    slug: 'shelter',
    name: 'S',
    country: 'KH',
    officers: [makeOfficer()],
  });
  const [one, other] = [
    await postMessage(shelter, makeReportPost(['desk'])),
    await postMessage(shelter, makeReportPost(['desk'])),
  ];
  await sql()`update message set sender = ${focalPoint} where id = ${other}`;
  const purging = house.gateway.store.content.purge(
    { message: one },
    async (held) => {
      const [first] = held?.deliveries ?? [];
      if (first === undefined) throw new Error('it has no delivery');
      const created = [{ ...first, id: 'e'.repeat(32), kind: 'reminder' as const, message: other }];
      return { evidence: [], deliveries: [], created };
    },
    now(),
  );
  await expect(purging).rejects.toThrow('row is tampered');
});
