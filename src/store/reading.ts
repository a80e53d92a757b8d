/** Reading messages and evidence, for the parties of a message. */
import type { Sql } from 'postgres';
import type { MessageStore } from './contracts/messages.ts';
import type { Grants, MessageSealed, RecipientSealed } from './grants.ts';
import * as rows from './rows.ts';
import { markedParts } from './sound-messages.ts';

interface ViewRecord {
  readonly message: MessageSealed;
  readonly recipients: readonly RecipientSealed[];
  readonly deliveries: readonly { readonly delivery: rows.DeliveryRecord; readonly rank: number }[];
  readonly evidence: readonly rows.EvidenceRecord[];
}

export const reading = (
  sql: Sql,
  grants: Grants,
): Pick<MessageStore, 'evidenceNamed' | 'view' | 'isKept'> => ({
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
});
