/**
 * The write path for everything new (`keepMessage`). A message is kept with its recipients, deliveries and
 * receipt, or not at all.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { LongText } from '../domain/words/long-text.ts';
import { type BatchResult, batchReads, createBatcher } from './batch.ts';
import type { EvidenceRow, RecipientRow } from './contracts/message-rows.ts';
import type { KeepResult, MessageStore, NewMessage } from './contracts/messages.ts';
import { isUniqueViolation, isWorkFault } from './database-fault.ts';
import { recordOfDelivery } from './delivery-records.ts';
import { findEarlier, findReceipts, type Submitted } from './earlier-messages.ts';
import type { Grants } from './grants.ts';
import { insertEvidence } from './inserting.ts';
import { isLargeText, selectStagedText, sendLargeTexts, stageInRow, type TextStager } from './large-texts.ts';
import { recordOfEvidence, recordOfMessage, recordOfRecipient } from './message-records.ts';
import { asJson } from './rows.ts';

type Keeping = Pick<MessageStore, 'keepMessage' | 'findReceipt' | 'keepRejection'>;

/** One commit at once: two would share the waiting entries between them, and each costs as much as one. */
const LIMITS = { inFlight: 1, entries: 256, bytes: 8 * 1024 * 1024 } as const;

export function createMessageStore(sql: Sql, grants: Grants, wake: () => void): Keeping {
  const keep = createBatcher<NewMessage, KeepResult>({
    work: (entries) => keepAll(sql, grants, entries),
    weigh,
    limits: LIMITS,
    isOfOne: isWorkFault,
  });
  const receiptOf = batchReads((asked: readonly Submitted[]) => findReceipts(sql, grants, asked));
  return {
    async keepMessage(entry) {
      const kept = await keep(entry).catch((fault: unknown): KeepResult => {
        // All ids but that of another gateway's evidence are either checked here or drawn by us.
        if (entry.submission === undefined || !isUniqueViolation(fault)) throw fault;
        return { kind: 'conflict', message: entry.message.id };
      });
      if (kept.kind === 'kept') wake();
      return kept;
    },

    findReceipt: (sender, submissionKey) => receiptOf({ sender, key: submissionKey }),

    async keepRejection(row: EvidenceRow) {
      await insertEvidence(sql, [recordOfEvidence(row)]);
    },
  };
}

const weigh = (entry: NewMessage): number =>
  entry.recipients.reduce(
    (sum, one) => sum + one.sealed.length,
    entry.consignment.length + (entry.ownCopy?.length ?? 0) + entry.receipt.jws.length,
  );

/**
 * Keeps what is new and finds the earlier message for the rest. Entries that clash with each other cannot
 * share a statement: the first one goes, the others find it, or go again if it was not kept itself.
 */
async function keepAll(
  sql: Sql,
  grants: Grants,
  entries: readonly NewMessage[],
): Promise<readonly BatchResult<KeepResult>[]> {
  const first = new Set(firstOfEach(entries));
  const ids = await insertNew(sql, grants, [...first]);
  const isKept = (one: NewMessage): boolean => first.has(one) && ids.has(one.message.id);
  const rest = entries.filter((one) => !isKept(one));
  try {
    const found = rest.length > 0 ? await findEarlier(sql, grants, rest) : new Map<NewMessage, KeepResult>();
    return entries.map((one) => {
      if (isKept(one)) return { answer: { kind: 'kept' } };
      const answer = found.get(one);
      if (answer) return { answer };
      return first.has(one) ? { fault: new Error('a message was neither kept nor found') } : { again: true };
    });
  } catch (fault) {
    // These are kept, even if finding the others failed.
    return entries.map((one) => (isKept(one) ? { answer: { kind: 'kept' } } : { fault }));
  }
}

/** The first entry of each id and of each submission key, in an order that all processes share. */
function firstOfEach(entries: readonly NewMessage[]): readonly NewMessage[] {
  const seen = new Set<string>();
  const first = entries.filter(({ message }) => {
    const names = [message.id, `${message.sender} ${message.submissionKey}`];
    if (names.some((name) => seen.has(name))) return false;
    for (const name of names) seen.add(name);
    return true;
  });
  return first.toSorted((a, b) => (a.message.id < b.message.id ? -1 : 1));
}

/** The sealed message of each recipient, and the sender's own copy. */
const sealedRecords =
  (staged: TextStager) =>
  ({ message: { id: message, sender }, recipients, ownCopy }: NewMessage) => [
    ...recipients.map(({ to, sealed }) => ({ message, party: to, ...staged(sealed) })),
    ...(ownCopy === undefined ? [] : [{ message, party: sender, ...staged(ownCopy) }]),
  ];

/** The parts of a message that may be large. */
const textsOf = ({ consignment, recipients, ownCopy }: NewMessage): readonly LongText[] => [
  consignment,
  ...recipients.map(({ sealed }) => sealed),
  ...(ownCopy === undefined ? [] : [ownCopy]),
];

/** Each with the MAC over what goes where. */
const deliveryRecords = (grants: Grants, { message, receipt, recipients, deliveries }: NewMessage) =>
  deliveries.map((one) => {
    const delivery = recordOfDelivery(one);
    const recipient = recipients.find(({ to }) => to === one.to);
    const carried = {
      delivery,
      message: recordOfMessage(message, receipt.id),
      recipient: recipient ? recordOfRecipient(recipient) : null,
    };
    return { ...delivery, mac: grants.seal('delivery', carried) };
  });

const sealedMessage = (grants: Grants, { message, receipt }: NewMessage) => {
  const record = { ...recordOfMessage(message, receipt.id), mac: null };
  return { ...record, mac: grants.seal('message', record) };
};

const sealedRecipient = (grants: Grants, recipient: RecipientRow) => {
  const record = { ...recordOfRecipient(recipient), words: 0, contested: false, mac: null };
  return { ...record, mac: grants.seal('recipient', record) };
};

/** The acceptances: of the relaying gateway, and our own; and the rejections of recipients. */
const acceptances = ({ submission, receipt, rejections = [] }: NewMessage): readonly EvidenceRow[] =>
  submission === undefined ? [receipt] : [submission, ...rejections, receipt];

/** Inserts entries and returns which were new. Of the others nothing was written. */
async function insertNew(
  sql: Sql,
  grants: Grants,
  entries: readonly NewMessage[],
): Promise<ReadonlySet<string>> {
  const texts = entries.flatMap(textsOf);
  if (!texts.some(isLargeText)) return insertStaged(sql, grants, entries, stageInRow);
  return sql.begin(async (tx) => insertStaged(tx, grants, entries, await sendLargeTexts(tx, texts)));
}

/** The records of all, by table. */
function recordsOf(grants: Grants, entries: readonly NewMessage[], staged: TextStager) {
  const messages = entries.map((one) => ({
    ...sealedMessage(grants, one),
    settles: one.completes ?? null,
  }));
  const consignments = entries.map((one) => ({ message: one.message.id, ...staged(one.consignment) }));
  const recipients = entries.flatMap((one) => one.recipients.map((to) => sealedRecipient(grants, to)));
  const sealed = entries.flatMap(sealedRecords(staged));
  const deliveries = entries.flatMap((one) => deliveryRecords(grants, one));
  const findReceipts = entries.flatMap(acceptances).map(recordOfEvidence);
  const chases = entries.flatMap(({ message: { id, thread }, escalateAt: chaseAt }) =>
    chaseAt === undefined ? [] : [{ message: id, thread, due_at: chaseAt.toISOString() }],
  );
  return { messages, consignments, recipients, sealed, deliveries, receipts: findReceipts, chases };
}

/** One statement for all. */
async function insertStaged(
  sql: Sql | TransactionSql,
  grants: Grants,
  entries: readonly NewMessage[],
  staged: TextStager,
): Promise<ReadonlySet<string>> {
  const records = recordsOf(grants, entries, staged);
  const rows = await sql<{ id: string }[]>`
    with kept as (
      insert into message (id, sender, thread, parent, about, addressees, passes_on, granted_by, settles, type,
        urgency, handling, created_at, accepted_at, expires_at, digest, submission_key, submission_digest, receipt, mac)
      select id, sender, thread, parent, about, addressees, passes_on, granted_by, settles, type,
        urgency, handling, created_at, accepted_at, expires_at, digest, submission_key, submission_digest, receipt, mac
      from json_populate_recordset(null::message, ${asJson(sql, records.messages)})
      on conflict do nothing
      returning id
    ), kept_consignment as (
      insert into consignment (message, jws)
      select n.message, ${selectStagedText(sql)}
      from json_to_recordset(${asJson(sql, records.consignments)}) as n(message text, text text, pieces json)
        join kept on kept.id = n.message
    ), kept_recipient as (
      insert into recipient (message, party, position, digest, agreement_id, agreement_version, agreement_digest,
        acknowledge_by, answer_by, opened_at, decision, decided_by, ground, decided_at, decided_evidence, mac)
      select n.message, party, position, digest, agreement_id, agreement_version, agreement_digest,
        acknowledge_by, answer_by, opened_at, decision, decided_by, ground, decided_at, decided_evidence, mac
      from json_populate_recordset(null::recipient, ${asJson(sql, records.recipients)}) as n
        join kept on kept.id = n.message
    ), kept_sealed as (
      insert into sealed_message (message, party, jwe)
      select n.message, n.party, ${selectStagedText(sql)}
      from json_to_recordset(${asJson(sql, records.sealed)}) as n(message text, party text, text text, pieces json)
        join kept on kept.id = n.message
    ), kept_receipt as (
      insert into evidence (id, event, message, sender, recipient, delivery, at, jws, signer, signed_id, once)
      select n.id, event, n.message, sender, recipient, delivery, at, jws, signer, signed_id, once
      from json_populate_recordset(null::evidence, ${asJson(sql, records.receipts)}) as n join kept on kept.id = n.message
      -- A submission acceptance comes before the relay acceptance that followed it.
      order by event desc
    ), kept_delivery as (
      insert into delivery (id, kind, message, party, endpoint, channel, shows, evidence, state, tries, attempts,
        due_at, reference, revisable, expires_at, mac)
      select n.id, kind, n.message, party, endpoint, channel, shows, evidence, state, tries, attempts,
        due_at, reference, revisable, expires_at, mac
      from json_populate_recordset(null::delivery, ${asJson(sql, records.deliveries)}) as n join kept on kept.id = n.message
    ), kept_chase as (
      insert into chase (thread, due_at)
      select n.thread, min(n.due_at)
      from json_to_recordset(${asJson(sql, records.chases)}) as n(message text, thread text, due_at timestamptz)
        join kept on kept.id = n.message
      group by n.thread order by n.thread
      on conflict (thread) do update
        set due_at = least(chase.due_at, excluded.due_at), claimed_by = null
    )
    select id from kept`;
  return new Set(rows.map((row) => row.id));
}
