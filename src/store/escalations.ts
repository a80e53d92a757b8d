/** Threads in which something is due, and when endpoints were reminded of theirs. */
import type { Sql, TransactionSql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { DeliveryStore } from './contracts/deliveries.ts';
import type { ThreadStore } from './contracts/threads.ts';
import { asJson } from './rows.ts';

export const createEscalationStore = (
  sql: Sql,
): Pick<ThreadStore, 'claimEscalations' | 'finishEscalation'> => ({
  async claimEscalations(now, leaseUntil, limit) {
    const found = await sql<{ thread: string }[]>`
      with due as materialized (
        select thread from chase where due_at <= ${now} order by due_at limit ${limit}
        for no key update skip locked
      )
      update chase c set due_at = ${leaseUntil}, claimed_by = current_setting('application_name')
      from due where c.thread = due.thread returning c.thread`;
    return found.map((row) => row.thread);
  },

  async finishEscalation(thread, leaseUntil, next) {
    await sql`
      update chase set due_at = ${next ?? null}, claimed_by = null where thread = ${thread} and due_at = ${leaseUntil}`;
  },
});

/**
 * Makes threads due no later than the given times, inside the transaction in which an act may have begun. It
 * comes last there, in one order, so that no two transactions wait for each other.
 */
export const bringEscalationsForward = (
  tx: TransactionSql,
  list: readonly { readonly thread: string; readonly due_at: string }[],
) => tx`
  insert into chase (thread, due_at)
  select thread, min(due_at) from json_to_recordset(${asJson(tx, list)}) as n(thread text, due_at timestamptz)
  group by thread order by thread
  on conflict (thread) do update set due_at = least(chase.due_at, excluded.due_at), claimed_by = null`;

export const reminding = (sql: Sql): Pick<DeliveryStore, 'reminderTimes'> => ({
  async reminderTimes(endpoints) {
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
});
