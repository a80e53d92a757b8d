/** Evidence of a newer version kept aside: one gateway's evidence leaves room for that of others. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase();
});
afterAll(() => database?.close());

test('gateways are looked at one by one, the oldest list first', async () => {
  const { store } = database;
  const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 1, 0, 0, seconds));
  const row = (gateway: string, digest: string) => ({
    gateway: `did:web:${gateway}.example`,
    digest,
    jws: '{}',
  });
  for (const [n, digest] of ['a', 'b', 'c', 'd'].entries())
    await store.messages.keepAside(row('many', digest), at(n));
  await store.messages.keepAside(row('few', 'e'), at(10));
  expect(await store.messages.keptAside(2)).toEqual([row('many', 'a'), row('few', 'e')]);
  expect((await store.messages.keptAside(10)).map(({ digest }) => digest)).toEqual(['a', 'e', 'b', 'c', 'd']);
});
