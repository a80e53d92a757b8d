/** Migrations lead to the committed schema. After a new one: `npx vitest run test/store/schema.test.ts -u`. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../src/seal/digest.ts';
import { migrate, migrations } from '../../src/store/migrate.ts';
import { createStore, SCHEMA_VERSION } from '../../src/store/postgres.ts';
import type { NewMessage } from '../../src/store/records.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { schemaText } from '../support/schema.ts';
import { connect } from '../support/server.ts';
import { keptEndpoints, NOW, newMessage, there } from './fixtures.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

test('the migrations lead to the schema that is committed', async () => {
  await expect(await schemaText(db.sql)).toMatchFileSnapshot('../../src/store/schema.snapshot.txt');
});

// By its desk alone, a plan made while the table was small goes on to read all that the desk was ever sent.
test('whichever index a plan takes to find one recipient, its message is in it', async () => {
  const indexes = await db.sql<
    { indexdef: string }[]
  >`select indexdef from pg_indexes where tablename = 'recipient'`;
  expect(indexes).not.toHaveLength(0);
  for (const { indexdef } of indexes) expect(indexdef).toMatch(/\(.*\bmessage\b.*\)/);
});

test('the store was written for the last migration', () => {
  expect(SCHEMA_VERSION).toBe(migrations().length);
});

test('gateways that start together migrate once', async () => {
  const name = `${db.name}_together`;
  await db.sql`create database ${db.sql(name)}`;
  const clients = [connect(db.server, name), connect(db.server, name), connect(db.server, name)];
  await Promise.all(clients.map((sql) => migrate(sql)));
  const [first = db.sql] = clients;
  expect(await first`select id from migration order by id`).toEqual(migrations().map(({ id }) => ({ id })));
  await Promise.all(clients.map((sql) => sql.end()));
  await db.sql`drop database ${db.sql(name)} with (force)`;
});

test('a store on another schema version is not ready, and a newer database is left alone', async () => {
  const store = createStore(db.connect(), { listen: false });
  await expect(store.ready()).resolves.toBeUndefined();
  await db.sql`insert into migration (id, name) values (${SCHEMA_VERSION + 1}, 'from the future')`;
  await expect(store.ready()).rejects.toMatchObject({ code: 'not-ready' });
  await expect(migrate(db.sql)).rejects.toThrow(/newer than this program/);
  await db.sql`delete from migration where id > ${SCHEMA_VERSION}`;
  await store.close();
});

test('a migration that fails leaves nothing behind', async () => {
  const name = `${db.name}_fails`;
  await db.sql`create database ${db.sql(name)}`;
  const sql = connect(db.server, name);
  await sql`create table delivery (in_the_way integer)`;
  await expect(migrate(sql)).rejects.toThrow(/already exists/);
  expect(await sql`select id from migration`).toHaveLength(0);
  expect(await sql`select to_regclass('message') as there`).toEqual([{ there: null }]);
  await sql.end();
  await db.sql`drop database ${db.sql(name)} with (force)`;
});

test('recipients from before digests were kept get that of their agreement', async () => {
  const payload = Buffer.from(JSON.stringify({ title: 'ឯកសារ' })).toString('base64url');
  const statement = JSON.stringify({ payload, signatures: [] });
  await db.store.keepAgreement({ id: 'kh-id', version: 1, from: NOW, statement });
  const [desk] = await keptEndpoints(db.store, {});
  const messages = [newMessage([there(desk)]), newMessage([there(desk)])] as const;
  const [known, unknown] = messages;
  const under = (one: NewMessage, version: number): NewMessage => ({
    ...one,
    recipients: one.recipients.map((to) => ({ ...to, agreement: { id: 'kh-id', version } })),
  });
  for (const one of [under(known, 1), under(unknown, 2)]) await db.store.keepMessage(one);
  const text = readFileSync(new URL('../../src/store/migrations/0005_gateway-versions.sql', import.meta.url));
  await db.sql.unsafe(text.toString().slice(text.toString().indexOf('update recipient')));
  const agreementOf = async ({ message: { id } }: NewMessage) =>
    (await db.store.view(id))?.recipients.map((one) => one.agreement);
  const digest = sha256(Buffer.from(payload, 'base64url'));
  expect(await agreementOf(known)).toEqual([{ id: 'kh-id', version: 1, digest }]);
  expect(await agreementOf(unknown)).toEqual([{ id: 'kh-id', version: 2 }]);
});

test('withdrawals from before they were known by their payload are so now, each once', async () => {
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
    { digest: sha256(Buffer.from(payload, 'base64url')), statement: spelt[0] },
  ]);
});
