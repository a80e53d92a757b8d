/** The operator's log. An entry is written in the transaction of the change that it records. */
import type { Sql, TransactionSql } from 'postgres';
import type { LedgerStore } from './contracts/ledger.ts';
import type { LogEnd, LogEntryMaker, OperatorActTerms } from './contracts/operator-log.ts';
import type { Grants } from './grants.ts';
import { insertEvidence } from './inserting.ts';
import { recordOfEvidence } from './message-records.ts';
import { readLogEntriesAfter } from './operator-acts.ts';

/** The id of the lock for appending, the same in every gateway: "oplog" in ASCII. */
const LOCK = 0x6f706c6f67;

/**
 * Locks the end of the log until the transaction ends. A transaction that also locks rows which an operator's
 * function writes must take this lock first, so that no two transactions wait for each other.
 */
export const lockOperatorLog = (tx: TransactionSql) => tx`select pg_advisory_xact_lock(${LOCK})`;

/** What a transaction has appended so far. Others must not trust it before it is committed. */
const appended = new WeakMap<TransactionSql, LogEnd>();

/**
 * Appends an entry, within the transaction of the change. Others who append wait until it ends.
 * @returns the id of the entry
 */
export async function appendLogEntry(
  tx: TransactionSql,
  grants: Grants,
  act: LogEntryMaker,
  terms?: OperatorActTerms,
): Promise<string> {
  await lockOperatorLog(tx);
  const own = appended.get(tx);
  if (own === undefined) await grants.readLogOn(tx);
  const log = grants.guard().end();
  const {
    place,
    digest,
    evidence,
    ends = null,
  } = await act(own === undefined ? log : { ...log, last: own }, terms);
  await insertEvidence(tx, [recordOfEvidence(evidence)]);
  await tx`
    insert into operator_act (place, id, digest, ends) values (${place}, ${evidence.id}, ${digest}, ${ends})`;
  appended.set(tx, { place, digest });
  return evidence.id;
}

/** Records the act of the change under way, once, however often it is called. @returns the id of its entry */
export type LogEntryAppender = (terms?: OperatorActTerms) => Promise<string>;

/**
 * Runs `change` in a transaction. If it changes something, it requests the entry of its act and names it in
 * the row that it writes. If it does not, nothing is recorded.
 */
export async function runRecorded<T>(
  sql: Sql,
  grants: Grants,
  act: LogEntryMaker,
  change: (tx: TransactionSql, entry: LogEntryAppender) => Promise<T>,
): Promise<T> {
  const answer = await sql.begin(async (tx) => {
    let made: Promise<string> | undefined;
    return change(tx, (terms) => {
      made ??= appendLogEntry(tx, grants, act, terms);
      return made;
    });
  });
  // The act takes effect here now, and the head outside the database moves on.
  await grants.readLogOn(sql);
  return answer as T;
}

export const createOperatorLogStore = (
  sql: Sql,
  grants: Grants,
): Pick<LedgerStore, 'recordAct' | 'operatorActs'> => ({
  // It changes no row, so it must not end an entry that a row names.
  recordAct: (act) => {
    const apart: LogEntryMaker = (log) => act({ ...log, current: () => undefined });
    return runRecorded(sql, grants, apart, (_tx, entry) => entry());
  },
  operatorActs: (after, limit) => readLogEntriesAfter(sql, after, limit),
});
