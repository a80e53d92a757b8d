/** Reading what is kept: for the parties of a message, and figures for the operator. */
import type { PendingQuery, Row, Sql } from 'postgres';
import { type LongText, textOf } from '../domain/words/long-text.ts';
import { readTogether } from './batch.ts';
import type { Grants, MessageSealed, RecipientSealed } from './grants.ts';
import type { MessageRow } from './records.ts';
import * as rows from './rows.ts';
import { markedParts, type PartsRecord, soundMessages } from './sound-messages.ts';
import { isLarge } from './staging.ts';
import type { Store } from './store.ts';

type Reading = Pick<
  Store,
  | 'view'
  | 'isKept'
  | 'evidenceNamed'
  | 'sealed'
  | 'consignment'
  | 'threadParties'
  | 'thread'
  | 'threadMessages'
  | 'threadsUnder'
  | 'figures'
>;

interface ViewRecord {
  readonly message: MessageSealed;
  readonly recipients: readonly RecipientSealed[];
  readonly deliveries: readonly { readonly delivery: rows.DeliveryRecord; readonly rank: number }[];
  readonly evidence: readonly rows.EvidenceRecord[];
}

export function reading(sql: Sql, grants: Grants): Reading {
  return {
    async evidenceNamed(id) {
      const found = await sql<{ evidence: rows.EvidenceRecord }[]>`
        select to_json(e) as evidence from evidence e
        where (e.id = ${id} and e.signed_id is null) or e.signed_id = ${id} order by e.seq`;
      return found.map(({ evidence }) => rows.evidenceFrom(evidence));
    },

    async view(message) {
      const [found] = await sql<ViewRecord[]>`
        select to_json(m) as message,
          (select coalesce(json_agg(r order by r.position), '[]') from recipient r where r.message = m.id) as recipients,
          (select coalesce(json_agg(json_build_object('delivery', d, 'rank', coalesce(e.rank, 0)) order by d.id), '[]')
            from delivery d left join endpoint e on e.id = d.endpoint where d.message = m.id) as deliveries,
          (select coalesce(json_agg(v order by v.seq), '[]') from evidence v where v.message = m.id) as evidence
        from message m where m.id = ${message}`;
      if (found === undefined) return undefined;
      const parts = await markedParts(grants, found);
      if (parts.message.spoilt === true) return undefined;
      return {
        ...parts,
        deliveries: found.deliveries.map(({ delivery, rank }) => rows.rankedFrom(delivery, rank)),
        evidence: found.evidence.map(rows.evidenceFrom),
      };
    },

    async isKept(message) {
      const found = await sql`select from message where id = ${message}`;
      return found.count === 1;
    },

    async sealed(message, to) {
      return textIn(sql`select jwe from sealed_message where message = ${message} and party = ${to}`);
    },

    async consignment(message) {
      return textIn(sql`select jws from consignment where message = ${message}`);
    },

    threadParties: readTogether((threads) => partiesOf(sql, grants, threads)),

    thread: readTogether((threads) => messagesOf(sql, grants, threads)),

    async threadMessages(thread) {
      const found = await sql<
        { id: string }[]
      >`select id from message where thread = ${thread} order by accepted_at, id`;
      return found.map((row) => row.id);
    },

    async threadsUnder({ agreement, from, to, after }, limit) {
      const found = await sql<{ thread: string }[]>`
        select distinct m.thread from message m join recipient r on r.message = m.id
        where r.agreement_id = ${agreement} and m.accepted_at >= ${from} and m.accepted_at < ${to}
          and m.thread > ${after}
        order by m.thread limit ${limit}`;
      return found.map((row) => row.thread);
    },

    async figures(now) {
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
  };
}

/**
 * The messages of each thread, in order. A look by the index for each, however large the table: `offset 0` keeps a plan
 * that was made while it was small from reading it whole.
 */
async function messagesOf(
  sql: Sql,
  grants: Grants,
  threads: readonly string[],
): Promise<readonly (readonly MessageRow[])[]> {
  const found = await sql<{ message: MessageSealed }[]>`
    select to_json(m) as message
    from json_array_elements_text(${rows.asJson(sql, [...new Set(threads)])}) as wanted(thread)
    cross join lateral (select * from message where message.thread = wanted.thread offset 0) as m
    order by m.accepted_at, m.id`;
  const sound = await soundMessages(
    grants,
    found.map((row) => row.message),
  );
  const byThread = Map.groupBy(sound, (one) => one.thread);
  return threads.map((thread) => byThread.get(thread) ?? []);
}

/** The parties of each thread, in order. */
async function partiesOf(
  sql: Sql,
  grants: Grants,
  threads: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const found = await sql<PartsRecord[]>`
    select to_json(m) as message,
      (select coalesce(json_agg(r), '[]') from recipient r where r.message = m.id) as recipients
    from json_array_elements_text(${rows.asJson(sql, [...new Set(threads)])}) as wanted(thread)
    cross join lateral (select * from message where message.thread = wanted.thread offset 0) as m`;
  const marked = await Promise.all(found.map((one) => markedParts(grants, one)));
  const byThread = Map.groupBy(
    marked.filter(({ message }) => message.spoilt !== true),
    ({ message }) => message.thread,
  );
  return threads.map((thread) => {
    const parts = byThread.get(thread) ?? [];
    const all = parts.flatMap(({ message, recipients }) => [
      message.sender,
      ...recipients.map(({ to }) => to),
    ]);
    return [...new Set(all)].toSorted();
  });
}

/** The text in the one column of the one row, where there is one: a large one as it came, in bytes. */
async function textIn(query: PendingQuery<Row[]>): Promise<LongText | undefined> {
  const [[bytes] = []] = await query.raw();
  if (bytes === undefined || bytes === null) return undefined;
  return isLarge(bytes) ? bytes : textOf(bytes);
}
