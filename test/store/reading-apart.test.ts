/** Rows and the operator's log are read apart: what somebody else changes in between is no row of a thief's, and no alarm. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/channel.ts';
import { disableEndpoint } from '../../src/entry/endpoints.ts';
import { addEndpoint } from '../../src/entry/enrol.ts';
import { readEndpoints } from '../../src/store/granting.ts';
import { grants } from '../../src/store/grants.ts';
import type { EndpointRecord } from '../../src/store/rows.ts';
import { type Rig, rig } from '../support/rig.ts';
import { officer } from '../support/story.ts';

let house: Rig;
let endpoint: Endpoint;
beforeEach(async () => {
  house = await rig({ allow: ['partner.example'] });
  const desk = await house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers: [officer()] });
  const hook = {
    channel: 'webhook',
    shows: 'notice',
    lang: 'en',
    address: 'https://partner.example/hook',
  } as const;
  ({ endpoint } = await addEndpoint(house.gateway, { ...hook, focalPoint: desk.focal_point }));
});
afterEach(() => house.close());

/** Reads the endpoint, and lets something happen after the row was read and before the log is. */
function reading(meanwhile: (time: number) => Promise<unknown>) {
  const { sql } = house.database;
  let times = 0;
  const read = async () => {
    const rows = await sql<{ endpoint: EndpointRecord }[]>`select to_json(e) as endpoint from endpoint e`;
    times += 1;
    await meanwhile(times);
    return rows;
  };
  return readEndpoints(
    sql,
    grants(sql, () => house.gateway.guard),
    read,
  );
}
const alarms = () => house.database.sql`select from alarm`;

test('an operator’s change between both is found, and raises no alarm', async () => {
  const found = await reading(async (time) => {
    if (time === 1) await disableEndpoint(house.gateway, endpoint);
  });
  expect(found).toMatchObject([{ id: endpoint.id, enabled: false, off: { code: 'operator' } }]);
  expect(await alarms()).toHaveLength(0);
});

test('a thief’s row is refused after the second reading, and alarmed of', async () => {
  await house.database.sql`update endpoint set address = 'https://partner.example/thief'`;
  expect(await reading(async () => {})).toEqual([]);
  await expect.poll(async () => (await alarms()).length).toBe(1);
});
