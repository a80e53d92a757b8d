/** Writes evidence, once; it never changes. */
import type { Sql, TransactionSql } from 'postgres';
import type { EvidenceRecord } from './message-records.ts';
import { asJson } from './rows.ts';

/** Keeps pieces of evidence, within the transaction of what they prove. */
export const insertEvidence = (tx: Sql | TransactionSql, list: readonly EvidenceRecord[]) => tx`
  insert into evidence (id, event, message, sender, recipient, delivery, at, jws, signer, signed_id, once)
  select id, event, message, sender, recipient, delivery, at, jws, signer, signed_id, once
  from json_populate_recordset(null::evidence, ${asJson(tx, list)})`;
