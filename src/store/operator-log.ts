/** The operator's log: an entry is written in the transaction of the change that it describes. */
import type { Sql, TransactionSql } from 'postgres';
import { insertEvidence } from './inserting.ts';
import type { Act, KeptAct, LogEnd, OperatorLogStore } from './operator-log-contract.ts';
import { evidenceRecord } from './rows.ts';

/** Any number, the same in every gateway: "oplog" in ASCII, the lock that appending holds. */
const LOCK = 0x6f706c6f67;

/**
 * Appends an entry, within the transaction of the change. Others who append wait until it ends.
 * @returns the id of the entry
 */
export async function record(tx: TransactionSql, act: Act): Promise<string> {
  await tx`select pg_advisory_xact_lock(${LOCK})`;
  const [last] = await tx<LogEnd[]>`
    select place::float8 as place, digest from operator_act order by place desc limit 1`;
  const { place, digest, evidence, ends = null } = await act(last && { ...last });
  await insertEvidence(tx, [evidenceRecord(evidence)]);
  await tx`
    insert into operator_act (place, id, digest, ends) values (${place}, ${evidence.id}, ${digest}, ${ends})`;
  return evidence.id;
}

/** Runs `change` in a transaction, and records the act where it says that something changed. */
export const recorded = (
  sql: Sql,
  act: Act | undefined,
  change: (tx: TransactionSql) => Promise<boolean>,
): Promise<boolean> =>
  sql.begin(async (tx) => {
    const isChanged = await change(tx);
    if (isChanged && act !== undefined) await record(tx, act);
    return isChanged;
  });

export const operatorLog = (sql: Sql): OperatorLogStore => ({
  recordAct: (act) => sql.begin((tx) => record(tx, act)),

  async operatorActs(after, limit) {
    const found = await sql<
      { place: number; id: string; digest: string; ends: string | null; jws: string | null }[]
    >`
      select a.place::float8 as place, a.id, a.digest, a.ends, e.jws
      from operator_act a left join evidence e on e.id = a.id
      where a.place > ${after} order by a.place limit ${limit}`;
    return found.map(
      ({ ends, jws, ...row }): KeptAct => ({
        ...row,
        ...(ends === null ? {} : { ends }),
        ...(jws === null ? {} : { jws }),
      }),
    );
  },
});
