/** Upkeep: secrets put under a new master key, and the warnings an operator was given. */
import type { Sql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { Grants, SecretRecord } from './grants.ts';
import type { SecretKind } from './records.ts';
import type { Store } from './store.ts';

type Upkeep = Pick<
  Store,
  'secretPage' | 'rewrapSecret' | 'claimWarning' | 'masterChecks' | 'keepMasterCheck' | 'forgetMasterChecks'
>;

export const upkeep = (sql: Sql, grants: Grants): Upkeep => ({
  async secretPage(after, limit) {
    const [found] = await Promise.all([
      sql<{ seq: string; secret: SecretRecord }[]>`
        select seq::text, to_json(s) as secret from secret s where seq > ${after} order by s.seq limit ${limit}`,
      grants.readOn(sql),
    ]);
    const sound = await Promise.all(found.map(({ secret }) => grants.holds('secret', secret)));
    return found.map(({ seq, secret: { owner, kind, id, wrapped, until } }, n) => ({
      place: seq,
      isSound: sound[n] === true,
      row: {
        owner,
        kind: kind as SecretKind,
        id,
        wrapped,
        ...present({ until: until === null ? undefined : new Date(until) }),
      },
    }));
  },

  rewrapSecret: ({ owner, kind, id, wrapped }, again) =>
    sql.begin(async (tx) => {
      const [found] = await tx<{ secret: SecretRecord }[]>`
        select to_json(s) as secret from secret s
        where owner = ${owner} and kind = ${kind} and id = ${id} and wrapped = ${wrapped} for update`;
      if (found === undefined || !(await grants.holds('secret', found.secret))) return false;
      const mac = grants.seal('secret', { ...found.secret, wrapped: again });
      await tx`
        update secret set wrapped = ${again}, mac = ${mac} where owner = ${owner} and kind = ${kind} and id = ${id}`;
      return true;
    }),

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
