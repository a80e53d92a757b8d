/**
 * Migrations: numbered SQL files, forward only. Each runs in one transaction that records its id first, so that of two
 * gateways starting together one migrates and the other waits and finds it done. Node only: it reads files. The store
 * itself never migrates, it checks the version in `ready()`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Sql } from 'postgres';

const FOLDER = new URL('./migrations/', import.meta.url);

/** Any number, the same in every gateway: "amanat" in ASCII, the lock that migrations hold. */
const LOCK = 0x616d616e6174;

/** PostgreSQL, appendix A: undefined_table. */
const NO_TABLE = '42P01';

interface Migration {
  readonly id: number;
  readonly file: string;
}

/**
 * The migrations there are, in order.
 * @throws Error where the numbers do not run 1, 2, 3, …
 */
export function migrations(): readonly Migration[] {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((file, n) => {
    const id = Number(file.slice(0, 4));
    if (!/^\d{4}_[a-z-]+\.sql$/.test(file) || id !== n + 1) {
      throw new Error(`migration ${file} must be named ${String(n + 1).padStart(4, '0')}_<name>.sql`);
    }
    return { id, file };
  });
}

/**
 * Brings the database's schema up to this code's version; does nothing where it is there already.
 * @throws Error where the database is newer than this code, or a migration fails (it then left nothing behind)
 */
export async function migrate(sql: Sql): Promise<void> {
  const all = migrations();
  const done = (await reached(sql)) ?? (await recorded(sql));
  if (done > all.length)
    throw new Error(`the database is at schema version ${done}, newer than this program's ${all.length}`);
  for (const one of all.slice(done)) await run(sql, one);
}

/** The version of a database that has one, in a single query: most starts find nothing to do. */
async function reached(sql: Sql): Promise<number | undefined> {
  try {
    const [last] = await sql<{ id: number | null }[]>`select max(id) as id from migration`;
    return last?.id ?? undefined;
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === NO_TABLE) return undefined;
    throw fault;
  }
}

/** The version the database is at; 0 for an empty one, which then has the table that records it. */
async function recorded(sql: Sql): Promise<number> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    const [found] = await tx<{ there: boolean }[]>`select to_regclass('migration') is not null as there`;
    if (!found?.there)
      await tx`create table migration (id integer primary key, name text not null, at timestamptz not null default now())`;
    const [last] = await tx<{ id: number }[]>`select coalesce(max(id), 0)::integer as id from migration`;
    return last?.id ?? 0;
  });
}

async function run(sql: Sql, one: Migration): Promise<void> {
  const text = readFileSync(new URL(one.file, FOLDER), 'utf8');
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    const mine =
      await tx`insert into migration (id, name) values (${one.id}, ${one.file}) on conflict do nothing returning id`;
    if (mine.length === 1) await tx.unsafe(text).simple();
  });
}
