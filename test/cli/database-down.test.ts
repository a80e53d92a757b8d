import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHomeOfCountry } from '../support/cli-home.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { type DatabaseProxy, openDatabaseProxy } from '../support/database-proxy.ts';
import { type Bench, bench, freePort, type Served } from './child.ts';

let database: TestDatabase;
let door: DatabaseProxy;
let place: Bench;
let served: Served;

beforeAll(async () => {
  database = await makeTestDatabase();
  door = await openDatabaseProxy(database);
  place = bench({ DATABASE_URL: door.url });
  await makeHomeOfCountry(place, `http://127.0.0.1:${await freePort()}`);
  served = await place.serve({}, 'warn');
});
afterAll(async () => {
  await place?.close();
  await door?.close();
  await database?.close();
});

const get = async (path: string) => {
  const answer = await fetch(`${served.ready.serving}${path}`);
  return { status: answer.status, after: answer.headers.get('retry-after') };
};

test('the gateway keeps running, tries at growing intervals, logs it once, and continues when the database is back', async () => {
  await expect.poll(async () => (await get('/readyz')).status).toBe(200);
  for (const state of ['slam', 'refuse', 'slam'] as const) {
    await door.set(state);
    await expect.poll(async () => (await get('/readyz')).status).toBe(503);
    // Requests go on all the time, like those of monitors and partners.
    const until = performance.now() + 3_000;
    while (performance.now() < until) {
      expect(await get('/v1/directory')).toEqual({ status: 503, after: '5' });
      expect((await get('/healthz')).status).toBe(200);
      await sleep(5);
    }
    expect(door.knocks()).toBeLessThan(300);
    await door.set('open');
    await expect.poll(async () => (await get('/readyz')).status).toBe(200);
  }
  const { code, err } = await served.end('SIGTERM');
  expect(code).toBe(0);
  const lines = err
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).event);
  expect(lines.filter((one) => one === 'database.down')).toHaveLength(3);
  expect(lines.filter((one) => one === 'database.back')).toHaveLength(3);
});

test.each(['slam', 'refuse'] as const)('a command exits 5 and says what to do: %s', async (state) => {
  await door.set(state);
  for (const words of [['focal-point', 'list'], ['serve'], ['retry', 'a'.repeat(32)]]) {
    const { code, err } = await place.amanat(words);
    expect([words[0], code]).toEqual([words[0], 5]);
    expect(err).toContain('DATABASE_URL');
  }
});
