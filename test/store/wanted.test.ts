/** Statements on which evidence rests and which are not kept here: from whom they are requested. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await makeTestDatabase();
});
afterAll(() => database?.close());

test('a gateway that named it first and does not have it does not keep others from being asked', async () => {
  const { store } = database;
  const now = new Date('2026-03-01T00:00:00Z');
  const later = new Date(now.getTime() + 600_000);
  const one = { digest: 'A'.repeat(43), kind: 'designation' } as const;
  const [liar, honest] = ['did:web:liar.example', 'did:web:honest.example'].map((gateway) => ({
    ...one,
    gateway,
    about: `${gateway}:fp:desk`,
  })) as [never, never];
  expect(await store.directory.wantStatements([liar, liar], now)).toBe(1);
  expect(await store.directory.claimWanted(now, later, 20)).toEqual([liar]);
  expect(await store.directory.wantStatements([honest], now)).toBe(1);
  expect(await store.directory.wantStatements([honest], now)).toBe(0);
  expect(await store.directory.claimWanted(now, later, 20)).toEqual([honest]);
  await store.directory.keepPending(one.digest, '{}');
  expect(await store.directory.wantStatements([liar], now)).toBe(0);
  expect(await store.directory.pendingStatements([one.digest])).toMatchObject([honest]);
});

test('a gateway that names a thousand statements does not keep those of others from being asked for or shown', async () => {
  const { store } = database;
  const now = new Date('2026-03-02T00:00:00Z');
  const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);
  const [many, few] = ['did:web:many.example', 'did:web:few.example'] as const;
  const one = (gateway: string, n: number) =>
    ({
      digest: `${n}`.padStart(43, 'B'),
      kind: 'designation',
      gateway,
      about: `${gateway}:fp:desk`,
    }) as const;
  await store.directory.wantStatements(
    Array.from({ length: 1_000 }, (_, n) => one(many, n)),
    now,
  );
  await store.directory.wantStatements([one(few, 1_000)], after(1));
  const claimed = await store.directory.claimWanted(after(2), after(600), 20);
  expect(claimed).toHaveLength(20);
  expect(claimed).toContainEqual(one(few, 1_000));
  expect(await store.directory.claimWanted(after(3), after(600), 20)).not.toContainEqual(one(few, 1_000));
  await store.directory.keepPending(one(few, 1_000).digest, '{}');
  expect(await store.directory.pendingStatements()).toContainEqual(expect.objectContaining(one(few, 1_000)));
});
