/**
 * One embedded server for several programs: joined while it runs, left running, and ended by the one that started it.
 */
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmbeddedServer } from '../../../src/entry/postgres/embedded.ts';
import { joinEmbeddedServer, shareEmbeddedServer } from '../../../src/entry/postgres/shared.ts';

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amanat-shared-'));
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'postgres');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const running = (): boolean => existsSync(join(dataDir, 'postmaster.pid'));

test('joins the running server, and leaves it running', async () => {
  expect(await joinEmbeddedServer(dataDir)).toBeUndefined();
  const server = await startEmbeddedServer({ dataDir });
  const joined = await shareEmbeddedServer({ dataDir });
  expect(joined.connection).toEqual(server.connection);
  await joined.stop();
  const sql = postgres({ ...server.connection, max: 1 });
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  await sql.end();
  await server.stop();
  expect(running()).toBe(false);
});

test('starts one if none runs, and ends it only when others have released it', async () => {
  const first = await shareEmbeddedServer({ dataDir });
  const second = await shareEmbeddedServer({ dataDir });
  const sql = postgres({ ...second.connection, max: 1 });
  await sql`create table number (n integer)`;
  let stopped = false;
  const stopping = first.stop().then(() => {
    stopped = true;
  });
  await sql`insert into number values (7)`;
  expect(await sql`select n from number`).toEqual([{ n: 7 }]);
  expect(stopped).toBe(false);
  await sql.end();
  await stopping;
  expect(running()).toBe(false);
});

test('a copy of the directory does not lead to the server of the original', async () => {
  const server = await startEmbeddedServer({ dataDir });
  const copy = join(folder, 'copy');
  cpSync(dataDir, copy, { recursive: true, filter: (path) => !path.includes('.s.PGSQL') });
  expect(await joinEmbeddedServer(copy)).toBeUndefined();
  await server.stop();
});
