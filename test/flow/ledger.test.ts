/**
 * The gateway's own log: without gaps whoever appends, unharmed by restarts, and it notices when its evidence
 * is changed.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkOwnLedger } from '../../src/flow/ledger/check.ts';
import { extendLedger, ledgerEntryOf } from '../../src/flow/ledger/ledger.ts';
import { utf8BytesOf } from '../../src/ledger/note-key.ts';
import { verifySignedCheckpoint } from '../../src/ledger/signed-checkpoint.ts';
import { hashLeaf, rootOfLeaves } from '../../src/ledger/tree.ts';
import { createStore } from '../../src/store/postgres.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { describeKnownLog, issueMany, issueUpTo, listAlarms } from '../support/watched-logs.ts';

let house: Rig;
beforeEach(async () => {
  house = await makeRig();
});
afterEach(() => house.close());

const checkpoint = async () => {
  const last = await house.gateway.store.ledger.ledgerCheckpoint();
  if (last === undefined) throw new Error('there is no checkpoint');
  return { ...last, opened: await verifySignedCheckpoint(utf8BytesOf(last.note), describeKnownLog(house)) };
};

test('it contains all evidence, in the order of issue, under a checkpoint that the gateway signed', async () => {
  const rows = await issueUpTo(house, 300);
  expect(await extendLedger(house.gateway)).toBe(300);
  const more = await issueMany(house, 7);
  expect(await extendLedger(house.gateway)).toBe(7);
  expect(await extendLedger(house.gateway)).toBe(0);
  const leaves = [...rows, ...more].map((row) => hashLeaf(ledgerEntryOf(row)));
  const { opened, size, root } = await checkpoint();
  expect([size, root]).toEqual([307, rootOfLeaves(leaves)]);
  expect(opened.checkpoint).toMatchObject({ size, root, origin: 'gateway.test/ledger' });
});

test('several processes that append at once make one log without gaps', async () => {
  const stores = [0, 1, 2].map(() => createStore(house.database.connect(), { listen: false }));
  for (const one of stores) one.database.useGuard(house.gateway.guard);
  const houses = [house.gateway, ...stores.map((store) => ({ ...house.gateway, store }))];
  for (let total = 20; total <= 120; total += 20)
    await Promise.all([issueUpTo(house, total), ...houses.map(extendLedger)]);
  await extendLedger(house.gateway);
  const rows = await issueUpTo(house, 120);
  const { size, root } = await checkpoint();
  const leaves = await house.gateway.store.ledger.ledgerLeaves(0, 1_000);
  expect(leaves.map((one) => one.index)).toEqual(Array.from({ length: 120 }, (_, n) => n));
  expect(leaves.map((one) => one.evidence?.id)).toEqual(rows.map((row) => row.id));
  expect([size, root]).toEqual([
    120,
    rootOfLeaves(leaves.map((one) => hashLeaf(ledgerEntryOf(one.evidence)))),
  ]);
  await Promise.all(stores.map((store) => store.database.close()));
});

test('evidence that a transaction held back while later evidence was added is found', async () => {
  await extendLedger(house.gateway);
  const { size } = await checkpoint();
  const [first, second] = await issueMany(house, 2);
  await house.database.sql`update evidence set seq = default where id = ${first?.id ?? ''}`;
  const { sql } = house.database;
  const [late] = await sql`delete from evidence where id = ${second?.id ?? ''} returning *`;
  expect(await extendLedger(house.gateway)).toBe(1);
  await sql`insert into evidence overriding system value select * from json_populate_record(null::evidence, ${JSON.stringify(late)}::text::json)`;
  expect(await extendLedger(house.gateway)).toBe(1);
  expect((await checkpoint()).size).toBe(size + 2);
});

test('nothing is appended to an end that differs from the signed one, and the operator is told', async () => {
  await issueUpTo(house, 3);
  await extendLedger(house.gateway);
  await house.database.sql`update ledger_tile set hashes = set_byte(hashes, 40, 255 - get_byte(hashes, 40))`;
  await issueMany(house, 1);
  expect(await extendLedger(house.gateway)).toBe(0);
  expect(await extendLedger(house.gateway)).toBe(0);
  expect((await checkpoint()).size).toBe(3);
  expect(await listAlarms(house)).toEqual(['ledger-broken']);
  expect(house.lines.filter((line) => line.event === 'ledger.alarm')).toEqual([
    { event: 'ledger.alarm', fields: expect.objectContaining({ code: 'ledger-broken', place: 3 }) },
  ]);
});

const EDITS = {
  content: {
    code: 'evidence-changed',
    edit: () => house.database.sql`
      update evidence set jws = jsonb_set(jws::jsonb, '{payload}', to_jsonb('e30'::text))::text where seq = 2`,
  },
  signature: {
    code: 'evidence-changed',
    edit: () => house.database.sql`
      update evidence set jws = jsonb_set(jws::jsonb, '{signatures,0,signature}', to_jsonb(${'A'.repeat(86)}::text))::text
      where seq = 2`,
  },
  order: {
    code: 'evidence-changed',
    edit: () =>
      house.database.sql.begin(async (tx) => {
        await tx`update ledger_leaf set index = 99 where index = 0`;
        await tx`update ledger_leaf set index = 0 where index = 1`;
        await tx`update ledger_leaf set index = 1 where index = 99`;
      }),
  },
  deletion: {
    code: 'evidence-missing',
    edit: () => house.database.sql`delete from evidence where seq = 2`,
  },
} as const;

test.each(Object.entries(EDITS))(
  'the gateway itself notices an edit of %s',
  async (_name, { code, edit }) => {
    await issueUpTo(house, 5);
    await extendLedger(house.gateway);
    expect(await checkOwnLedger(house.gateway)).toBe(true);
    expect(await checkOwnLedger(house.gateway)).toBe(false);
    expect(await listAlarms(house)).toEqual([]);
    await edit();
    for (let round = 0; round < 2; round += 1) {
      house.pass(60);
      expect(await checkOwnLedger(house.gateway)).toBe(true);
    }
    expect(await listAlarms(house)).toEqual([code]);
    expect(await house.metrics()).toContain(`amanat_ledger_alarms_total{code="${code}"} 1`);
  },
);

test('evidence in a long transaction is never skipped, however much is added meanwhile', async () => {
  const acts = (await issueUpTo(house, 0)).length;
  await issueMany(house, 1);
  const { sql } = house.database;
  const [row] = await sql`delete from evidence where event = 'SubmissionRejection' returning *`;
  const late = 'a'.repeat(32);
  const marks = async () =>
    (await sql<{ mark: number }[]>`select mark::integer from ledger_checkpoint order by size`).map(
      (one) => one.mark,
    );
  await sql.begin(async (tx) => {
    await tx`
      insert into evidence (id, event, sender, at, jws)
      select id, event, sender, at, jws
      from json_populate_record(null::evidence, ${JSON.stringify({ ...row, id: late })}::text::json)`;
    for (let batch = 0; batch < 4; batch += 1) {
      await issueMany(house, 2);
      expect(await extendLedger(house.gateway)).toBe(batch === 0 ? acts + 2 : 2);
    }
    expect(await marks()).toEqual([0, 0, 0, 0]);
  });
  for (const added of [2, 1, 1]) {
    await issueMany(house, 1);
    expect(await extendLedger(house.gateway)).toBe(added);
  }
  expect(await house.gateway.store.ledger.ledgerPlace(late)).toMatchObject({ index: acts + 8 });
  // The mark has followed, so that entries are not looked up again without end.
  expect((await marks()).at(-1)).toBeGreaterThan(2);
});
