/** Withdrawals: kept once with their evidence, and told to each other gateway until it has answered. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeAct } from '../support/test-guard.ts';
import { DESK, evidence, later, NOW, oddText, withdrawal } from './fixtures.ts';

const A = 'did:web:a.example';
const B = 'did:web:b.example';
let db: TestDatabase;
let store: Store;
beforeEach(async () => {
  db = await makeTestDatabase();
  store = db.store;
});
afterEach(() => db.close());

const count = async (): Promise<unknown> => {
  const [row] = await db.sql`
    select (select count(*)::integer from withdrawal) as kept, (select count(*)::integer from evidence where event <> 'OperatorAct') as evidence`;
  return { ...row };
};

test('a signed withdrawal is kept once, however it is spelled, and returns the first evidence', async () => {
  const first = withdrawal(DESK);
  const again = { ...withdrawal(DESK), digest: first.digest, statement: oddText() };
  const both = await Promise.all([
    store.directory.keepWithdrawal(first, makeAct()),
    store.directory.keepWithdrawal(first, makeAct()),
  ]);
  expect(both.map((one) => one.isNew).toSorted()).toEqual([false, true]);
  expect(await store.directory.keepWithdrawal(again, makeAct())).toEqual({
    isNew: false,
    evidence: first.evidence.jws,
  });
  expect((await store.directory.readDirectory([DESK])).withdrawals).toEqual([first.statement]);
  expect(await count()).toEqual({ kept: 1, evidence: 1 });
});

test('one that was kept without evidence gets it the next time', async () => {
  const { did, digest, statement, ...row } = withdrawal(DESK);
  await db.sql`
    insert into withdrawal (did, country, valid_from, digest, statement) values (${did}, 'KH', ${NOW}, ${digest}, ${statement})`;
  const again = { ...row, did, digest, statement };
  expect(await store.directory.keepWithdrawal(again, makeAct())).toEqual({
    isNew: false,
    evidence: row.evidence.jws,
  });
  const other = { ...again, evidence: evidence() };
  expect(await store.directory.keepWithdrawal(other, makeAct())).toEqual({
    isNew: false,
    evidence: row.evidence.jws,
  });
});

test('each gateway is told once, but not the one that told this gateway; a claim is a lease', async () => {
  const row = withdrawal(DESK, { toldBy: B });
  await store.directory.keepWithdrawal(row, makeAct());
  expect(await store.directory.sendWithdrawals([A, B], NOW)).toBe(1);
  expect(await store.directory.sendWithdrawals([A, B], NOW)).toBe(0);
  expect(await store.database.nextDue()).toEqual(NOW);
  const claims = await Promise.all([1, 2].map(() => store.directory.claimWithdrawals(NOW, later(60), 10)));
  const [claimed, ...more] = claims.flat();
  expect(more).toEqual([]);
  expect(claimed).toEqual({
    did: DESK,
    digest: row.digest,
    statement: row.statement,
    gateway: A,
    tries: 1,
  });
  expect(await store.database.nextDue()).toEqual(later(60));
  if (claimed === undefined) throw new Error('nothing was claimed');
  await store.directory.finishWithdrawal(claimed, { retryAt: later(5) });
  expect(await store.directory.claimWithdrawals(later(4), later(60), 10)).toEqual([]);
  expect(await store.directory.claimWithdrawals(later(5), later(60), 10)).toMatchObject([{ tries: 2 }]);
  expect(await store.directory.withdrawalsWaiting()).toBe(1);
  const word = evidence({ event: 'DesignationWithdrawn', sender: DESK });
  await store.directory.finishWithdrawal(claimed, { evidence: word });
  // Two processes that told it bring the same word.
  await store.directory.finishWithdrawal(claimed, { evidence: word });
  await store.directory.finishWithdrawal(claimed, { retryAt: later(9) });
  expect([await store.directory.withdrawalsWaiting(), await store.database.nextDue()]).toEqual([
    0,
    undefined,
  ]);
  expect(await count()).toEqual({ kept: 1, evidence: 2 });
});

test('a gateway that is connected later gets earlier withdrawals', async () => {
  await store.directory.keepWithdrawal(withdrawal(DESK), makeAct());
  await store.directory.sendWithdrawals([A], NOW);
  expect(await store.directory.sendWithdrawals([A, B], NOW)).toBe(1);
  const told = await store.directory.claimWithdrawals(NOW, later(60), 10);
  expect(told.map((one) => one.gateway).toSorted()).toEqual([A, B]);
});
