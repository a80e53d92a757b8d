/** Rows get new MACs in the order in which other work locks them, so that neither waits for the other. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStore } from '../../src/store/postgres.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

let house: Rig;
beforeEach(async () => {
  house = await makeRig();
  const draft = { name: 'Desk', country: 'ID', officers: [makeOfficer()] };
  const sender = await house.partner({ ...draft, slug: 'shelter', country: 'KH' });
  await house.designate({ ...draft, slug: 'desk' });
  await house.designate({ ...draft, slug: 'near' });
  for (let n = 0; n < 4; n += 1) await postMessage(sender, makeReportPost(['desk', 'near']));
});
afterEach(() => house.close());

test.each([
  ['delivery', 'id'],
  ['recipient', 'message, party'],
] as const)('%s: a transaction that waits for the first row holds no row behind it', async (table, order) => {
  const { sql, connect } = house.database;
  const places = () => sql<{ place: string }[]>`
    select ctid::text as place from ${sql(table)} order by ${sql.unsafe(order)}`;
  // In the table's physical order the first row comes last.
  for (const { place } of (await places()).toReversed())
    await sql`update ${sql(table)} set mac = mac where ctid = ${place}::tid`;
  const all = await places();
  const [first, last] = [all.at(0)?.place ?? '', all.at(-1)?.place ?? ''];
  const store = createStore(connect(), { listen: false });
  store.database.useGuard({ ...house.gateway.guard, isNewest: () => false });
  const lock = (place: string) => sql`
    select from ${sql(table)} where ctid = ${place}::tid for no key update nowait`;
  let resealing: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    await tx`select from ${tx(table)} where ctid = ${first}::tid for no key update`;
    resealing = store.secrets.resealGrants(100);
    const waiting = () => sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await waiting()).length).toBe(1);
    expect(await lock(last)).toHaveLength(1);
  });
  expect(await resealing).toMatchObject({ unsound: 0 });
  await store.database.close();
});
