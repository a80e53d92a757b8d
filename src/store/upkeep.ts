/** Upkeep: wraps secrets under a new master key, and keeps the check values of master keys. */
import type { Sql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { SecretKind, SecretStore } from './contracts/secrets.ts';
import type { SecretRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';

type Upkeep = Pick<
  SecretStore,
  'secretPage' | 'rewrapSecret' | 'masterChecks' | 'keepMasterCheck' | 'forgetMasterChecks'
>;

export const createUpkeepStore = (sql: Sql, grants: Grants): Upkeep => ({
  async secretPage(after, limit) {
    const [found] = await Promise.all([
      sql<{ seq: string; secret: SecretRecord }[]>`
        select seq::text, to_json(s) as secret from secret s where seq > ${after} order by s.seq limit ${limit}`,
      grants.readLogOn(sql),
    ]);
    const valid = await Promise.all(found.map(({ secret }) => grants.isValid('secret', secret)));
    return found.map(({ seq, secret: { owner, kind, id, wrapped, until } }, n) => ({
      place: seq,
      isValid: valid[n] === true,
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
      if (found === undefined || !(await grants.isValid('secret', found.secret))) return false;
      const mac = grants.seal('secret', { ...found.secret, wrapped: again });
      await tx`
        update secret set wrapped = ${again}, mac = ${mac} where owner = ${owner} and kind = ${kind} and id = ${id}`;
      return true;
    }),

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
