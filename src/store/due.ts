/** When the next claimable row is due, and the release of rows that vanished processes had claimed. */
import type { Sql } from 'postgres';
import { waiting } from './arrivals.ts';
import { isOther, withAbandoned } from './claiming.ts';
import type { DatabaseStore } from './contracts/database.ts';

/**
 * Longest time in seconds that an arrival or message may wait for its next attempt. A longer wait was written
 * while a clock was ahead.
 */
const AHEAD = { arrival: 300, message: 3_600 } as const;

const ahead = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1_000);

export const due = (sql: Sql): Pick<DatabaseStore, 'nextDue' | 'releaseAbandoned'> => ({
  async releaseAbandoned(now) {
    // A vanished process has no connection: its backends end as soon as its sockets do.
    const [released] = await sql<{ count: number }[]>`
      with gone as (
        select name from (select claimed_by as name from delivery where claimed_by is not null
          union select claimed_by from arrival where claimed_by is not null
          union select claimed_by from chase where claimed_by is not null) as claims
        where not exists (select from pg_stat_activity a where a.application_name = claims.name)
      ), deliveries as (
        update delivery d set attempts = ${withAbandoned(sql, sql`d.kind = 'message'`, now)},
          due_at = case when due_at is not null then least(due_at, ${now}) end, claimed_by = null
        where claimed_by in (select name from gone) returning due_at
      ), arrivals as (
        update arrival set due_at = least(due_at, ${now}), claimed_by = null
        where claimed_by in (select name from gone) returning 1
      ), chases as (
        update chase set due_at = least(due_at, ${now}), claimed_by = null
        where claimed_by in (select name from gone) returning 1
      ), early as (
        update arrival set due_at = ${now}
        where due_at > ${ahead(now, AHEAD.arrival)} and claimed_by is null and said is null returning 1
      ), sooner as (
        update delivery set due_at = ${now}
        where due_at > ${ahead(now, AHEAD.message)} and claimed_by is null and kind = 'message' and state = 'queued'
        returning 1
      )
      select ((select count(due_at) from deliveries) + (select count(*) from arrivals) + (select count(*) from chases)
        + (select count(*) from early) + (select count(*) from sooner))::integer as count`;
    return released?.count ?? 0;
  },

  async nextDue(but = []) {
    const [next] = await sql<{ at: Date | null }[]>`
      select least(
        (select min(due_at) from delivery where due_at is not null and ${isOther(sql, but)}),
        (select min(due_at) from (${waiting(sql)}) as w where not is_held_up),
        (select min(due_at) from chase where due_at is not null),
        (select min(due_at) from note),
        (select min(due_at) from withdrawal_sent where due_at is not null)) as at`;
    return next?.at ?? undefined;
  },
});
