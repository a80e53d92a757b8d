/** Statements that evidence rests on and that are not kept here: who is asked for them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

test('a gateway that named it first and does not have it keeps nobody else from being asked', async () => {
  const { store } = database;
  const now = new Date('2026-03-01T00:00:00Z');
  const later = new Date(now.getTime() + 600_000);
  const one = { digest: 'A'.repeat(43), kind: 'designation' } as const;
  const [liar, honest] = ['did:web:liar.example', 'did:web:honest.example'].map((gateway) => ({
    ...{ ...one, gateway, about: `${gateway}:fp:desk` },
  })) as [never, never];
  expect(await store.wantStatements([liar, liar], now)).toBe(1);
  expect(await store.claimWanted(now, later, 20)).toEqual([liar]);
  expect(await store.wantStatements([honest], now)).toBe(1);
  expect(await store.wantStatements([honest], now)).toBe(0);
  expect(await store.claimWanted(now, later, 20)).toEqual([honest]);
  await store.keepPending(one.digest, '{}');
  expect(await store.wantStatements([liar], now)).toBe(0);
  expect(await store.pendingStatements([one.digest])).toMatchObject([honest]);
});
