/** The id of the database, drawn once, by which a home folder recognises its own database. */
import type { Sql } from 'postgres';
import { isMissingTable } from './database-fault.ts';

/** The id of the database; undefined if it has none, or is empty. Works before any migration. */
export async function readDatabaseId(sql: Sql): Promise<string | undefined> {
  try {
    const [found] = await sql<{ id: string }[]>`select id from house`;
    return found?.id;
  } catch (fault) {
    if (isMissingTable(fault)) return undefined;
    throw fault;
  }
}

/** Gives the database this id if it has none. @returns the id that it has */
export async function nameDatabase(sql: Sql, id: string): Promise<string> {
  await sql`insert into house (id) values (${id}) on conflict do nothing`;
  return (await readDatabaseId(sql)) ?? id;
}
