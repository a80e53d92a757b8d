/** Arrivals from channels are kept once, claimed for a lease, and processed in the order of their account. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { openTestStore } from '../support/test-guard.ts';
import { ARRIVAL_PAYLOAD, later, makeArrival, NOW, only } from './fixtures.ts';
import { openNamedStore, waitUntilGone } from './processes.ts';

let db: TestDatabase;
let store: Store;
/** Another gateway process on the same database. */
let other: Store;
beforeEach(async () => {
  db = await makeTestDatabase();
  store = db.store;
  other = openTestStore(db.connect(), { listen: true });
});
afterEach(async () => {
  await other.database.close();
  await db.close();
});

describe('arrivals', () => {
  test('each is kept once, and the same id on another channel is another arrival', async () => {
    const kept = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 ? store : other).arrivals.keepArrival('telegram', makeArrival('77'), NOW),
      ),
    );
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect(await store.arrivals.keepArrival('email', makeArrival('77'), NOW)).toBe(true);
  });

  test('each is claimed once for a lease, with its attempts counted', async () => {
    await store.arrivals.keepArrival('telegram', makeArrival('77'), NOW);
    expect(await store.database.nextDue()).toEqual(NOW);
    expect(await store.arrivals.claimArrivals(NOW, later(60), 10)).toEqual([
      { channel: 'telegram', id: '77', payload: ARRIVAL_PAYLOAD, keptAt: NOW, tries: 1 },
    ]);
    expect(await other.arrivals.claimArrivals(NOW, later(60), 10)).toEqual([]);
    expect(await other.arrivals.claimArrivals(later(60), later(120), 10)).toEqual([
      { channel: 'telegram', id: '77', payload: ARRIVAL_PAYLOAD, keptAt: NOW, tries: 2 },
    ]);
  });

  test('a finished one is deleted except for its id; a postponed one comes again', async () => {
    await store.arrivals.keepArrival('telegram', makeArrival('77'), NOW);
    await store.arrivals.claimArrivals(NOW, later(60), 10);
    await store.arrivals.putOffArrival('telegram', '77', { at: later(5) });
    expect(only(await store.arrivals.claimArrivals(later(5), later(60), 10)).tries).toBe(2);
    await store.arrivals.finishArrival('telegram', '77');
    expect(await store.arrivals.claimArrivals(later(9_999), later(10_000), 10)).toEqual([]);
    expect(await store.database.nextDue()).toBeUndefined();
    expect(await store.arrivals.keepArrival('telegram', makeArrival('77'), NOW)).toBe(false);
    expect(await db.sql`select payload from arrival`).toEqual([{ payload: null }]);
  });
});

describe('arrivals of one account', () => {
  const claimed = async (where: Store, at: number): Promise<readonly string[]> =>
    (await where.arrivals.claimArrivals(later(at), later(at + 60), 10)).map((one) => one.id);

  test('are processed in the channel’s order, whatever the order of arrival and the process', async () => {
    for (const id of ['3', '1', '2']) await store.arrivals.keepArrival('telegram', makeArrival(id), NOW);
    await store.arrivals.keepArrival('telegram', makeArrival('9', 'another'), NOW);
    const both = await Promise.all([claimed(store, 0), claimed(other, 0)]);
    expect(both.flat().toSorted()).toEqual(['1', '9']);
    // The second waits for the first, and nothing is due before that one ends.
    expect(await store.database.nextDue()).toEqual(later(60));
    await store.arrivals.finishArrival('telegram', '1');
    expect(await store.database.nextDue()).toEqual(NOW);
    expect(await claimed(other, 1)).toEqual(['2']);
    await other.arrivals.putOffArrival('telegram', '2', { at: later(30) });
    expect(await claimed(store, 29)).toEqual([]);
    expect(await claimed(store, 30)).toEqual(['2']);
    await store.arrivals.finishArrival('telegram', '2');
    expect(await claimed(store, 31)).toEqual(['3']);
  });

  test('do not wait for one that is processed and only needs its reply', async () => {
    for (const id of ['1', '2']) await store.arrivals.keepArrival('telegram', makeArrival(id), NOW);
    expect(await claimed(store, 0)).toEqual(['1']);
    await store.arrivals.putOffArrival('telegram', '1', { at: later(600), said: { word: 'taken' } });
    expect(await claimed(store, 1)).toEqual(['2']);
    await store.arrivals.finishArrival('telegram', '2');
    const told = only(await other.arrivals.claimArrivals(later(600), later(660), 10));
    expect(told).toMatchObject({ id: '1', said: { word: 'taken' }, tries: 2 });
  });

  test('wait behind one whose process is gone until another process has done it', async () => {
    for (const id of ['1', '2']) await store.arrivals.keepArrival('telegram', makeArrival(id), NOW);
    const dying = openNamedStore(db, 'amanat-dying-in-order');
    expect(await claimed(dying.store, 0)).toEqual(['1']);
    await dying.store.database.close();
    await waitUntilGone(db, dying.name);
    expect(await claimed(store, 1)).toEqual([]);
    expect(await store.database.releaseAbandoned(later(2))).toBe(1);
    expect(await claimed(store, 2)).toEqual(['1']);
  });

  test('wait for one that fails repeatedly only if they are about the same message', async () => {
    await store.arrivals.keepArrival('telegram', makeArrival('1', 'account', 'broken'), NOW);
    await store.arrivals.keepArrival('telegram', makeArrival('2', 'account', 'broken'), NOW);
    await store.arrivals.keepArrival('telegram', makeArrival('3', 'account', 'fine'), NOW);
    for (const n of [1, 2, 3, 4, 5]) {
      expect(await claimed(store, n)).toEqual(['1']);
      await store.arrivals.putOffArrival('telegram', '1', { at: later(n + 1) });
    }
    expect(await claimed(store, 6)).toEqual(['1']);
    expect(await claimed(store, 7)).toEqual(['3']);
    await store.arrivals.finishArrival('telegram', '1');
    expect(await claimed(store, 8)).toEqual(['2']);
  });
});
