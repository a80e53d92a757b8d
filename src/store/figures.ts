/** Threads for reports, and counts for the operator. */
import type { Sql } from 'postgres';
import type { LetterStore } from './contracts/letters.ts';

export const figures = (sql: Sql): Pick<LetterStore, 'threadsUnder' | 'countForMetrics'> => ({
  async threadsUnder({ agreement, from, to, after }, limit) {
    const found = await sql<{ thread: string }[]>`
      select distinct m.thread from message m join recipient r on r.message = m.id
      where r.agreement_id = ${agreement} and m.accepted_at >= ${from} and m.accepted_at < ${to}
        and m.thread > ${after}
      order by m.thread limit ${limit}`;
    return found.map((row) => row.thread);
  },

  async countForMetrics(now) {
    const [counts, [oldest], off] = await Promise.all([
      sql<{ channel: string; state: string; count: number }[]>`
        select channel, state, count(*)::integer as count from delivery group by channel, state order by channel, state`,
      sql<{ at: Date | null }[]>`select min(due_at) as at from delivery where due_at is not null`,
      sql<{ channel: string; code: string; count: number }[]>`
        select channel, disabled_code as code, count(*)::integer as count from endpoint
        where not enabled and not coalesce(disabled_code, 'removed') in ('removed', 'refused', 'expired')
        group by channel, disabled_code order by channel, disabled_code`,
    ]);
    const age = oldest?.at ? (now.getTime() - oldest.at.getTime()) / 1_000 : 0;
    return {
      deliveries: counts.map((row) => ({ ...row })),
      oldestDueSeconds: Math.max(0, age),
      off: off.map((row) => ({ ...row })),
    };
  },
});
