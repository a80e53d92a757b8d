/** Migrations lead to the committed schema. After a new one: `npx vitest run test/store/schema.test.ts -u`. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../src/seal/digest.ts';
import type { NewMessage } from '../../src/store/contracts/messages.ts';
import { listMigrations, migrateDatabase } from '../../src/store/migrate.ts';
import { OLDEST_SCHEMA, SCHEMA_VERSION } from '../../src/store/postgres.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { eachOf } from '../support/each-of.ts';
import { readSchemaText } from '../support/schema.ts';
import { connectToDatabase } from '../support/server.ts';
import { makeAct, openTestStore } from '../support/test-guard.ts';
import { keptEndpoints, NOW, newMessage, there } from './fixtures.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.close());

test('the migrations give the committed schema', async () => {
  await expect(await readSchemaText(db.sql)).toMatchFileSnapshot('../../src/store/schema.snapshot.txt');
});

// With an index by focal point alone, a plan made while the table was small would later read all that the
// focal point was ever sent.
test('every index for finding one recipient includes its message', async () => {
  const indexes = await db.sql<
    { indexdef: string }[]
  >`select indexdef from pg_indexes where tablename = 'recipient'`;
  expect(indexes).not.toHaveLength(0);
  for (const { indexdef } of eachOf(indexes)) expect(indexdef).toMatch(/\(.*\bmessage\b.*\)/);
});

test('the store was written for the last migration', () => {
  expect(SCHEMA_VERSION).toBe(listMigrations().length);
});

test('gateways that start together migrate once', async () => {
  const name = `${db.name}_together`;
  await db.sql`create database ${db.sql(name)}`;
  const clients = [
    connectToDatabase(db.server, name),
    connectToDatabase(db.server, name),
    connectToDatabase(db.server, name),
  ];
  await Promise.all(clients.map((sql) => migrateDatabase(sql)));
  const [first = db.sql] = clients;
  expect(await first`select id from migration order by id`).toEqual(
    listMigrations().map(({ id }) => ({ id })),
  );
  await Promise.all(clients.map((sql) => sql.end()));
  await db.sql`drop database ${db.sql(name)} with (force)`;
});

test('a newer database that supports this program is used; one that does not is refused', async () => {
  const store = openTestStore(db.connect(), { listen: false });
  const next = [SCHEMA_VERSION + 1, SCHEMA_VERSION + 2] as const;
  const beside = async (first: number | null, second: number | null): Promise<void> => {
    await db.sql`delete from migration where id > ${SCHEMA_VERSION}`;
    await db.sql`
      insert into migration (id, name, serves) values (${next[0]}, 'next', ${first}), (${next[1]}, 'after', ${second})`;
  };
  await expect(store.database.checkReady()).resolves.toBeUndefined();
  await beside(SCHEMA_VERSION, SCHEMA_VERSION - 1);
  await expect(store.database.checkReady()).resolves.toBeUndefined();
  await expect(migrateDatabase(db.sql)).resolves.toBeUndefined();
  // One migration that does not serve it is enough. One without a mark serves only its own program.
  for (const [first, second] of [
    [next[0], SCHEMA_VERSION],
    [SCHEMA_VERSION, next[0]],
    [SCHEMA_VERSION, null],
  ] as const) {
    await beside(first, second);
    await expect(store.database.checkReady()).rejects.toMatchObject({
      code: 'schema-mismatch',
      program: SCHEMA_VERSION,
    });
    await expect(migrateDatabase(db.sql)).rejects.toThrow(/newer than this program/);
  }
  await db.sql`delete from migration where id > ${OLDEST_SCHEMA - 1}`;
  await expect(store.database.checkReady()).rejects.toMatchObject({
    code: 'schema-mismatch',
    program: SCHEMA_VERSION,
  });
  for (const { id, file, serves } of listMigrations().filter((one) => one.id >= OLDEST_SCHEMA))
    await db.sql`insert into migration (id, name, serves) values (${id}, ${file}, ${serves})`;
  await store.database.close();
});

// What would break an older program that runs beside: it writes no column that it does not know, and reads
// all that it does.
const BREAKS =
  /\b(?:drop|rename|set not null|alter column|add (?:constraint )?\w*\s*(?:unique|primary key|check))\b/i;

test('a migration that serves older programs only expands', () => {
  for (const { id, file, serves } of listMigrations()) {
    expect(serves, file).toBeLessThanOrEqual(id);
    if (serves === id) continue;
    const text = readFileSync(new URL(`../../src/store/migrations/${file}`, import.meta.url), 'utf8');
    const sql = text.replaceAll(/--.*$/gm, '');
    expect(sql.match(BREAKS)?.[0], file).toBeUndefined();
    for (const [column] of sql.matchAll(/add column [^,;]*/gi))
      expect(/not null/i.test(column) && !/default/i.test(column), `${file}: ${column}`).toBe(false);
  }
});

test('a migration that fails leaves nothing behind', async () => {
  const name = `${db.name}_fails`;
  await db.sql`create database ${db.sql(name)}`;
  const sql = connectToDatabase(db.server, name);
  await sql`create table delivery (in_the_way integer)`;
  await expect(migrateDatabase(sql)).rejects.toThrow(/already exists/);
  expect(await sql`select id from migration`).toHaveLength(0);
  expect(await sql`select to_regclass('message') as there`).toEqual([{ there: null }]);
  await sql.end();
  await db.sql`drop database ${db.sql(name)} with (force)`;
});

test('recipients from before digests were stored get the digest of their agreement', async () => {
  const payload = Buffer.from(JSON.stringify({ title: 'ឯកសារ' })).toString('base64url');
  const statement = JSON.stringify({ payload, signatures: [] });
  await db.store.directory.keepAgreement(
    { id: 'kh-id', version: 1, from: NOW, statement },
    undefined,
    makeAct(),
  );
  const [focalPoint] = await keptEndpoints(db.store, {});
  const messages = [newMessage([there(focalPoint)]), newMessage([there(focalPoint)])] as const;
  const [known, unknown] = messages;
  const under = (one: NewMessage, version: number): NewMessage => ({
    ...one,
    recipients: one.recipients.map((to) => ({ ...to, agreement: { id: 'kh-id', version } })),
  });
  for (const one of [under(known, 1), under(unknown, 2)]) await db.store.messages.keepMessage(one);
  const text = readFileSync(new URL('../../src/store/migrations/0005_gateway-versions.sql', import.meta.url));
  await db.sql.unsafe(text.toString().slice(text.toString().indexOf('update recipient')));
  // As the migration left it: the row's claim is valid once it is adopted.
  const agreementOf = async ({ message: { id } }: NewMessage) =>
    (
      await db.sql`
        select agreement_id as id, agreement_version as version, agreement_digest as digest from recipient
        where message = ${id}`
    ).map((row) => ({ ...row }));
  const digest = digestOf(Buffer.from(payload, 'base64url'));
  expect(await agreementOf(known)).toEqual([{ id: 'kh-id', version: 1, digest }]);
  expect(await agreementOf(unknown)).toEqual([{ id: 'kh-id', version: 2, digest: null }]);
});

test('withdrawals from before they were identified by their payload are now, each once', async () => {
  const payload = Buffer.from(JSON.stringify({ kind: 'withdrawal', slug: 'ប៉ុស្តិ៍' })).toString('base64url');
  const spelt = [JSON.stringify({ payload, signatures: [] }), JSON.stringify({ signatures: [], payload })];
  const did = 'did:web:gateway.example:fp:withdrawn';
  for (const [n, statement] of spelt.entries())
    await db.sql`
      insert into withdrawal (did, country, valid_from, digest, statement)
      values (${did}, 'KH', ${NOW}, ${`text ${n}`}, ${statement})`;
  const file = new URL('../../src/store/migrations/0007_withdrawals-sent.sql', import.meta.url);
  const text = readFileSync(file).toString();
  await db.sql.begin((tx) => tx.unsafe(text.slice(0, text.indexOf('alter table withdrawal'))).simple());
  const kept = await db.sql`select digest, statement from withdrawal where did = ${did}`;
  expect(kept.map((row) => ({ ...row }))).toEqual([
    { digest: digestOf(Buffer.from(payload, 'base64url')), statement: spelt[0] },
  ]);
});
