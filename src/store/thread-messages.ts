/** The messages and the parties of a thread. Simultaneous reads share a statement. */
import type { Sql } from 'postgres';
import { batchReads } from './batch.ts';
import type { MessageRow } from './contracts/message-rows.ts';
import type { ThreadStore } from './contracts/threads.ts';
import type { SealedMessageRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { asJson } from './rows.ts';
import { type MessageWithRecipients, markTamperedParts, onlyValidMessages } from './tampered-messages.ts';

export const threadMessages = (
  sql: Sql,
  grants: Grants,
): Pick<ThreadStore, 'readThread' | 'messageIdsOf' | 'threadParties'> => ({
  threadParties: batchReads((threads) => partiesOf(sql, grants, threads)),

  readThread: batchReads((threads) => messagesOf(sql, grants, threads)),

  async messageIdsOf(thread) {
    const found = await sql<
      { id: string }[]
    >`select id from message where thread = ${thread} order by accepted_at, id`;
    return found.map((row) => row.id);
  },
});

/**
 * The messages of each thread, in order. It uses the index for each, however large the table: `offset 0`
 * keeps a plan made while it was small from reading it whole.
 */
async function messagesOf(
  sql: Sql,
  grants: Grants,
  threads: readonly string[],
): Promise<readonly (readonly MessageRow[])[]> {
  const found = await sql<{ message: SealedMessageRecord }[]>`
    select to_json(m) as message
    from json_array_elements_text(${asJson(sql, [...new Set(threads)])}) as wanted(thread)
    cross join lateral (select * from message where message.thread = wanted.thread offset 0) as m
    order by m.accepted_at, m.id`;
  const valid = await onlyValidMessages(
    grants,
    found.map((row) => row.message),
  );
  const byThread = Map.groupBy(valid, (one) => one.thread);
  return threads.map((thread) => byThread.get(thread) ?? []);
}

/** The parties of each thread, in order. */
async function partiesOf(
  sql: Sql,
  grants: Grants,
  threads: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const found = await sql<MessageWithRecipients[]>`
    select to_json(m) as message,
      (select coalesce(json_agg(r), '[]') from recipient r where r.message = m.id) as recipients
    from json_array_elements_text(${asJson(sql, [...new Set(threads)])}) as wanted(thread)
    cross join lateral (select * from message where message.thread = wanted.thread offset 0) as m`;
  const marked = await Promise.all(found.map((one) => markTamperedParts(grants, one)));
  const byThread = Map.groupBy(
    marked.filter(({ message }) => message.isTampered !== true),
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
