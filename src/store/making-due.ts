/**
 * Makes waiting deliveries due at once, before their time. A delivery under way is left alone: its claim ends
 * with its attempt.
 */
import type { PendingQuery, Row, Sql } from 'postgres';
import type { DeliveryStore } from './contracts/deliveries.ts';
import { asJson, asTexts } from './rows.ts';

type Hurrying = Pick<
  DeliveryStore,
  'deliveriesFailedAt' | 'makeWaitingDue' | 'makePeerDue' | 'peersWithWaiting' | 'makeDeliveriesDue'
>;

export const createDueStore = (sql: Sql, wake: () => void): Hurrying => ({
  async deliveriesFailedAt(id, codes, now) {
    const found = await sql<{ id: string }[]>`
      select id from delivery
      where endpoint = ${id} and state = 'failed' and kind <> 'reminder' and expires_at > ${now}
        and attempts->-1->>'code' in (select json_array_elements_text(${asJson(sql, codes)}))
      order by id limit 1000`;
    return found.map((row) => row.id);
  },

  async makeWaitingDue(focalPoint, codes, now) {
    const found = await sql`
      update delivery set due_at = ${now}
      where due_at > ${now} and party = ${focalPoint} and state = 'queued' and claimed_by is null
        and attempts->-1->>'code' in (select json_array_elements_text(${asJson(sql, codes)}))
      returning id`;
    if (found.length > 0) wake();
    return found.length;
  },

  async makePeerDue(gateway, but, now) {
    const [found] = await sql<{ count: number }[]>`
      with waiting as materialized (
        select d.id from delivery d left join endpoint e on e.id = d.endpoint
        where ((e.channel = 'relay' and e.focal_point = ${gateway})
            or (d.channel = 'none' and starts_with(d.party, ${`${gateway}:fp:`})))
          and ${waits(sql, but, now)}
        for no key update of d skip locked
      ), deliveries as (
        update delivery d set due_at = ${now} from waiting where d.id = waiting.id returning 1
      ), untold as (
        update withdrawal_sent set due_at = ${now} where gateway = ${gateway} and due_at > ${now} returning 1
      )
      select ((select count(*) from deliveries) + (select count(*) from untold))::integer as count`;
    const count = found?.count ?? 0;
    if (count > 0) wake();
    return count;
  },

  async peersWithWaiting(but, now) {
    const found = await sql<{ gateway: string }[]>`
      select e.focal_point as gateway from delivery d join endpoint e on e.id = d.endpoint
      where e.channel = 'relay' and ${waits(sql, but, now)}
      union select gateway from withdrawal_sent where due_at > ${now}`;
    return found.map((row) => row.gateway);
  },

  async makeDeliveriesDue(ids, now) {
    const found = await sql`
      update delivery set due_at = ${now}
      where id = any (${asTexts(sql, ids)}) and due_at > ${now} and claimed_by is null
      returning 1`;
    if (found.length > 0) wake();
    return found.length;
  },
});

/** Whether a delivery `d` waits for its time, and its last attempt did not have one of these codes. */
const waits = (sql: Sql, but: readonly string[], now: Date): PendingQuery<Row[]> => sql`
  d.due_at > ${now} and d.claimed_by is null
  and coalesce(d.attempts->-1->>'code', '') not in (select json_array_elements_text(${asJson(sql, but)}))`;
