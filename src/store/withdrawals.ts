/**
 * Withdrawals: each is kept once with its evidence, and sent to other gateways. The row is the job here too.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { DirectoryStore, NewWithdrawal, WithdrawalSending } from './contracts/directory.ts';
import type { EvidenceRow } from './contracts/message-rows.ts';
import type { Grants } from './grants.ts';
import { type EvidenceRecord, evidenceRowFrom, recordOfEvidence } from './message-records.ts';
import { appendLogEntry } from './operator-log.ts';
import { asJson } from './rows.ts';

type Withdrawals = Pick<
  DirectoryStore,
  | 'keepWithdrawal'
  | 'withdrawalEvidence'
  | 'sendWithdrawals'
  | 'claimWithdrawals'
  | 'finishWithdrawal'
  | 'withdrawalsWaiting'
>;

export const createWithdrawalStore = (sql: Sql, grants: Grants, wake: () => void): Withdrawals => ({
  keepWithdrawal: (row, act) =>
    sql.begin(async (tx) => {
      const isNew = await insertNew(tx, row);
      if (isNew !== undefined) await appendLogEntry(tx, grants, act);
      return isNew ?? findEarlier(tx, row);
    }),

  async withdrawalEvidence(parties) {
    const found = await sql<{ evidence: EvidenceRecord }[]>`
      select to_json(e) as evidence
      from json_array_elements_text(${asJson(sql, parties)}) as asked(did)
      join withdrawal w using (did) join evidence e on e.id = w.evidence
      order by w.seq`;
    return found.map((row) => evidenceRowFrom(row.evidence));
  },

  async sendWithdrawals(gateways, now) {
    const added = await sql`
      insert into withdrawal_sent (did, digest, gateway, due_at)
      select w.did, w.digest, g.gateway, ${now}
      from withdrawal w cross join json_array_elements_text(${asJson(sql, gateways)}) as g(gateway)
      on conflict do nothing`;
    if (added.count > 0) wake();
    return added.count;
  },

  async claimWithdrawals(now, leaseUntil, limit) {
    const found = await sql<WithdrawalSending[]>`
      with due as materialized (
        select did, digest, gateway from withdrawal_sent where due_at <= ${now} order by due_at limit ${limit}
        for no key update skip locked
      ), claimed as (
        update withdrawal_sent s set due_at = ${leaseUntil}, tries = s.tries + 1 from due
        where (s.did, s.digest, s.gateway) = (due.did, due.digest, due.gateway)
        returning s.did, s.digest, s.gateway, s.tries
      )
      select did, digest, gateway, tries, statement from claimed join withdrawal using (did, digest)`;
    return found.map((row) => ({ ...row }));
  },

  async finishWithdrawal({ did, digest, gateway }, end) {
    const isIt = sql`did = ${did} and digest = ${digest} and gateway = ${gateway}`;
    if ('retryAt' in end) {
      await sql`update withdrawal_sent set due_at = ${end.retryAt} where ${isIt} and due_at is not null`;
      return;
    }
    await sql.begin(async (tx) => {
      const evidence = await insertEvidence(tx, end.evidence);
      await tx`update withdrawal_sent set due_at = null, evidence = ${evidence} where ${isIt}`;
    });
  },

  async withdrawalsWaiting() {
    const [found] = await sql<{ count: number }[]>`
      select count(*)::integer as count from withdrawal_sent where due_at is not null`;
    return found?.count ?? 0;
  },
});

/**
 * Keeps evidence. Evidence of another gateway may come again unchanged; then the kept row is found.
 * @returns the key of the row
 */
async function insertEvidence(tx: TransactionSql, row: EvidenceRow): Promise<string> {
  const [kept] = await tx<{ id: string }[]>`
    insert into evidence (id, event, message, sender, recipient, delivery, at, jws, signer, signed_id)
    select id, event, message, sender, recipient, delivery, at, jws, signer, signed_id
    from json_populate_record(null::evidence, ${asJson(tx, recordOfEvidence(row))})
    on conflict do nothing returning id`;
  if (kept !== undefined) return kept.id;
  const { signer = null, signedId = row.id } = row;
  const [known] = await tx<{ id: string }[]>`
    select id from evidence
    where (signed_id = ${signedId} and signer = ${signer}) or (id = ${signedId} and signed_id is null)`;
  return known?.id ?? row.id;
}

/** Keeps it if it is new; undefined if it is not. */
async function insertNew(tx: TransactionSql, row: NewWithdrawal) {
  const { did, country, from, digest, statement, evidence, toldBy } = row;
  const added = await tx`
    insert into withdrawal (did, country, valid_from, digest, statement)
    values (${did}, ${country}, ${from}, ${digest}, ${statement})
    on conflict (did, digest) do nothing`;
  if (added.count === 0) return undefined;
  if (toldBy !== undefined)
    await tx`insert into withdrawal_sent (did, digest, gateway) values (${did}, ${digest}, ${toldBy})`;
  await insertEvidence(tx, evidence);
  await tx`update withdrawal set evidence = ${evidence.id} where did = ${did} and digest = ${digest}`;
  return { isNew: true, evidence: evidence.jws };
}

/**
 * The evidence that was kept for it first. If it was kept before there was evidence, this one is kept now.
 */
async function findEarlier(tx: TransactionSql, { did, digest, evidence }: NewWithdrawal) {
  const [found] = await tx<{ id: string | null; jws: string | null }[]>`
    select w.evidence as id, (select jws from evidence where id = w.evidence) as jws
    from withdrawal w where did = ${did} and digest = ${digest} for update`;
  if (typeof found?.jws === 'string') return { isNew: false, evidence: found.jws };
  await insertEvidence(tx, evidence);
  await tx`update withdrawal set evidence = ${evidence.id} where did = ${did} and digest = ${digest}`;
  return { isNew: false, evidence: evidence.jws };
}
