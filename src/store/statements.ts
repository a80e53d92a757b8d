/**
 * Keeps signed statements: designations, agreements, gateways. A kept statement may exclude a new one. So
 * each is judged under a lock that lets in one at a time, whichever process brings it.
 */
import { createHash } from 'node:crypto';
import type { Sql, TransactionSql } from 'postgres';
import { Refusal } from '../domain/words/error.ts';
import type { DirectoryStore, KeptStatements, StatementCheck } from './contracts/directory.ts';
import type { LogEntryMaker } from './contracts/operator-log.ts';
import type { Grants } from './grants.ts';
import { type LogEntryAppender, runRecorded } from './operator-log.ts';

type Statements = Pick<DirectoryStore, 'keepDesignation' | 'keepAgreement' | 'keepGateway'>;

const asTheyCome: StatementCheck = async () => {};

export const createStatementStore = (sql: Sql, grants: Grants): Statements => ({
  async keepDesignation(row, check = asTheyCome, act) {
    await underImportLock(sql, grants, { check, act }, async (tx, entry) => {
      const kept = await tx`
        insert into designation (did, slug, country, valid_from, digest, statement)
        values (${row.did}, ${row.slug}, ${row.country}, ${row.from}, ${digestOf(row.statement)}, ${row.statement})
        on conflict (did, digest) do nothing`;
      if (kept.count === 1) await entry();
    });
  },

  async keepAgreement(row, check = asTheyCome, act) {
    await underImportLock(sql, grants, { check, act }, async (tx, entry) => {
      const [kept] = await tx<{ statement: string; is_new: boolean }[]>`
        insert into agreement (id, version, valid_from, statement)
        values (${row.id}, ${row.version}, ${row.from}, ${row.statement})
        on conflict (id, version) do update set version = agreement.version
        returning statement, xmax = 0 as is_new`;
      if (kept?.statement !== row.statement)
        throw new Refusal(
          'already-exists',
          'this version of the agreement is kept already, with another text or signed another time; a change needs a new version',
        );
      if (kept.is_new) await entry();
    });
  },

  async keepGateway(row, check = asTheyCome, act) {
    await underImportLock(sql, grants, { check, act }, async (tx, entry) => {
      const kept = await tx`
        insert into gateway (did, country, valid_from, digest, statement)
        values (${row.did}, ${row.country}, ${row.from}, ${digestOf(row.statement)}, ${row.statement})
        on conflict (did, digest) do nothing`;
      if (kept.count === 1) await entry();
    });
  },
});

/** Identifies a statement: one is kept once, however often it is brought. */
const digestOf = (statement: string): string => createHash('sha256').update(statement).digest('hex');

/** Reads go on under this lock; only another import waits. */
const underImportLock = (
  sql: Sql,
  grants: Grants,
  { check, act }: { readonly check: StatementCheck; readonly act: LogEntryMaker },
  keep: (tx: TransactionSql, entry: LogEntryAppender) => Promise<void>,
): Promise<void> =>
  runRecorded(sql, grants, act, async (tx, entry) => {
    await tx`lock table designation, agreement, gateway in share row exclusive mode`;
    if (check !== asTheyCome) await check(await read(tx));
    await keep(tx, entry);
  });

async function read(tx: TransactionSql): Promise<KeptStatements> {
  const found = await tx<{ kind: keyof KeptStatements; statement: string }[]>`
    select 'designations' as kind, statement, seq as place from designation
    union all select 'agreements', statement, version from agreement
    union all select 'gateways', statement, 0 from gateway
    order by kind, place`;
  const of = (kind: keyof KeptStatements): string[] =>
    found.filter((row) => row.kind === kind).map((row) => row.statement);
  return { designations: of('designations'), agreements: of('agreements'), gateways: of('gateways') };
}
