/** What other gateways read: their signed capability documents. */
import type { Sql } from 'postgres';
import type { DirectoryStore } from './contracts/directory.ts';

export const peerReads = (sql: Sql): Pick<DirectoryStore, 'claimReads' | 'keepReads' | 'readsOf'> => ({
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
});
