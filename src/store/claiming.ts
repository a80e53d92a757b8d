/**
 * The row is the job. A claim moves its `due_at` to the end of the lease, so the work of a crashed process
 * becomes due again.
 */
import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres';
import { ABANDONED_CODE, type Attempt } from '../domain/carriage/attempt.ts';
import { NO_ENDPOINT } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import type { ClaimedDelivery, DeliveryStore } from './contracts/deliveries.ts';
import { type DeliveryRecord, deliveryFrom } from './delivery-records.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import type { SealedMessageRecord, SealedRecipientRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { readDeliveryEndpoint } from './held-deliveries.ts';
import { LARGE_TEXT_BYTES } from './large-texts.ts';
import { messageRowFrom, recipientRowFrom } from './message-records.ts';
import { asJson, asTexts } from './rows.ts';
import { areRowsValid } from './tampered-messages.ts';
import { rereadEndpoints } from './verified-endpoints.ts';

/** Most bytes of sealed messages that one claim reads into memory; a larger one comes alone. */
const CLAIM_BYTES = 64 * 1024 * 1024;

interface ClaimedRecord {
  readonly delivery: DeliveryRecord;
  readonly endpoint: EndpointRecord | null;
  readonly message: SealedMessageRecord;
  readonly recipient: SealedRecipientRecord | null;
  readonly sealed: string | null;
  readonly is_apart: boolean;
  readonly evidence_jws: string | null;
}

/** The sealed message, if the claim has read it, or the mark that it is to be read later. */
function sealedOf({ sealed, is_apart: isApart }: ClaimedRecord): Pick<ClaimedDelivery, 'sealed'> {
  if (isApart) return { sealed: { apart: true } };
  return sealed === null ? {} : { sealed };
}

/** A plan made while the tables were small must not scan them whole once they have grown. */
async function claimByPlan(tx: TransactionSql, claim: Claim): Promise<readonly ClaimedRecord[]> {
  const plain = tx`set local enable_seqscan = off`.execute();
  const [, claimed] = await Promise.all([plain, claimDue(tx, claim)]);
  return claimed;
}

/** Whether a delivery is valid, with its message and its recipient. */
const isDeliveryValid = async (grants: Grants, one: ClaimedRecord): Promise<boolean> =>
  (await areRowsValid(grants, one)) && grants.isValid('delivery', one);

export function createClaimStore(sql: Sql, grants: Grants): Pick<DeliveryStore, 'claimDeliveries'> {
  return {
    async claimDeliveries(now, leaseUntil, limit, share = { toOne: limit, but: [] }) {
      const taken = await sql.begin((tx) => claimByPlan(tx, { now, leaseUntil, limit, ...share }));
      await grants.readLogOn(sql);
      const found = await rereadEndpoints(sql, grants, taken);
      const valid = await Promise.all(found.map((one) => isDeliveryValid(grants, one)));
      const endpoints = await Promise.all(found.map((one) => readDeliveryEndpoint(grants, one)));
      const claimed = found.map((one, n) => ({
        delivery: deliveryFrom(one.delivery),
        endpoint: endpoints[n] ?? NO_ENDPOINT,
        message: messageRowFrom(one.message),
        ...present({ recipient: one.recipient ? recipientRowFrom(one.recipient) : undefined }),
        ...sealedOf(one),
        ...present({ evidenceJws: one.evidence_jws ?? undefined }),
      }));
      // A tampered delivery is not sent. The alarm is raised again at each lease.
      return claimed.filter((_, n) => valid[n]);
    },
  };
}

/**
 * The attempts of a delivery `d`. With the condition, one more whose result is unknown: it was begun and
 * never written. So an attempt that may have sent something is not forgotten.
 */
export function withAbandoned(
  sql: Sql | TransactionSql,
  isSo: PendingQuery<Row[]>,
  now: Date,
): PendingQuery<Row[]> {
  const one: Attempt = { at: now.toISOString(), outcome: 'deferred', code: ABANDONED_CODE, ms: 0 };
  return sql`case when ${isSo} and d.attempts->-1->>'code' is distinct from ${ABANDONED_CODE}
    then d.attempts || ${asJson(sql, [one])}::jsonb else d.attempts end`;
}

/** Whether a delivery is for another endpoint than these. */
export const isOther = (sql: Sql | TransactionSql, endpoints: readonly string[]) =>
  endpoints.length === 0 ? sql`true` : sql`endpoint <> all (${asTexts(sql, endpoints)})`;

interface Claim {
  readonly now: Date;
  readonly leaseUntil: Date;
  readonly limit: number;
  readonly toOne: number;
  readonly but: readonly string[];
}

/**
 * `octet_length` of a text that is stored out of line reads its size, not the text. A relay sends the
 * consignment, which is read just before sending; its size is counted as that of its sealed message.
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
    case when octet_length(s.jwe) <= ${LARGE_TEXT_BYTES} then s.jwe end as sealed,
    coalesce(octet_length(s.jwe) > ${LARGE_TEXT_BYTES}, false) as is_apart, v.jws as evidence_jws
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
