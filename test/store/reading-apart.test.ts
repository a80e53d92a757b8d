/**
 * Rows and the operator's log are read separately. A change in between must not be taken for tampering, and
 * raises no alarm.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import { disableEndpoint } from '../../src/entry/enrolling/endpoints.ts';
import { addEndpoint } from '../../src/entry/enrolling/enrol.ts';
import type { EndpointRecord } from '../../src/store/endpoint-records.ts';
import { createGrants } from '../../src/store/grants.ts';
import { createStore } from '../../src/store/postgres.ts';
import type { Store } from '../../src/store/store.ts';
import { readVerifiedEndpoints } from '../../src/store/verified-endpoints.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

const HOOK = 'https://partner.example/hook';

let house: Rig;
let endpoint: Endpoint;
beforeEach(async () => {
  house = await makeRig({ allow: ['partner.example'] });
  const draft = { name: 'Desk', country: 'ID', officers: [makeOfficer()] };
  const sender = await house.partner({ ...draft, slug: 'shelter', country: 'KH' });
  const focalPoint = await house.designate({ ...draft, slug: 'desk' });
  const hook = {
    channel: 'webhook',
    shows: 'notice',
    lang: 'en',
    address: HOOK,
  } as const;
  ({ endpoint } = await addEndpoint(house.gateway, { ...hook, focalPoint: focalPoint.focal_point }));
  await postMessage(sender, makeReportPost(['desk']));
});
afterEach(() => house.close());

/** Reads the endpoint, and runs something after the row was read and before the log is. */
function reading(meanwhile: (time: number) => Promise<unknown>) {
  const { sql } = house.database;
  let times = 0;
  const read = async () => {
    const rows = await sql<{ endpoint: EndpointRecord }[]>`select to_json(e) as endpoint from endpoint e`;
    times += 1;
    await meanwhile(times);
    return rows;
  };
  return readVerifiedEndpoints(
    sql,
    createGrants(sql, () => house.gateway.guard),
    read,
  );
}
const alarms = () => house.database.sql`select from alarm`;

test('an operator’s change between both reads is noticed, and raises no alarm', async () => {
  const found = await reading(async (time) => {
    if (time === 1) await disableEndpoint(house.gateway, endpoint);
  });
  expect(found).toMatchObject([{ id: endpoint.id, enabled: false, off: { code: 'operator' } }]);
  expect(await alarms()).toHaveLength(0);
});

test('a thief’s row is refused after the second read, with an alarm', async () => {
  await house.database.sql`update endpoint set address = 'https://partner.example/thief'`;
  expect(await reading(async () => {})).toEqual([]);
  await expect.poll(async () => (await alarms()).length).toBe(1);
});

/**
 * Another process. An operator switches the endpoint off after it has read rows and before it reads the log.
 */
async function racing(): Promise<Store> {
  const store = createStore(house.database.connect(), { listen: false });
  const { guard } = house.gateway;
  let isOff = false;
  const learn: typeof guard.learn = async (...read) => {
    if (!isOff) {
      isOff = true;
      await disableEndpoint(house.gateway, endpoint);
    }
    return guard.learn(...read);
  };
  store.database.useGuard({ ...guard, learn });
  return store;
}

test.each(['claimed', 'looked at'])(
  'nor is a delivery’s endpoint lost that was changed while it was %s',
  async (how) => {
    const [{ id } = { id: '' }] = await house.database.sql<{ id: string }[]>`select id from delivery`;
    const store = await racing();
    const now = house.gateway.now();
    const held =
      how === 'claimed'
        ? (await store.deliveries.claimDeliveries(now, new Date(now.getTime() + 60_000), 10))[0]
        : await store.deliveries.readDelivery(id);
    expect(held?.endpoint).toMatchObject({ address: HOOK, off: { code: 'operator' } });
    await store.database.close();
    expect(await alarms()).toHaveLength(0);
  },
);
