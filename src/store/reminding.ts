/** When endpoints were reminded. */
import type { Sql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { DeliveryStore } from './contracts/deliveries.ts';
import { asJson } from './rows.ts';

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
