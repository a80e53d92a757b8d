/** An account taps two thousand times at once: due arrivals, its own and others', are still found at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { later, NOW, newId } from './fixtures.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase();
});
afterAll(() => database?.close());

// With a query that compares each with all the others this takes minutes, and everybody waits for it.
test('the first taps of one account and another account’s are claimed, and no more before these are processed', async () => {
  const { store } = database;
  const arrival = (account: string, place: number) => {
    const about = newId();
    return { id: String(place), account, place, about, payload: { kind: 'ground-wanted', delivery: about } };
  };
  await Promise.all(
    Array.from({ length: 2_000 }, (_, n) => store.arrivals.keepArrival('telegram', arrival('1', n), NOW)),
  );
  await store.arrivals.keepArrival('telegram', arrival('2', 2_000), NOW);
  expect(await store.database.nextDue()).toEqual(NOW);
  const claimed = await store.arrivals.claimArrivals(NOW, later(60), 32);
  expect(claimed.map(({ id }) => id).sort()).toEqual(['0', '2000']);
  expect(await store.arrivals.claimArrivals(NOW, later(60), 32)).toEqual([]);
  expect(await store.database.nextDue()).toEqual(later(60));
  await store.arrivals.finishArrival('telegram', '0');
  expect((await store.arrivals.claimArrivals(NOW, later(60), 32)).map(({ id }) => id)).toEqual(['1']);
});
