/** The row is the job: what is due is claimed by moving its `due_at` past the lease, so a crash heals itself. */
import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres';
import { ABANDONED, type Attempt } from '../domain/carriage/attempt.ts';
import { NOWHERE } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import { endpointOf } from './changing.ts';
import { fitEndpoints } from './fitting.ts';
import type { ArrivalRecord, Grants, MessageSealed, RecipientSealed } from './grants.ts';
import type { Claimed, NewArrival } from './records.ts';
import * as rows from './rows.ts';
import { areSound } from './sound-messages.ts';
import { LARGE } from './staging.ts';
import type { Store } from './store.ts';

type Claiming = Pick<
  Store,
  | 'claimDeliveries'
  | 'keepArrival'
  | 'claimArrivals'
  | 'finishArrival'
  | 'putOffArrival'
  | 'releaseAbandoned'
  | 'nextDue'
>;

/**
 * After this many failed tries an arrival no longer holds up what its account did with other messages: one message that
 * cannot be read must not silence an officer.
 */
export const HOLDS_UP = 6;

/**
 * Seconds that nobody makes a tap, or a message on its way, wait for the next try, whatever was answered: one that is to wait
 * longer was written while the clock was ahead.
 */
const AHEAD = { arrival: 300, message: 3_600 } as const;

const ahead = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1_000);

/** Sealed messages that one claim may bring into memory, in bytes; one that is larger comes alone. */
const CLAIM_BYTES = 64 * 1024 * 1024;

interface ClaimedRecord {
  readonly delivery: rows.DeliveryRecord;
  readonly endpoint: rows.EndpointRecord | null;
  readonly message: MessageSealed;
  readonly recipient: RecipientSealed | null;
  readonly sealed: string | null;
  readonly is_apart: boolean;
  readonly evidence_jws: string | null;
}

/** What is sealed, where it came with the claim or is to be read. */
function sealedIn({ sealed, is_apart: isApart }: ClaimedRecord): Pick<Claimed, 'sealed'> {
  if (isApart) return { sealed: { apart: true } };
  return sealed === null ? {} : { sealed };
}

/** A plan made while the tables were small must not scan them whole once they have grown. */
async function claimByPlan(tx: TransactionSql, claim: Claim): Promise<readonly ClaimedRecord[]> {
  const plain = tx`set local enable_seqscan = off`.execute();
  const [, claimed] = await Promise.all([plain, claimDue(tx, claim)]);
  return claimed;
}

/** A delivery, and what it carries to whom, as these were kept. */
const isSound = async (grants: Grants, one: ClaimedRecord): Promise<boolean> =>
  (await areSound(grants, one)) && grants.holds('delivery', one);

/** An arrival as its row is sealed: nobody has worked on it yet. */
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

export function claiming(sql: Sql, grants: Grants, wake: () => void): Claiming {
  return {
    async claimDeliveries(now, leaseUntil, limit, share = { toOne: limit, but: [] }) {
      const taken = await sql.begin((tx) => claimByPlan(tx, { now, leaseUntil, limit, ...share }));
      await grants.readOn(sql);
      const found = await fitEndpoints(sql, grants, taken);
      const sound = await Promise.all(found.map((one) => isSound(grants, one)));
      const endpoints = await Promise.all(found.map((one) => endpointOf(grants, one)));
      const claimed = found.map((one, n) => ({
        delivery: rows.deliveryFrom(one.delivery),
        endpoint: endpoints[n] ?? NOWHERE,
        message: rows.messageFrom(one.message),
        ...present({ recipient: one.recipient ? rows.recipientFrom(one.recipient) : undefined }),
        ...sealedIn(one),
        ...present({ evidenceJws: one.evidence_jws ?? undefined }),
      }));
      // What is to go elsewhere than it was made for goes nowhere; an operator hears of it at each lease.
      return claimed.filter((_, n) => sound[n]);
    },

    async keepArrival(channel, arrival, now) {
      const { id, account, place, about, payload } = arrival;
      const row = newRow(channel, arrival, now);
      const kept = await sql`
        insert into arrival (channel, id, account, place, about, payload, kept_at, due_at, mac)
        values (${channel}, ${id}, ${account}, ${place}, ${about ?? null}, ${rows.asJson(sql, payload)}::json::jsonb, ${now}, ${now},
          ${grants.seal('arrival', row)})
        on conflict do nothing returning id`;
      if (kept.length === 1) wake();
      return kept.length === 1;
    },

    async claimArrivals(now, leaseUntil, limit) {
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
      const sound = await Promise.all(found.map(({ arrival }) => grants.holds('arrival', arrival)));
      for (const { arrival } of found.filter((_, n) => !sound[n])) await drop(sql, arrival);
      return found
        .filter((_, n) => sound[n])
        .map(({ arrival: { channel, id, payload, kept_at: keptAt }, said, tries }) => ({
          channel,
          id,
          payload,
          tries,
          keptAt: new Date(keptAt),
          ...present({ said: said ?? undefined }),
        }));
    },

    async finishArrival(channel, id) {
      await sql`
        update arrival set due_at = null, claimed_by = null, payload = null, said = null, account = null, about = null
        where channel = ${channel} and id = ${id}`;
      // What waited for it is due.
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
        if (found === undefined || !(await grants.holds('arrival', found.arrival))) return;
        const mac = grants.seal('arrival', { ...found.arrival, said });
        await tx`
          update arrival set due_at = ${at}, claimed_by = null, said = ${rows.asJson(tx, said)}::json::jsonb,
            tries = case when said is null then 1 else tries end, mac = ${mac}
          where ${isIt}`;
      });
      wake();
    },

    async releaseAbandoned(now) {
      // A process that is gone has no connection left: its backends end as soon as its sockets do.
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
  };
}

/**
 * The arrivals that are not finished, and whether each waits for an earlier one of the same account that is not worked on.
 * One that fails again and again holds up nothing but what is about the same delivery, and what stands behind it does as
 * little. It is one pass over them in the account's order: whoever taps a thousand times makes nobody wait for the database.
 */
const waiting = (sql: Sql): PendingQuery<Row[]> => sql`
  select channel, id, due_at, coalesce(account is not null and (place > first_about or place > first_in_way), false) as is_held_up
  from (
    select *, min(place) filter (where is_open and not is_excused) over (partition by channel, account) as first_in_way
    from (
      select *, case when about is not null then min(place) filter (where is_open) over same end as first_about,
        tries >= ${HOLDS_UP} or coalesce(
          about is not null and place >= min(place) filter (where is_open and tries >= ${HOLDS_UP}) over same, false
        ) as is_excused
      from (select *, said is null as is_open from arrival where due_at is not null) as each
      window same as (partition by channel, account, about)
    ) as excused
  ) as ordered`;

/** Nobody's channel brought it: it holds up nothing, and nothing comes of it. */
const drop = (sql: Sql, { channel, id }: ArrivalRecord) => sql`
  update arrival set due_at = null, claimed_by = null, payload = null, said = null, account = null, about = null
  where channel = ${channel} and id = ${id}`;

/**
 * The attempts of a delivery `d`; where it is so, with one more, of which nobody knows what came: it was begun and never
 * written. What may have gone by it is so not forgotten.
 */
function withAbandoned(sql: Sql | TransactionSql, isSo: PendingQuery<Row[]>, now: Date): PendingQuery<Row[]> {
  const one: Attempt = { at: now.toISOString(), outcome: 'deferred', code: ABANDONED, ms: 0 };
  return sql`case when ${isSo} and d.attempts->-1->>'code' is distinct from ${ABANDONED}
    then d.attempts || ${rows.asJson(sql, [one])}::jsonb else d.attempts end`;
}

/** Whether a delivery is for another endpoint than these. */
const isOther = (sql: Sql | TransactionSql, endpoints: readonly string[]) =>
  endpoints.length === 0 ? sql`true` : sql`endpoint <> all (${rows.asTexts(sql, endpoints)})`;

interface Claim {
  readonly now: Date;
  readonly leaseUntil: Date;
  readonly limit: number;
  readonly toOne: number;
  readonly but: readonly string[];
}

/**
 * `octet_length` of text that is stored aside reads its size and not the text. A relay carries the consignment, which
 * is read when it is its turn, and counts as its sealed message does.
 */
const claimDue = (sql: TransactionSql, { now, leaseUntil, limit, toOne, but }: Claim) => sql<ClaimedRecord[]>`
  with due as materialized (
    select id, due_at, kind, message, party, endpoint from delivery where due_at <= ${now} and ${isOther(sql, but)}
    order by due_at limit ${limit} for no key update skip locked
  ), apart as (
    select *, row_number() over (partition by endpoint order by due_at, id) as nth from due
  ), weighed as (
    select due.id, due.due_at, row_number() over oldest as place,
      sum(coalesce(octet_length(s.jwe), 0)) over oldest as bytes
    from (select * from apart where nth <= ${toOne}) as due left join sealed_message s on due.kind = 'message' and s.message = due.message and s.party = due.party
    window oldest as (order by due.due_at, due.id)
  ), claimed as (
    update delivery d set due_at = ${leaseUntil}, claimed_by = current_setting('application_name'),
      attempts = ${withAbandoned(sql, sql`d.kind = 'message' and d.state = 'queued' and d.claimed_by is not null`, now)}
    from weighed
    where d.id = weighed.id and (weighed.place = 1 or weighed.bytes <= ${CLAIM_BYTES})
    returning d.*, weighed.place
  )
  select to_json(d) as delivery, to_json(e) as endpoint, to_json(m) as message, to_json(r) as recipient,
    case when octet_length(s.jwe) <= ${LARGE} then s.jwe end as sealed,
    coalesce(octet_length(s.jwe) > ${LARGE}, false) as is_apart, v.jws as evidence_jws
  from claimed d
    left join endpoint e on e.id = d.endpoint
    join message m on m.id = d.message
    left join recipient r on d.kind <> 'evidence' and r.message = d.message
      and r.party = coalesce(d.step->>'recipient', d.party)
    left join sealed_message s on d.kind = 'message' and d.state = 'queued' and e.shows <> 'notice'
      and d.channel <> 'relay'
      and s.message = d.message and s.party = d.party
    left join evidence v on d.kind = 'evidence' and v.id = d.evidence
  order by d.place`;
