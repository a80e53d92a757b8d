/** What other gateways read, and evidence of theirs that is newer than this program. */
import type { Sql } from 'postgres';
import type { AsideRow, VersionStore } from './versions-contract.ts';

/** Pieces of evidence kept aside for one gateway: what it goes on telling it tells again. */
const ASIDE_AT_MOST = 1_000;

export const versions = (sql: Sql): VersionStore => ({
  async claimReads(gateway, now, next) {
    const claimed = await sql`
      insert into peer_reads (gateway, due_at) values (${gateway}, ${next})
      on conflict (gateway) do update set due_at = excluded.due_at where peer_reads.due_at <= ${now}
      returning gateway`;
    return claimed.length === 1;
  },

  async keepReads(gateway, statement, now) {
    await sql`
      update peer_reads set statement = ${statement ?? null}, read_at = ${now} where gateway = ${gateway}`;
  },

  async readsOf(gateway) {
    const [found] = await sql<{ statement: string | null }[]>`
      select statement from peer_reads where gateway = ${gateway}`;
    return found?.statement ?? undefined;
  },

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
