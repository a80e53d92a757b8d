/** Arrivals. They are claimed as deliveries are; those of one account are worked on in order. */
import type { PendingQuery, Row, Sql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { ArrivalStore, NewArrival } from './contracts/arrivals.ts';
import type { ArrivalRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { asJson } from './rows.ts';

/**
 * After this many failed attempts an arrival no longer blocks what its account did with other messages: one
 * message that cannot be read must not silence an officer.
 */
const BLOCKING_ATTEMPTS = 6;

/** An arrival as its MAC covers it, before anybody has worked on it. */
const newRow = (channel: string, { id, account, place, about, payload }: NewArrival, now: Date) => ({
  channel,
  id,
  account,
  place,
  about: about ?? null,
  payload,
  kept_at: now,
  said: null,
  mac: null,
});

export const arrivals = (sql: Sql, grants: Grants, wake: () => void): ArrivalStore => ({
  async keepArrival(channel, arrival, now) {
    const { id, account, place, about, payload } = arrival;
    const row = newRow(channel, arrival, now);
    const kept = await sql`
      insert into arrival (channel, id, account, place, about, payload, kept_at, due_at, mac)
      values (${channel}, ${id}, ${account}, ${place}, ${about ?? null}, ${asJson(sql, payload)}::json::jsonb, ${now}, ${now},
        ${grants.seal('arrival', row)})
      on conflict do nothing returning id`;
    if (kept.length === 1) wake();
    return kept.length === 1;
  },

  claimArrivals: (now, leaseUntil, limit) => claim(sql, grants, { now, leaseUntil, limit }),

  async finishArrival(channel, id) {
    await sql`
      update arrival set due_at = null, claimed_by = null, payload = null, said = null, account = null, about = null
      where channel = ${channel} and id = ${id}`;
    // Arrivals that waited for this one are due.
    wake();
  },

  async putOffArrival(channel, id, { at, said }) {
    const isIt = sql`channel = ${channel} and id = ${id} and due_at is not null`;
    if (said === undefined) {
      await sql`update arrival set due_at = ${at}, claimed_by = null where ${isIt}`;
      return;
    }
    await sql.begin(async (tx) => {
      const [found] = await tx<{ arrival: ArrivalRecord }[]>`
        select to_json(a) as arrival from arrival a where ${isIt} for update`;
      if (found === undefined || !(await grants.isValid('arrival', found.arrival))) return;
      const mac = grants.seal('arrival', { ...found.arrival, said });
      await tx`
        update arrival set due_at = ${at}, claimed_by = null, said = ${asJson(tx, said)}::json::jsonb,
          tries = case when said is null then 1 else tries end, mac = ${mac}
        where ${isIt}`;
    });
    wake();
  },
});

async function claim(
  sql: Sql,
  grants: Grants,
  { now, leaseUntil, limit }: { readonly now: Date; readonly leaseUntil: Date; readonly limit: number },
): ReturnType<ArrivalStore['claimArrivals']> {
  const found = await sql<{ arrival: ArrivalRecord; said: unknown; tries: number }[]>`
    with waiting as materialized (${waiting(sql)}), due as materialized (
      select a.channel, a.id, a.due_at, a.place from arrival a join waiting w using (channel, id)
      where a.due_at <= ${now} and not w.is_held_up
      order by a.due_at, a.place limit ${limit}
      for no key update of a skip locked
    ), claimed as (
      update arrival a set due_at = ${leaseUntil}, tries = a.tries + 1, claimed_by = current_setting('application_name')
      from due
      where a.channel = due.channel and a.id = due.id
      returning to_json(a) as arrival, a.id, a.said, a.tries, due.due_at as was_due, due.place
    )
    select arrival, said, tries from claimed order by was_due, place, id`;
  const valid = await Promise.all(found.map(({ arrival }) => grants.isValid('arrival', arrival)));
  for (const { arrival } of found.filter((_, n) => !valid[n])) await drop(sql, arrival);
  return found
    .filter((_, n) => valid[n])
    .map(({ arrival: { channel, id, payload, kept_at: keptAt }, said, tries }) => ({
      channel,
      id,
      payload,
      tries,
      keptAt: new Date(keptAt),
      ...present({ said: said ?? undefined }),
    }));
}

/**
 * The unfinished arrivals, and whether each waits for an earlier one of the same account. One that fails
 * again and again blocks only those about the same delivery; nor do those behind it block others. It is one
 * pass in each account's order, so that an account with a thousand taps does not slow the database.
 */
export const waiting = (sql: Sql): PendingQuery<Row[]> => sql`
  select channel, id, due_at, coalesce(account is not null and (place > first_about or place > first_in_way), false) as is_held_up
  from (
    select *, min(place) filter (where is_open and not is_excused) over (partition by channel, account) as first_in_way
    from (
      select *, case when about is not null then min(place) filter (where is_open) over same end as first_about,
        tries >= ${BLOCKING_ATTEMPTS} or coalesce(
          about is not null and place >= min(place) filter (where is_open and tries >= ${BLOCKING_ATTEMPTS}) over same, false
        ) as is_excused
      from (select *, said is null as is_open from arrival where due_at is not null) as each
      window same as (partition by channel, account, about)
    ) as excused
  ) as ordered`;

/** No channel brought this row. It is ended, and blocks nothing. */
const drop = (sql: Sql, { channel, id }: ArrivalRecord) => sql`
  update arrival set due_at = null, claimed_by = null, payload = null, said = null, account = null, about = null
  where channel = ${channel} and id = ${id}`;
