/** Upkeep: secrets put under a new master key, and the warnings an operator was given. */
import type { Sql } from 'postgres';
import type { SecretKind } from './records.ts';
import type { Store } from './store.ts';

type Upkeep = Pick<
  Store,
  'secretPage' | 'rewrapSecret' | 'claimWarning' | 'masterChecks' | 'keepMasterCheck' | 'forgetMasterChecks'
>;

export const upkeep = (sql: Sql): Upkeep => ({
  async secretPage(after, limit) {
    const found = await sql<
      { seq: string; owner: string; kind: SecretKind; id: string; wrapped: string; until: Date | null }[]
    >`select seq::text, owner, kind, id, wrapped, until from secret where seq > ${after} order by seq limit ${limit}`;
    return found.map(({ seq, until, ...row }) => ({ place: seq, row: { ...row, ...(until && { until }) } }));
  },

  async rewrapSecret({ owner, kind, id, wrapped }, again) {
    const changed = await sql`
      update secret set wrapped = ${again}
      where owner = ${owner} and kind = ${kind} and id = ${id} and wrapped = ${wrapped}`;
    return changed.count === 1;
  },

  async claimWarning({ what, name, until }, now, notSince) {
    const claimed = await sql`
      insert into warning (what, name, until, warned_at) values (${what}, ${name}, ${until}, ${now})
      on conflict (what, name) do update set until = excluded.until, warned_at = excluded.warned_at
      where warning.until <> excluded.until or warning.warned_at <= ${notSince}
      returning name`;
    return claimed.length === 1;
  },

  async masterChecks() {
    const found = await sql<{ id: string; wrapped: string }[]>`
      select id, wrapped from master_check order by seq desc`;
    return found.map((one) => ({ ...one }));
  },

  async keepMasterCheck(id, wrapped) {
    await sql`insert into master_check (id, wrapped) values (${id}, ${wrapped}) on conflict do nothing`;
  },

  async forgetMasterChecks(except) {
    await sql`delete from master_check where id <> ${except}`;
  },
});
