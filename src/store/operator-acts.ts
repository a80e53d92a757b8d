/** Reads the entries of the operator's log. */
import type { Sql, TransactionSql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { KeptLogEntry } from './contracts/operator-log.ts';

/** Entries in order, from the one after the place `after` (0: from the first). */
export async function readLogEntriesAfter(
  sql: Sql | TransactionSql,
  after: number,
  limit: number,
): Promise<readonly KeptLogEntry[]> {
  const found = await sql<
    { place: number; id: string; digest: string; ends: string | null; jws: string | null }[]
  >`
    select a.place::float8 as place, a.id, a.digest, a.ends, e.jws
    from operator_act a left join evidence e on e.id = a.id
    where a.place > ${after} order by a.place limit ${limit}`;
  return found.map(
    ({ ends, jws, ...row }): KeptLogEntry => ({
      ...row,
      ...present({ ends: ends ?? undefined, jws: jws ?? undefined }),
    }),
  );
}
