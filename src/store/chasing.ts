/** Threads in which something falls due, when endpoints were reminded, and who is on duty. */
import type { Sql, TransactionSql } from 'postgres';
import type { Roster } from '../domain/terms/roster.ts';
import { present } from '../domain/words/present.ts';
import { readFitting } from './granting.ts';
import type { Grants, RosterRecord } from './grants.ts';
import { recorded } from './operator-log.ts';
import { asJson } from './rows.ts';
import type { Store } from './store.ts';

type Chasing = Pick<Store, 'claimChases' | 'finishChase' | 'reminded' | 'keepRoster' | 'rosters'>;

export const chasing = (sql: Sql, grants: Grants): Chasing => ({
  async claimChases(now, leaseUntil, limit) {
    const found = await sql<{ thread: string }[]>`
      with due as materialized (
        select thread from chase where due_at <= ${now} order by due_at limit ${limit}
        for no key update skip locked
      )
      update chase c set due_at = ${leaseUntil}, claimed_by = current_setting('application_name')
      from due where c.thread = due.thread returning c.thread`;
    return found.map((row) => row.thread);
  },

  async finishChase(thread, leaseUntil, next) {
    await sql`
      update chase set due_at = ${next ?? null}, claimed_by = null where thread = ${thread} and due_at = ${leaseUntil}`;
  },

  async reminded(endpoints) {
    const found = await sql<{ endpoint: string; told: Date | null; waiting: Date | null }[]>`
      select d.endpoint, max((d.attempts->-1->>'at')::timestamptz) filter (where d.state <> 'queued') as told,
        min(d.due_at) filter (where d.state = 'queued' and d.claimed_by is null) as waiting
      from delivery d join message m on m.id = d.message
      where d.kind = 'reminder' and m.urgency <> 'immediate'
        and d.endpoint in (select json_array_elements_text(${asJson(sql, endpoints)}))
      group by d.endpoint`;
    return new Map(
      found.map(({ endpoint, told, waiting }) => [
        endpoint,
        { ...present({ told: told || undefined, waiting: waiting || undefined }) },
      ]),
    );
  },

  async keepRoster(focalPoint, roster, act) {
    await recorded(sql, grants, act, async (tx, entry) => {
      const row = { focal_point: focalPoint, roster, entry: await entry(), mac: null };
      await tx`
        insert into roster (focal_point, roster, entry, mac)
        values (${focalPoint}, ${asJson(tx, roster)}::json::jsonb, ${row.entry}, ${grants.seal('roster', row)})
        on conflict (focal_point) do update set roster = excluded.roster, entry = excluded.entry, mac = excluded.mac`;
    });
  },

  async rosters(focalPoints) {
    const found = await readFitting<{ readonly roster: RosterRecord }>(
      sql,
      grants,
      () => sql`
        select to_json(r) as roster from roster r
        where focal_point in (select json_array_elements_text(${asJson(sql, focalPoints)}))`,
      ({ roster }) => grants.isSound('roster', roster),
    );
    const sound = await Promise.all(found.map(({ roster }) => grants.holds('roster', roster)));
    return new Map(
      found
        .filter((_, n) => sound[n])
        .map(({ roster: { focal_point: focalPoint, roster } }) => [focalPoint, roster as Roster]),
    );
  },
});

/**
 * Has threads looked at no later than the given times, inside the transaction in which an act may have begun. Comes
 * last there, in one order, so that no two transactions wait for each other.
 */
export const setBack = (
  tx: TransactionSql,
  list: readonly { readonly thread: string; readonly due_at: string }[],
) => tx`
  insert into chase (thread, due_at)
  select thread, min(due_at) from json_to_recordset(${asJson(tx, list)}) as n(thread text, due_at timestamptz)
  group by thread order by thread
  on conflict (thread) do update set due_at = least(chase.due_at, excluded.due_at), claimed_by = null`;
