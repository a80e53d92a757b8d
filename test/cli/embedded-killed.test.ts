/** The embedded database is killed under a running `serve`: it is started again, and no stored data is lost. */
import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPostmaster } from '../../src/entry/postgres/postmaster.ts';
import { makeHome, postWaiting, withGateway } from '../support/cli-home.ts';
import { type Bench, bench, freePort, type Served } from './child.ts';

/** Generous: only a machine that stands would need it. */

let at: Bench;
let served: Served;
let thid: string;
let dataDir: string;

beforeAll(async () => {
  at = bench();
  dataDir = join(at.home, 'data');
  const url = `http://127.0.0.1:${await freePort()}`;
  await makeHome(at, url, []);
  const authority = ['authority', 'init', '--country', 'ID', '--dir', at.file('authority')];
  expect((await at.json(authority)).code).toBe(0);
  mkdirSync(`${at.home}/certs/ID`, { recursive: true });
  cpSync(at.file('authority/ID.pem'), `${at.home}/certs/ID/authority.pem`);
  cpSync(at.file('authority'), join(at.home, 'authority'), { recursive: true });
  thid = await withGateway(at, async (gateway) => {
    const id = await postWaiting(at.home, gateway, 'http://127.0.0.1:9/none');
    return (await gateway.store.messages.readMessage(id))?.message.thread ?? '';
  });
  served = await at.serve({}, 'warn');
});
afterAll(() => at?.close());

const get = async (path: string) => {
  const answer = await fetch(`${served.ready.serving}${path}`);
  return { status: answer.status, after: answer.headers.get('retry-after'), body: await answer.json() };
};
const ready = async () => (await get('/readyz')).status;
const kill = (): void => {
  const { pid } = readPostmaster(dataDir) ?? {};
  if (pid === undefined) throw new Error('no server runs on the data directory');
  process.kill(pid, 'SIGKILL');
};
const threads = async () => (await at.json(['thread', '--open'])).document.threads.map(idOf);
const idOf = ({ thid: id }: { thid: string }): string => id;

test('it is started again automatically, as often as it is killed', async () => {
  for (let round = 0; round < 2; round++) {
    const before = readPostmaster(dataDir)?.pid;
    kill();
    await expect
      .poll(async () => [readPostmaster(dataDir)?.pid === before, await ready()])
      .toEqual([false, 200]);
    expect(await threads()).toEqual([thid]);
  }
});

test('while it does not start, every caller is told to try again; then everything continues', async () => {
  // PostgreSQL does not start on a directory that others may enter.
  chmodSync(dataDir, 0o755);
  kill();
  await expect.poll(ready).toBe(503);
  await expect
    .poll(async () => (await get('/readyz')).body.not_working)
    .toEqual(expect.arrayContaining(['database']));
  expect(await get('/readyz')).toMatchObject({ status: 503, after: '5', body: { waiting_for: 'database' } });
  expect(await get('/v1/directory')).toMatchObject({ status: 503, after: '5' });
  expect((await get('/healthz')).status).toBe(200);
  chmodSync(dataDir, 0o700);
  await expect.poll(ready).toBe(200);
  expect((await get('/readyz')).body.not_working).not.toContain('database');
  expect(await threads()).toEqual([thid]);
});

test('the log says what happened, and the server ends with its gateway', async () => {
  const { pid = 0 } = readPostmaster(dataDir) ?? {};
  const { code, err } = await served.end('SIGTERM');
  expect(code).toBe(0);
  expect(readPostmaster(dataDir)).toBeUndefined();
  expect(() => process.kill(pid, 0)).toThrow();
  const events = err.split('\n').filter((line) => line.startsWith('{'));
  const said = events.map((line) => JSON.parse(line).event as string);
  expect(said.filter((one) => one === 'embedded-postgres.started-again')).toHaveLength(3);
  expect(said).toContain('database.back');
  expect(said).not.toContain('http.fault');
});
