/** Statements on which evidence rests and which are not kept here. */
import type { Sql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { DirectoryStore, PendingStatement, WantedStatement } from './contracts/directory.ts';
import { asJson, asTexts } from './rows.ts';

/** Most statements wanted from one gateway, and most shown at once. */
const MOST = 1_000;

interface PendingRecord extends WantedStatement {
  readonly wanted_at: Date;
  readonly statement: string | null;
}

export const createWantedStore = (
  sql: Sql,
): Pick<DirectoryStore, 'wantStatements' | 'claimWanted' | 'keepPending' | 'pendingStatements'> => ({
  async wantStatements(list, now) {
    const added = await sql`
      insert into statement_wanted (digest, kind, about, gateway, wanted_at, due_at)
      select distinct on (n.digest) n.digest, n.kind, n.about, n.gateway, ${now}, ${now}
      from json_to_recordset(${asJson(sql, list)}) as n(digest text, kind text, about text, gateway text)
      where (select count(*) from statement_wanted w where w.gateway = n.gateway) < ${MOST}
      order by n.digest
      on conflict (digest) do update
        set gateway = excluded.gateway, kind = excluded.kind, about = excluded.about, due_at = excluded.due_at
        where statement_wanted.statement is null and statement_wanted.gateway <> excluded.gateway`;
    return added.count;
  },

  async claimWanted(now, next, limit) {
    const found = await sql<WantedStatement[]>`
      with found as (
        select digest, due_at, row_number() over (partition by gateway order by due_at, digest) as place
        from statement_wanted where due_at <= ${now}
      ), due as materialized (
        select w.digest from statement_wanted w join found using (digest) where w.due_at <= ${now}
        order by found.place, found.due_at limit ${limit} for update of w skip locked
      )
      update statement_wanted w set due_at = ${next} from due where w.digest = due.digest
      returning w.digest, w.kind, w.about, w.gateway`;
    return found.map((row) => ({ ...row }));
  },

  async keepPending(digest, statement) {
    await sql`update statement_wanted set statement = ${statement}, due_at = null where digest = ${digest}`;
  },

  async pendingStatements(digests) {
    const isAsked = digests === undefined ? sql`true` : sql`digest = any (${asTexts(sql, digests)})`;
    const found = await sql<PendingRecord[]>`
      select digest, kind, about, gateway, wanted_at, statement from statement_wanted
      where ${isAsked} order by statement is null, wanted_at, digest limit ${MOST}`;
    return found.map(
      ({ wanted_at: wantedAt, statement, ...row }): PendingStatement => ({
        ...row,
        wantedAt,
        ...present({ statement: statement ?? undefined }),
      }),
    );
  },
});
