/** Reads messages and evidence, for the parties of a message. */
import type { Sql } from 'postgres';
import type { MessageStore } from './contracts/messages.ts';
import { type DeliveryRecord, rankedDeliveryFrom } from './delivery-records.ts';
import type { SealedMessageRecord, SealedRecipientRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { type EvidenceRecord, evidenceRowFrom } from './message-records.ts';
import { markTamperedParts } from './tampered-messages.ts';

interface ViewRecord {
  readonly message: SealedMessageRecord;
  readonly recipients: readonly SealedRecipientRecord[];
  readonly deliveries: readonly { readonly delivery: DeliveryRecord; readonly rank: number }[];
  readonly evidence: readonly EvidenceRecord[];
}

export const createReadingStore = (
  sql: Sql,
  grants: Grants,
): Pick<MessageStore, 'findEvidence' | 'readMessage' | 'isKept'> => ({
  async findEvidence(id) {
    const found = await sql<{ evidence: EvidenceRecord }[]>`
      select to_json(e) as evidence from evidence e
      where (e.id = ${id} and e.signed_id is null) or e.signed_id = ${id} order by e.seq`;
    return found.map(({ evidence }) => evidenceRowFrom(evidence));
  },

  async readMessage(message) {
    const [found] = await sql<ViewRecord[]>`
      select to_json(m) as message,
        (select coalesce(json_agg(r order by r.position), '[]') from recipient r where r.message = m.id) as recipients,
        (select coalesce(json_agg(json_build_object('delivery', d, 'rank', coalesce(e.rank, 0)) order by d.id), '[]')
          from delivery d left join endpoint e on e.id = d.endpoint where d.message = m.id) as deliveries,
        (select coalesce(json_agg(v order by v.seq), '[]') from evidence v where v.message = m.id) as evidence
      from message m where m.id = ${message}`;
    if (found === undefined) return undefined;
    const parts = await markTamperedParts(grants, found);
    if (parts.message.isTampered === true) return undefined;
    return {
      ...parts,
      deliveries: found.deliveries.map(({ delivery, rank }) => rankedDeliveryFrom(delivery, rank)),
      evidence: found.evidence.map(evidenceRowFrom),
    };
  },

  async isKept(message) {
    const found = await sql`select from message where id = ${message}`;
    return found.count === 1;
  },
});
