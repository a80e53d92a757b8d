/** Claims of a process that is gone, and rows that are due at an hour of a wrong clock. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { openTestStore } from '../support/test-guard.ts';
import { keepThreeEndpoints, later, makeArrival, NOW, newMessage, there } from './fixtures.ts';
import { openNamedStore, waitUntilGone } from './processes.ts';

let db: TestDatabase;
let store: Store;
/** Another gateway process on the same database. */
let other: Store;
let system: Endpoint;
let phone: Endpoint;
beforeEach(async () => {
  db = await makeTestDatabase();
  store = db.store;
  other = openTestStore(db.connect(), { listen: true });
  [system, phone] = await keepThreeEndpoints(store);
});
afterEach(async () => {
  await other.database.close();
  await db.close();
});

describe('the claims of a process that is gone', () => {
  test('are due at once, while those of a living one are not', async () => {
    await store.messages.keepMessage(newMessage([system, phone]));
    const dying = openNamedStore(db, 'amanat-dying');
    const living = openNamedStore(db, 'amanat-living');
    const [lost] = await dying.store.deliveries.claimDeliveries(NOW, later(60), 1);
    const [held] = await living.store.deliveries.claimDeliveries(NOW, later(60), 1);
    expect(await store.database.releaseAbandoned(later(1))).toBe(0);
    await dying.store.database.close();
    await waitUntilGone(db, dying.name);
    expect(await store.database.releaseAbandoned(later(1))).toBe(1);
    const [again, ...more] = await store.deliveries.claimDeliveries(later(1), later(61), 10);
    expect([again?.delivery.id, more]).toEqual([lost?.delivery.id, []]);
    expect(again?.delivery.attempts.map((one) => one.code)).toEqual(['abandoned']);
    expect(held?.delivery.id).not.toBe(lost?.delivery.id);
    await living.store.database.close();
  });

  test('are not due if nothing is left to do; that a message may have been sent is kept', async () => {
    const entry = newMessage([system]);
    await store.messages.keepMessage(entry);
    const { id } = there(entry.deliveries[0]);
    const dying = openNamedStore(db, 'amanat-dying-late');
    await dying.store.deliveries.claimDeliveries(NOW, later(60), 1);
    await store.deliveries.changeDelivery(id, async ({ delivery }) => ({
      deliveries: [{ ...delivery, state: 'recalled', dueAt: null }],
    }));
    await dying.store.database.close();
    await waitUntilGone(db, dying.name);
    expect(await store.database.releaseAbandoned(later(1))).toBe(0);
    const [way] = (await store.messages.readMessage(entry.message.id))?.deliveries ?? [];
    expect(way).toMatchObject({ state: 'recalled', dueAt: null, attempts: [{ code: 'abandoned' }] });
    expect(way?.isUnderWay).toBeUndefined();
  });

  test('are due at once for arrivals too, and nothing finished comes back', async () => {
    for (const id of ['1', '2'])
      await store.arrivals.keepArrival('telegram', makeArrival(id, `account ${id}`), NOW);
    const dying = openNamedStore(db, 'amanat-dying-too');
    await dying.store.arrivals.claimArrivals(NOW, later(60), 2);
    await dying.store.arrivals.finishArrival('telegram', '1');
    await dying.store.database.close();
    await waitUntilGone(db, dying.name);
    expect(await store.database.releaseAbandoned(later(1))).toBe(1);
    expect((await store.arrivals.claimArrivals(later(1), later(61), 10)).map((one) => one.id)).toEqual(['2']);
  });
});

test('arrivals while the clock was ahead do not wait for that time', async () => {
  await store.arrivals.keepArrival('telegram', makeArrival('1', 'account'), later(3_600));
  const entry = newMessage([system]);
  await store.messages.keepMessage({
    ...entry,
    deliveries: entry.deliveries.map((one) => ({ ...one, dueAt: later(7_200) })),
  });
  expect([
    await store.arrivals.claimArrivals(NOW, later(60), 10),
    await store.deliveries.claimDeliveries(NOW, later(60), 10),
  ]).toEqual([[], []]);
  expect(await store.database.releaseAbandoned(NOW)).toBe(2);
  expect((await store.arrivals.claimArrivals(NOW, later(60), 10)).map(({ id }) => id)).toEqual(['1']);
  expect(await store.deliveries.claimDeliveries(NOW, later(60), 10)).toHaveLength(1);
  // What was deferred as usual, or is claimed by a running process, stays so.
  await store.arrivals.putOffArrival('telegram', '1', { at: later(60) });
  expect(await store.database.releaseAbandoned(NOW)).toBe(0);
});
