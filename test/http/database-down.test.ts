/** Every route of a gateway whose database is down: 503 with `Retry-After` where it is needed, and never 500. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { silentLog } from '../../src/log.ts';
import { createDatabaseClient } from '../../src/store/client.ts';
import { createStore } from '../../src/store/postgres.ts';
import { readerRoutes } from '../../src/web/reader.ts';
import { makeTestDatabase } from '../support/database.ts';
import { type DatabaseProxy, openDatabaseProxy } from '../support/database-proxy.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { makeOfficer, makeReportPost } from '../support/story.ts';

let house: Rig;
let door: DatabaseProxy;
let shelter: RigPartner;

beforeAll(async () => {
  const database = await makeTestDatabase();
  door = await openDatabaseProxy(database);
  const client = createDatabaseClient(door.url, { max: 4, onnotice: () => {} }, silentLog);
  const store = client.guarded(createStore(client.sql, { listen: false }));
  const direct = database.store;
  house = await makeRig({
    database: {
      ...database,
      store,
      close: () =>
        store.database
          .close()
          .then(() => direct.database.close())
          .then(database.close),
    },
  });
  shelter = await house.partner({
    slug: 'shelter',
    name: 'Shelter',
    country: 'ID',
    officers: [makeOfficer()],
  });
});
afterAll(async () => {
  await door?.set('open');
  await house?.close();
  await door?.close();
});

/** Every method and path that the application has, its parameters filled with something that could be there. */
function routes(): readonly (readonly [method: string, path: string])[] {
  const { routes: all } = createApp(house.gateway, readerRoutes(house.gateway), () => undefined);
  const filled = (path: string): string =>
    path
      .replace(':slug', 'shelter')
      .replace(':channel', 'telegram')
      .replace(':n', '0')
      .replace(/:(?:id|thid)/g, 'a'.repeat(32))
      .replace(':token', 't'.repeat(43))
      .replace('*', '0/000');
  const named = all.filter((one) => one.path !== '/*' && one.path !== '*' && one.method !== 'ALL');
  const unique = new Map(
    named.map((one) => [`${one.method} ${one.path}`, [one.method, filled(one.path)] as const]),
  );
  return [...unique.values()];
}

test('no route answers 500', async () => {
  await door.set('refuse');
  const seen: Record<string, number> = {};
  for (const [method, path] of routes()) {
    const headers = { authorization: `Bearer ${shelter.accessKey}`, 'content-type': 'application/jose+json' };
    const body = method === 'POST' ? { body: '{"payload":"e30","signatures":[]}' } : {};
    const answer = await house.app.request(`${GATEWAY_URL}${path}`, { method, headers, ...body });
    seen[`${method} ${path}`] = answer.status;
    if (answer.status === 503) expect(answer.headers.get('retry-after')).toBe('5');
  }
  expect(Object.entries(seen).filter(([, status]) => status === 500)).toEqual([]);
  expect(Object.values(seen).filter((status) => status === 503).length).toBeGreaterThan(10);
});

test('a signed post is answered 503 with a helpful text, and accepted once the database is back', async () => {
  await door.set('refuse');
  const id = 'a-post-of-this-test';
  const answer = await shelter.post('messages', makeReportPost(['shelter']), { id });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await answer.json()).toMatchObject({ type: 'urn:amanat:problem:database-down' });
  await door.set('open');
  await expect
    .poll(async () => (await shelter.post('messages', makeReportPost(['shelter']), { id })).status)
    .not.toBe(503);
});
