/** Migrations lead to the committed schema. After a new one: `npx vitest run test/store/schema.test.ts -u`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate, migrations } from '../../src/store/migrate.ts';
import { createStore, SCHEMA_VERSION } from '../../src/store/postgres.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { schemaText } from '../support/schema.ts';
import { connect } from '../support/server.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

test('the migrations lead to the schema that is committed', async () => {
  await expect(await schemaText(db.sql)).toMatchFileSnapshot('../../src/store/schema.snapshot.txt');
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
