/**
 * A claim brings at most its share of what is due for one endpoint, and nothing if the endpoint has enough
 * under way.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { keptEndpoints, later, newMessage, OTHER_DESK, there } from './fixtures.ts';

let db: TestDatabase;
let store: Store;
beforeEach(async () => {
  db = await makeTestDatabase();
  store = db.store;
});
afterEach(() => db.close());

test('one endpoint does not fill a claim, and is left out when it is full', async () => {
  const [slow, other] = await keptEndpoints(store, {}, { focalPoint: OTHER_DESK });
  for (let n = 0; n < 6; n += 1) {
    const one = newMessage([there(slow)]);
    await store.messages.keepMessage({
      ...one,
      deliveries: one.deliveries.map((way) => ({ ...way, dueAt: later(n) })),
    });
  }
  const entry = newMessage([there(other)]);
  await store.messages.keepMessage({
    ...entry,
    deliveries: entry.deliveries.map((way) => ({ ...way, dueAt: later(20) })),
  });
  const claim = async (toOne: number, but: readonly string[]) =>
    (await store.deliveries.claimDeliveries(later(30), later(600), 10, { toOne, but })).map(
      (one) => one.endpoint.id,
    );
  const [first, second] = [there(slow).id, there(other).id];
  expect(await claim(2, [])).toEqual([first, first, second]);
  expect(await claim(2, [first])).toEqual([]);
  expect(await store.database.nextDue()).toEqual(later(2));
  expect(await store.database.nextDue([first])).toEqual(later(600));
  expect(await claim(10, [second])).toEqual([first, first, first, first]);
});
