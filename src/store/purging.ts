/**
 * Purges content, after a recall or at the end of its retention period. Sealed messages and the consignment
 * with them are deleted; digests and evidence stay. It is one transaction with its evidence, like the two
 * write paths.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { Delivery } from '../domain/carriage/delivery.ts';
import type { RetainedMessage } from '../domain/terms/retention.ts';
import { batchReads } from './batch.ts';
import type { ContentStore, HeldContent, PurgeChange, ThreadContent } from './contracts/content.ts';
import type { MessageRow } from './contracts/message-rows.ts';
import { insertDeliveries, updateDeliveries } from './delivery-changes.ts';
import { type DeliveryRecord, rankedDeliveryFrom, recordOfDelivery } from './delivery-records.ts';
import type { SealedMessageRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { insertEvidence } from './inserting.ts';
import { recordOfEvidence } from './message-records.ts';
import { asJson } from './rows.ts';
import {
  type MessageWithRecipients,
  markTamperedMessage,
  markTamperedParts,
  onlyValidMessages,
} from './tampered-messages.ts';

type Purging = Pick<ContentStore, 'purge' | 'recallOf' | 'openRecalls' | 'recalls' | 'keptContent'>;

export function createPurgeStore(sql: Sql, grants: Grants, wake: () => void): Purging {
  const recallOf = batchReads((asked: readonly Asked[]) => recallsOf(sql, grants, asked));
  return {
    async purge({ message, recall }, decide, now) {
      const purged = await sql.begin(async (tx) => {
        const held = await lockContent(tx, grants, message);
        if (held?.message.isTampered === true) return undefined;
        if (recall !== undefined && !(await claimRecall(tx, recall, now))) return undefined;
        if (held !== undefined && recall === undefined && held.parties.length === 0 && !held.consignment)
          return undefined;
        const change = await decide(held);
        if (change === undefined) return undefined;
        await writePurge(tx, grants, message, change);
        return change;
      });
      if (purged !== undefined) wake();
      return purged !== undefined;
    },

    recallOf: (message, sender) => recallOf({ message, sender }),

    async openRecalls(limit) {
      const found = await sql<{ message: SealedMessageRecord }[]>`
        select to_json(m) as message from message m where type = 'recall' and carried_out is null
        order by id limit ${limit}`;
      return onlyValidMessages(
        grants,
        found.map((row) => row.message),
      );
    },

    async recalls(after, limit) {
      const found = await sql<{ message: SealedMessageRecord }[]>`
        select to_json(m) as message from message m where type = 'recall' and id > ${after} order by id limit ${limit}`;
      return Promise.all(found.map((row) => markTamperedMessage(grants, row.message)));
    },

    keptContent: (page, limit, now) => keptContent(sql, page, limit, now),
  };
}

interface Asked {
  readonly message: string;
  readonly sender: string;
}

/**
 * The first recall of each message by its sender, in order. Asked before every attempt that sends one; mostly
 * there is none.
 */
async function recallsOf(
  sql: Sql,
  grants: Grants,
  asked: readonly Asked[],
): Promise<readonly (MessageRow | undefined)[]> {
  const found = await sql<{ message: SealedMessageRecord }[]>`
    select to_json(m) as message
    from json_to_recordset(${asJson(sql, asked)}) as wanted(message text, sender text)
      join message m on m.about = wanted.message and m.sender = wanted.sender and m.type = 'recall'
    order by m.accepted_at, m.id`;
  const recalls = await onlyValidMessages(
    grants,
    found.map((row) => row.message),
  );
  return asked.map(({ message, sender }) =>
    recalls.find((one) => one.about === message && one.sender === sender),
  );
}

/** False if the recall was carried out already, by this process or another. */
async function claimRecall(tx: TransactionSql, recall: string, now: Date): Promise<boolean> {
  const mine = await tx`
    update message set carried_out = ${now} where id = ${recall} and carried_out is null returning id`;
  return mine.length === 1;
}

interface HeldRecord extends MessageWithRecipients {
  readonly parties: readonly string[];
  readonly consignment: boolean;
}

/** Locks in the order of `changeDelivery`, recipients before deliveries, then reads. */
async function lockContent(
  tx: TransactionSql,
  grants: Grants,
  message: string,
): Promise<HeldContent | undefined> {
  await tx`select from recipient where message = ${message} order by party for no key update`;
  const deliveries = await tx<{ delivery: DeliveryRecord; rank: number }[]>`
    select to_json(d) as delivery, coalesce(e.rank, 0) as rank from delivery d left join endpoint e on e.id = d.endpoint
    where d.message = ${message} and d.kind = 'message' order by d.id for no key update of d`;
  const [found] = await tx<HeldRecord[]>`
    select to_json(m) as message,
      (select coalesce(json_agg(r order by r.position), '[]') from recipient r where r.message = m.id) as recipients,
      (select coalesce(json_agg(s.party), '[]') from sealed_message s where s.message = m.id) as parties,
      exists (select from consignment c where c.message = m.id) as consignment
    from message m where m.id = ${message}`;
  return (
    found && {
      ...(await markTamperedParts(grants, found)),
      deliveries: deliveries.map(({ delivery, rank }) => rankedDeliveryFrom(delivery, rank)),
      parties: found.parties,
      consignment: found.consignment,
    }
  );
}

/**
 * Evidence first, because deliveries refer to it. If the recalled message completed another one, that one may
 * be answered again.
 */
async function writePurge(
  tx: TransactionSql,
  grants: Grants,
  message: string,
  { evidence, deliveries, created }: PurgeChange,
) {
  if (evidence.length > 0) await insertEvidence(tx, evidence.map(recordOfEvidence));
  if (deliveries.length > 0) await updateDeliveries(tx, deliveries.map(recordOfDelivery));
  if (created.length > 0) await insertDeliveries(tx, await createdRecords(tx, grants, created));
  await tx`delete from sealed_message where message = ${message}`;
  await tx`delete from consignment where message = ${message}`;
  await tx`update message set settles = null where id = ${message} and settles is not null`;
}

/**
 * Deliveries of the purge's evidence, each with the MAC over what goes where. They may be about the recall
 * instead of the recalled message.
 */
async function createdRecords(
  tx: TransactionSql,
  grants: Grants,
  created: readonly Delivery[],
): Promise<readonly DeliveryRecord[]> {
  const ids = [...new Set(created.map((one) => one.message))];
  const found = await tx<{ message: SealedMessageRecord }[]>`
    select to_json(m) as message from message m
    where id in (select json_array_elements_text(${asJson(tx, ids)}))`;
  const valid = await Promise.all(found.map(({ message }) => grants.isValid('message', message)));
  const messages = new Map(found.filter((_, n) => valid[n]).map(({ message }) => [message.id, message]));
  return created.map((one) => {
    const delivery = recordOfDelivery(one);
    const message = messages.get(one.message);
    if (message === undefined) throw new Error('a delivery is made for a message whose row is tampered');
    return { ...delivery, mac: grants.seal('delivery', { delivery, message, recipient: null }) };
  });
}

type ContentRecord = RetainedMessage & { readonly thread: string };

/**
 * Every message of the threads with kept content, from which their end follows; a page of threads at a time.
 * `offset 0` keeps a page from reading all messages for the few of its threads.
 */
async function keptContent(
  sql: Sql,
  { after, acceptedBy }: Parameters<ContentStore['keptContent']>[0],
  limit: number,
  now: Date,
): Promise<readonly ThreadContent[]> {
  const found = await sql<ContentRecord[]>`
    with holding as (
      select distinct m.thread from message m
      where m.thread > ${after} and m.accepted_at <= ${acceptedBy} and (exists (select from sealed_message s where s.message = m.id)
        or exists (select from consignment c where c.message = m.id))
      order by m.thread limit ${limit}
    )
    select m.thread, m.id, m.type, m.sender as "from", m.about, m.accepted_at as "acceptedAt",
      m.expires_at as "expiresAt", exists (select from sealed_message s where s.message = m.id)
        or exists (select from consignment c where c.message = m.id) as "hasContent",
      exists (select from delivery d where d.message = m.id and d.kind = 'message' and d.state = 'queued'
        and d.expires_at > ${now}) as "isWaiting",
      (select coalesce(json_agg(json_build_object('id', r.agreement_id, 'version', r.agreement_version)), '[]')
        from recipient r where r.message = m.id) as agreements
    from holding cross join lateral (select * from message where message.thread = holding.thread offset 0) as m
    order by m.thread, m.accepted_at, m.id`;
  const threads = Map.groupBy(found, (row) => row.thread);
  return [...threads].map(([thread, list]) => ({
    thread,
    messages: list.map(({ thread: _, ...one }) => one),
  }));
}
