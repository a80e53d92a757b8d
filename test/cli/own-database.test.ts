/** A home folder recognises its own database and its master key, and opens nothing else. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chance } from '../../src/entry/chance.ts';
import { generateSigningJwk } from '../../src/seal/keys.ts';
import { makeHomeOfCountry } from '../support/cli-home.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { type DatabaseProxy, openDatabaseProxy } from '../support/database-proxy.ts';
import { type Bench, bench, freePort } from './child.ts';

let database: TestDatabase;
let another: TestDatabase;
let doors: readonly DatabaseProxy[];
let at: Bench;
/** The environment of a command, with the own database and with another one. */
let own: { readonly DATABASE_URL: string };
let foreign: { readonly DATABASE_URL: string };

beforeAll(async () => {
  [database, another] = await Promise.all([makeTestDatabase(), makeTestDatabase()]);
  doors = await Promise.all([openDatabaseProxy(database), openDatabaseProxy(another)]);
  [own, foreign] = doors.map(({ url }) => ({ DATABASE_URL: url })) as [typeof own, typeof foreign];
  at = bench();
  await makeHomeOfCountry(at, `http://127.0.0.1:${await freePort()}`);
});
afterAll(async () => {
  await at?.close();
  await Promise.all((doors ?? []).map((one) => one.close()));
  await Promise.all([database?.close(), another?.close()]);
});

const list = (env: Readonly<Record<string, string>>) => at.amanat(['focal-point', 'list'], { env });

test('the first database is remembered, and no other one is opened', async () => {
  expect((await list(own)).code).toBe(0);
  expect((await list(own)).code).toBe(0);
  const missing = await list({});
  expect([missing.code, missing.err]).toEqual([4, expect.stringContaining('DATABASE_URL is not set')]);
  // Nothing was made: no empty database lies beside the home's own.
  expect(existsSync(`${at.home}/data`)).toBe(false);
  const empty = await list(foreign);
  expect([empty.code, empty.err]).toEqual([4, expect.stringContaining('set DATABASE_URL to the old value')]);
  expect(await another.sql`select 1 from house`).toHaveLength(0);
  expect((await at.amanat(['serve'], { env: foreign })).code).toBe(4);
  expect((await list(own)).code).toBe(0);
});

test.each(['garbage', 'mysql://invented:secret@127.0.0.1/x', 'postgres://127.0.0.1:99999/x', ''])(
  'DATABASE_URL=%s is not a database URL, and is not repeated',
  async (DATABASE_URL) => {
    const { code, err } = await list({ DATABASE_URL });
    expect([code, err]).toEqual([4, expect.stringContaining('DATABASE_URL must be a URL such as')]);
    expect(err).not.toContain('secret');
  },
);

test('the database of another home folder is refused, too', async () => {
  await another.sql`insert into house (id) values ('of-another-home')`;
  const refused = await list(foreign);
  expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('belongs to another gateway')]);
});

test('a home folder that remembers no database accepts the given one', async () => {
  rmSync(`${at.home}/database.json`);
  expect((await list(own)).code).toBe(0);
  expect(JSON.parse(readFileSync(`${at.home}/database.json`, 'utf8'))).toMatchObject({ by: 'DATABASE_URL' });
});

test('a wrong master key is refused at the start, and both keys are accepted during a rotation', async () => {
  const wrong = { ...own, AMANAT_MASTER_KEY: chance.newToken() };
  for (const words of [['serve'], ['focal-point', 'list']]) {
    const { code, err } = await at.amanat(words, { env: wrong });
    expect([code, err]).toEqual([4, expect.stringContaining('AMANAT_MASTER_KEY is not the master key')]);
  }
  const first = readFileSync(`${at.home}/secrets/AMANAT_MASTER_KEY`, 'utf8').trim();
  expect((await at.amanat(['keys', 'rotate', '--master'], { env: own })).code).toBe(0);
  const second = readFileSync(`${at.home}/secrets/AMANAT_MASTER_KEY`, 'utf8').trim();
  expect(second).not.toBe(first);
  expect((await list(own)).code).toBe(0);
  // A process that was not told of the new key cannot read what is wrapped under it.
  expect((await list({ ...own, AMANAT_MASTER_KEY: first })).code).toBe(4);
  // Nor does a third key come in by the old one, which lies there for the new one: it would lock out both.
  for (const words of [['focal-point', 'list'], ['keys', 'rotate', '--gateway'], ['serve']])
    expect((await at.amanat(words, { env: wrong })).code).toBe(4);
  expect((await list(own)).code).toBe(0);
  expect((await at.amanat(['keys', 'rotate', '--master', '--finish'], { env: own })).code).toBe(0);
  expect((await list(own)).code).toBe(0);
  expect(await database.sql`select 1 from master_check`).toHaveLength(1);
});

test('another address or evidence key is refused at the start, and raises no alarm', async () => {
  expect((await at.amanat(['focal-point', 'list'], { env: own })).code).toBe(0);
  expect((await at.json(['log'], { env: own })).document.entries).not.toHaveLength(0);
  const strange = await generateSigningJwk('did:web:127.0.0.1#evidence-other');
  const { kid } = JSON.parse(readFileSync(`${at.home}/secrets/AMANAT_GATEWAY_KEY`, 'utf8'));
  for (const [wrong, said] of [
    [{ AMANAT_URL: 'https://other.example' }, 'AMANAT_URL is not the address of this database'],
    [{ AMANAT_GATEWAY_KEY: JSON.stringify(strange) }, 'lack a key that signed the operator’s log'],
    [
      { AMANAT_GATEWAY_KEY: JSON.stringify({ ...strange, kid }) },
      'lack a key that signed the operator’s log',
    ],
  ] as const)
    for (const words of [['serve'], ['keys', 'list']]) {
      const { code, err } = await at.amanat(words, { env: { ...own, ...wrong } });
      expect([code, err]).toEqual([4, expect.stringContaining(said)]);
    }
  expect(await database.sql`select 1 from alarm`).toHaveLength(0);
});
