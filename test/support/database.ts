/** A separate database for each test file, copied from the run's migrated template. */
import { randomBytes } from 'node:crypto';
import type { Sql } from 'postgres';
import { inject } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { connectToDatabase, type DatabaseServer } from './server.ts';
import { openTestStore } from './test-guard.ts';

export interface TestDatabase {
  readonly store: Store;
  /** For reading and changing the database without the store. */
  readonly sql: Sql;
  /** Another client of the same database, like another process of the gateway; the caller ends it. */
  readonly connect: (process?: string) => Sql;
  /** As plain data, for a child process: give both to `connect` of `./server.ts`. */
  readonly server: DatabaseServer;
  readonly name: string;
  /** Closes the store and drops the database. */
  readonly close: () => Promise<void>;
}

/** Makes a fresh database with the newest schema and a store on it. */
export async function makeTestDatabase(): Promise<TestDatabase> {
  const name = newName();
  await asAdmin(
    inject('server'),
    (sql) => sql`create database ${sql(name)} template ${sql(inject('template'))}`,
  );
  return opened(name);
}

/** Makes a database from a dump of an older schema, and a store on it; nothing is migrated yet. */
export async function restoreDatabase(dump: string): Promise<TestDatabase> {
  const name = newName();
  await asAdmin(inject('server'), (sql) => sql`create database ${sql(name)} template template0`);
  const database = opened(name);
  await database.sql.unsafe(dump).simple();
  return database;
}

const newName = (): string => `amanat_test_${randomBytes(8).toString('hex')}`;

function opened(name: string): TestDatabase {
  const server = inject('server');
  const sql = connectToDatabase(server, name, 4);
  const store = openTestStore(connectToDatabase(server, name), { listen: true });
  const close = async (): Promise<void> => {
    await store.database.close();
    await sql.end();
    await asAdmin(server, (admin) => admin`drop database ${admin(name)} with (force)`);
  };
  return {
    store,
    sql,
    connect: (process) => connectToDatabase(server, name, 10, process),
    server,
    name,
    close,
  };
}

async function asAdmin(server: DatabaseServer, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = connectToDatabase(server, undefined, 1);
  await work(sql).finally(() => sql.end());
}
