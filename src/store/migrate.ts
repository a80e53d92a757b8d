/**
 * Migrations: numbered SQL files, forward only. Each runs in one transaction that records its id first. So if
 * two gateways start together, one migrates, and the other waits and finds it done. Node only: it reads
 * files. The store itself never migrates; `checkReady` checks the version.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Sql } from 'postgres';
import { isServedBySchema, readSchema, SchemaMismatch } from './schema-version.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/** The id of the lock for migrations, the same in every gateway: "amanat" in ASCII. */
const LOCK = 0x616d616e6174;

interface Migration {
  readonly id: number;
  readonly file: string;
  /**
   * The oldest schema version whose program works with the schema after this migration. Its own version if
   * the file does not say.
   */
  readonly serves: number;
}

/**
 * How a migration names the older programs that still work beside a new one: `-- serves: 17`, on a line of
 * its own.
 */
const SERVES = /^-- serves: (\d+)$/m;

/**
 * All migrations, in order.
 * @throws Error if the numbers do not run 1, 2, 3, …
 */
export function listMigrations(): readonly Migration[] {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((file, n) => {
    const id = Number(file.slice(0, 4));
    if (!/^\d{4}_[a-z-]+\.sql$/.test(file) || id !== n + 1) {
      throw new Error(`migration ${file} must be named ${String(n + 1).padStart(4, '0')}_<name>.sql`);
    }
    const [, serves = String(id)] = SERVES.exec(textOf(file)) ?? [];
    return { id, file, serves: Number(serves) };
  });
}

const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');

/**
 * Migrates the database's schema to this program's version. Does nothing if it is there already, or is newer
 * and still serves this program: then processes of both versions run beside each other.
 * @throws SchemaMismatch if the database is newer than this program and does not serve it
 * @throws Error if a migration fails (it then changed nothing)
 */
export async function migrateDatabase(sql: Sql): Promise<void> {
  const all = listMigrations();
  const found = await readSchema(sql);
  if (found === undefined) return runAll(sql, all, await prepare(sql));
  if (!isServedBySchema(found, all.length)) throw new SchemaMismatch(found.version, all.length);
  if (found.version < all.length) await runAll(sql, all, await prepare(sql));
}

async function runAll(sql: Sql, all: readonly Migration[], done: number): Promise<void> {
  for (const one of all.slice(done)) await run(sql, one);
}

/**
 * Makes the table that records migrations if it is missing, and its column for what a migration serves.
 * @returns the version of the database; 0 for an empty one
 */
async function prepare(sql: Sql): Promise<number> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    const [found] = await tx<{ there: boolean }[]>`select to_regclass('migration') is not null as there`;
    if (!found?.there)
      await tx`create table migration (id integer primary key, name text not null, at timestamptz not null default now())`;
    await tx`alter table migration add column if not exists serves integer`;
    const [last] = await tx<{ id: number }[]>`select coalesce(max(id), 0)::integer as id from migration`;
    return last?.id ?? 0;
  });
}

async function run(sql: Sql, one: Migration): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    const mine =
      await tx`insert into migration (id, name, serves) values (${one.id}, ${one.file}, ${one.serves}) on conflict do nothing returning id`;
    if (mine.length === 1) await tx.unsafe(textOf(one.file)).simple();
  });
}
