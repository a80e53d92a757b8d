/** Processes on one database wake each other when something is due. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { openTestStore } from '../support/test-guard.ts';
import { keepThreeEndpoints, later, makeArrival, NOW, newMessage, there } from './fixtures.ts';

let db: TestDatabase;
let store: Store;
/** Another gateway process on the same database. */
let other: Store;
let system: Endpoint;
beforeEach(async () => {
  db = await makeTestDatabase();
  store = db.store;
  other = openTestStore(db.connect(), { listen: true });
  [system] = await keepThreeEndpoints(store);
});
afterEach(async () => {
  await other.database.close();
  await db.close();
});

describe('waking', () => {
  /** Counts calls, and waits for one more. */
  const counter = () => {
    let calls = 0;
    let next = Promise.withResolvers<void>();
    const called = () => {
      calls++;
      next.resolve();
      next = Promise.withResolvers<void>();
    };
    return { called, calls: () => calls, more: () => next.promise };
  };

  test('other processes are notified of new messages, changes and arrivals, also after their connection was cut', async () => {
    const ear = counter();
    const stop = await other.database.listen(ear.called);
    const entry = newMessage([system]);
    const hears = async (work: () => Promise<unknown>) => {
      const heard = ear.more();
      await work();
      await expect(heard).resolves.toBeUndefined();
    };
    await hears(() => store.messages.keepMessage(entry));
    await hears(() => store.arrivals.keepArrival('telegram', makeArrival('1'), NOW));
    await hears(() =>
      store.deliveries.changeDelivery(there(entry.deliveries[0]).id, async ({ delivery: one }) => ({
        deliveries: [{ ...one, dueAt: later(5) }],
      })),
    );
    await hears(
      () => db.sql`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = ${db.name} and query ilike 'listen%'`,
    );
    await hears(() => store.messages.keepMessage(newMessage([system])));
    await stop();
  });

  test('a change that makes nothing due wakes nobody', async () => {
    const entry = newMessage([system]);
    await store.messages.keepMessage(entry);
    const ear = counter();
    const stop = await other.database.listen(ear.called);
    await store.deliveries.changeDelivery(there(entry.deliveries[0]).id, async ({ delivery: one }) => ({
      deliveries: [{ ...one, dueAt: null }],
    }));
    // The next notification comes after any that the change had sent.
    const before = ear.calls();
    const heard = ear.more();
    await store.messages.keepMessage(newMessage([system]));
    await heard;
    expect(ear.calls() - before).toBe(1);
    await stop();
  });

  test('a store that cannot listen does no harm', async () => {
    const deaf = openTestStore(db.connect(), { listen: false });
    const ear = counter();
    const stop = await deaf.database.listen(ear.called);
    await deaf.messages.keepMessage(newMessage([system]));
    expect(ear.calls()).toBe(0);
    await stop();
    await deaf.database.close();
  });
});
