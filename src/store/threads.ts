/** Reads threads: many in one statement, and the few in which something may be owed. */
import type { Sql } from 'postgres';
import type { ThreadMessage, ThreadStore } from './contracts/threads.ts';
import type { SealedMessageRecord, SealedRecipientRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { type EvidenceRecord, evidenceRowFrom } from './message-records.ts';
import { asJson } from './rows.ts';
import { markTamperedParts, onlyValidMessages } from './tampered-messages.ts';

type Threads = Pick<ThreadStore, 'keptThreads' | 'maybeOpenThreads' | 'childThreads'>;

interface KeptRecord {
  readonly message: SealedMessageRecord;
  readonly recipients: readonly SealedRecipientRecord[];
  readonly evidence: readonly EvidenceRecord[];
}

const keptFrom = async (grants: Grants, record: KeptRecord): Promise<ThreadMessage> => ({
  ...(await markTamperedParts(grants, record)),
  evidence: record.evidence.map(evidenceRowFrom),
});

export function createThreadStore(sql: Sql, grants: Grants): Threads {
  return {
    async keptThreads(wanted) {
      const found = await sql<KeptRecord[]>`
        select to_json(m) as message,
          (select coalesce(json_agg(r order by r.position), '[]') from recipient r where r.message = m.id) as recipients,
          (select coalesce(json_agg(v order by v.seq), '[]') from evidence v where v.message = m.id) as evidence
        from json_array_elements_text(${asJson(sql, [...new Set(wanted)])}) as wanted(thread)
        join message m on m.thread = wanted.thread
        order by m.accepted_at, m.id`;
      const kept = await Promise.all(found.map((one) => keptFrom(grants, one)));
      const byThread = Map.groupBy(kept, (one) => one.message.thread);
      return wanted.map((thread) => ({ thread, messages: byThread.get(thread) ?? [] }));
    },

    async maybeOpenThreads(party, limit) {
      // Named by their ids too, because no index serves a condition on both ends of a message.
      const isTheirs =
        party === undefined
          ? sql`true`
          : sql`(m.sender = ${party} or r.party = ${party}) and m.id in (
              select id from message where sender = ${party} union all select message from recipient where party = ${party})`;
      // A recipient's part is done if an officer accepted it and no answer is due any more. The rest is
      // examined more closely.
      const found = await sql<{ thread: string }[]>`
        select m.thread
        from message m join recipient r on r.message = m.id
        where ${isTheirs}
          and (r.decision is distinct from 'accepted'
            or m.type in ('request', 'clarification', 'handover', 'permission-request', 'recall'))
          and not exists (
            select from message a
            where a.thread = m.thread and a.about = m.id and a.sender = r.party
              and a.type in ('reply', 'refusal', 'acceptance', 'permission')
              and not exists (
                select from message b where b.thread = a.thread and b.about = a.id and b.type = 'recall'))
        group by m.thread
        order by max(m.accepted_at) desc, m.thread
        limit ${limit}`;
      return found.map((row) => row.thread);
    },

    async childThreads(thread, party) {
      const found = await sql<{ message: SealedMessageRecord }[]>`
        select to_json(m) as message from message m
        where parent = ${thread} and thread <> ${thread}
          and (${party ?? null}::text is null or sender = ${party ?? null}
            or addressees @> to_jsonb(${party ?? ''}::text))
        order by thread
        limit 100`;
      const valid = await onlyValidMessages(
        grants,
        found.map((row) => row.message),
      );
      return [...new Set(valid.map((one) => one.thread))];
    },
  };
}
