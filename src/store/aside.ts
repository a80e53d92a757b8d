/** Evidence of other gateways that is newer than this program, kept aside until it can be read. */
import type { Sql } from 'postgres';
import type { AsideRow, MessageStore } from './contracts/messages.ts';

/** Most pieces kept aside for one gateway. The gateway sends the rest again later. */
const ASIDE_AT_MOST = 1_000;

export const aside = (
  sql: Sql,
): Pick<MessageStore, 'keepAside' | 'keptAside' | 'asideCount' | 'dropAside'> => ({
  async keepAside({ gateway, digest, jws }, now) {
    const kept = await sql`
      insert into evidence_aside (gateway, digest, jws, kept_at)
      select ${gateway}, ${digest}, ${jws}, ${now}
      where (select count(*) from evidence_aside where gateway = ${gateway}) < ${ASIDE_AT_MOST}
        or exists (select from evidence_aside where gateway = ${gateway} and digest = ${digest})
      on conflict (gateway, digest) do update set kept_at = evidence_aside.kept_at
      returning gateway`;
    return kept.length === 1;
  },

  async keptAside(limit) {
    const found = await sql<AsideRow[]>`
      select gateway, digest, jws from (
        select *, row_number() over (partition by gateway order by kept_at, digest) as place from evidence_aside) as each
      order by place, kept_at, digest limit ${limit}`;
    return found.map((row) => ({ ...row }));
  },

  async asideCount() {
    const [found] = await sql<{ count: number }[]>`select count(*)::integer as count from evidence_aside`;
    return found?.count ?? 0;
  },

  async dropAside({ gateway, digest }) {
    await sql`delete from evidence_aside where gateway = ${gateway} and digest = ${digest}`;
  },
});
