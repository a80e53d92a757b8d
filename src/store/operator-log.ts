/** The operator's log: an entry is written in the transaction of the change that it describes. */
import type { Sql, TransactionSql } from 'postgres';
import type { LedgerStore } from './contracts/ledger.ts';
import type { LogEnd, LogEntryMaker, OperatorActTerms } from './contracts/operator-log.ts';
import type { Grants } from './grants.ts';
import { insertEvidence } from './inserting.ts';
import { readLogEntriesAfter } from './operator-acts.ts';
import { recordOfEvidence } from './rows.ts';

/** Any number, the same in every gateway: "oplog" in ASCII, the lock that appending holds. */
const LOCK = 0x6f706c6f67;

/**
 * Holds the end of the log until the transaction ends. Whoever locks rows that an operator's verb writes as well holds it
 * before them, so that no two transactions wait for each other.
 */
export const lockOperatorLog = (tx: TransactionSql) => tx`select pg_advisory_xact_lock(${LOCK})`;

/** What a transaction has appended so far: nobody else may believe it before it is committed. */
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

/** Records the act of the change under way, once however often it is asked. @returns the id of its entry */
export type LogEntryAppender = (terms?: OperatorActTerms) => Promise<string>;

/**
 * Runs `change` in a transaction. It asks for the entry of its act where it changes something, and names it in the row that
 * it writes; where it does not ask, nothing is recorded.
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
  // What was just done counts here from now on, and is known outside the database.
  await grants.readLogOn(sql);
  return answer as T;
}

export const createOperatorLogStore = (
  sql: Sql,
  grants: Grants,
): Pick<LedgerStore, 'recordAct' | 'operatorActs'> => ({
  // It changes no row, so that it ends no entry that one names.
  recordAct: (act) => {
    const apart: LogEntryMaker = (log) => act({ ...log, current: () => undefined });
    return runRecorded(sql, grants, apart, (_tx, entry) => entry());
  },
  operatorActs: (after, limit) => readLogEntriesAfter(sql, after, limit),
});
