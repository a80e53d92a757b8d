/** Deliveries with all that a rule may read of them: locked before they are changed, or only read. */
import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres';
import { type Endpoint, NO_ENDPOINT } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import type { HeldDelivery } from './contracts/deliveries.ts';
import { type DeliveryRecord, deliveryFrom } from './delivery-records.ts';
import { type EndpointRecord, endpointFrom } from './endpoint-records.ts';
import type { SealedMessageRecord, SealedRecipientRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { messageRowFrom, recipientRowFrom } from './message-records.ts';
import { asTexts } from './rows.ts';
import { areRowsValid } from './tampered-messages.ts';
import { rereadEndpoints, withholdEndpoint } from './verified-endpoints.ts';

interface HeldRecord {
  readonly asked: string;
  readonly delivery: DeliveryRecord;
  readonly endpoint: EndpointRecord | null;
  readonly message: SealedMessageRecord;
  readonly recipient: SealedRecipientRecord | null;
  readonly words: readonly string[] | null;
}

/**
 * Locks the recipients, then locks and reads the rest, in one round trip: the second statement sees what was
 * committed while the first one waited. `postgres` sends a query when it is first awaited; `execute` sends it
 * now and so keeps the order. A plan made while tables were small must never scan them whole later.
 */
export async function lockRows(
  tx: TransactionSql,
  grants: Grants,
  ids: readonly string[],
): Promise<ReadonlyMap<string, HeldDelivery>> {
  const plain = tx`set local enable_seqscan = off`.execute();
  const recipients = tx`
    select from recipient r where (r.message, r.party) in (
      select d.message, coalesce(d.step->>'recipient', d.party) from delivery d
      where d.id = any (${asTexts(tx, ids)}) and d.kind <> 'evidence')
    order by r.message, r.party for no key update`.execute();
  const [held] = await Promise.all([
    readHeld(tx, grants, ids, tx`for no key update of d`),
    plain,
    recipients,
  ]);
  return held;
}

const select = (
  sql: Sql | TransactionSql,
  ids: readonly string[],
  lock: PendingQuery<Row[]>,
): PendingQuery<HeldRecord[]> => sql<HeldRecord[]>`
  select a.id as asked, to_json(d) as delivery, to_json(e) as endpoint, to_json(m) as message, to_json(r) as recipient,
    case when r.words > 0 and d.id = a.id then (
      select json_agg(w.jws order by w.seq) from evidence w where w.message = r.message and w.recipient = r.party
        and w.event in ('ConsignmentAcceptance', 'ConsignmentRejection')) end as words
  from delivery a
    join delivery d on d.message = a.message and (
      d.id = a.id or (a.kind <> 'evidence' and d.kind <> 'evidence'
        and coalesce(d.step->>'recipient', d.party) = coalesce(a.step->>'recipient', a.party)))
    left join endpoint e on e.id = d.endpoint
    join message m on m.id = d.message
    left join recipient r on d.kind <> 'evidence' and r.message = d.message
      and r.party = coalesce(d.step->>'recipient', d.party)
  where a.id = any (${asTexts(sql, ids)})
  order by d.id ${lock}`;

/** Everything that a rule may read, by the requested delivery. */
export async function readHeld(
  sql: Sql | TransactionSql,
  grants: Grants,
  ids: readonly string[],
  lock: PendingQuery<Row[]>,
): Promise<ReadonlyMap<string, HeldDelivery>> {
  const [all] = await Promise.all([select(sql, ids, lock), grants.readLogOn(sql)]);
  const found = await rereadEndpoints(sql, grants, all);
  // A tampered row may direct something elsewhere, so it counts as absent.
  const valid = await Promise.all(
    found.map(async (row) => (await areRowsValid(grants, row)) && grants.isValid('delivery', row)),
  );
  const together = Map.groupBy(
    found.filter((_, n) => valid[n]),
    (row) => row.asked,
  );
  const held = new Map<string, HeldDelivery>();
  for (const [id, mine] of together) {
    const own = mine.find((row) => row.delivery.id === id);
    if (own !== undefined) held.set(id, heldFrom(own, await readDeliveryEndpoint(grants, own), mine));
  }
  return held;
}

/**
 * The endpoint of a delivery, if it is valid and belongs to the delivery's focal point; else one without an
 * address.
 */
export async function readDeliveryEndpoint(
  grants: Grants,
  { delivery, endpoint }: { readonly delivery: DeliveryRecord; readonly endpoint: EndpointRecord | null },
): Promise<Endpoint> {
  if (endpoint === null) return NO_ENDPOINT;
  // A relay's endpoint belongs to the recipient's gateway. The directory knows which one that is.
  const isTheirs = endpoint.channel === 'relay' || endpoint.focal_point === delivery.party;
  const isValid = await grants.isValid('endpoint', endpoint);
  return isValid && isTheirs ? endpointFrom(endpoint) : withholdEndpoint(endpoint);
}

const heldFrom = (own: HeldRecord, endpoint: Endpoint, all: readonly HeldRecord[]): HeldDelivery => ({
  delivery: deliveryFrom(own.delivery),
  endpoint,
  message: messageRowFrom(own.message),
  ...present({ recipient: own.recipient ? recipientRowFrom(own.recipient) : undefined }),
  siblings: others(own, all, 'message'),
  reminders: others(own, all, 'reminder'),
  acknowledgements: own.words ?? [],
});

const others = (
  own: HeldRecord,
  all: readonly HeldRecord[],
  kind: DeliveryRecord['kind'],
): HeldDelivery['siblings'] =>
  all.filter((row) => row !== own && row.delivery.kind === kind).map((row) => deliveryFrom(row.delivery));
