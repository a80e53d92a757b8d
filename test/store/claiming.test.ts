/** The row is the job: claiming, leases, arrivals, waking. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import { present } from '../../src/domain/words/present.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { ASKING_FIRST, makeAct, openTestStore } from '../support/test-guard.ts';
import {
  DESK,
  delivery,
  evidence,
  keptEndpoints,
  later,
  NOW,
  newMessage,
  OTHER_DESK,
  only,
  SENDER,
  there,
} from './fixtures.ts';

let db: TestDatabase;
let store: Store;
/** Another gateway process on the same database. */
let other: Store;
let system: Endpoint;
let phone: Endpoint;
let home: Endpoint;
beforeEach(async () => {
  db = await makeTestDatabase();
  store = db.store;
  other = openTestStore(db.connect(), { listen: true });
  [system, phone, home] = (await keptEndpoints(
    store,
    {},
    { focalPoint: OTHER_DESK, channel: 'telegram', shows: 'notice', officer: 'officer-1' },
    { focalPoint: SENDER },
  )) as [Endpoint, Endpoint, Endpoint];
});
afterEach(async () => {
  await other.database.close();
  await db.close();
});

const ids = (list: readonly { delivery: { id: string } }[]) => list.map((one) => one.delivery.id);

describe('claiming deliveries', () => {
  test('a claim has everything that an attempt needs, and makes the row due after the lease', async () => {
    const entry = newMessage([system, phone]);
    await store.messages.keepMessage(entry);
    const claimed = await store.deliveries.claimDeliveries(NOW, later(60), 10);
    const byEndpoint = new Map(claimed.map((one) => [one.endpoint.id, one]));
    const [first, second] = [there(entry.recipients[0]), there(entry.recipients[1])];
    const { sealed, ...recipient } = first;
    expect(byEndpoint.get(system.id)).toEqual({
      delivery: { ...entry.deliveries[0], dueAt: later(60) },
      endpoint: system,
      message: entry.message,
      recipient,
      sealed,
    });
    const { sealed: _, ...noticed } = second;
    // A notice shows no content, so the sealed message is not read.
    expect(byEndpoint.get(phone.id)).toEqual({
      delivery: { ...entry.deliveries[1], dueAt: later(60) },
      endpoint: phone,
      message: entry.message,
      recipient: noticed,
    });
  });

  test('the sealed message is included only while it is still to be handed over', async () => {
    const entry = newMessage([system]);
    await store.messages.keepMessage(entry);
    await store.deliveries.changeDelivery(there(entry.deliveries[0]).id, async ({ delivery: one }) => ({
      deliveries: [{ ...one, state: 'opened' }],
    }));
    expect(only(await store.deliveries.claimDeliveries(NOW, later(60), 10))).not.toHaveProperty('sealed');
  });

  test('returning evidence has its JWS and no recipient', async () => {
    const entry = newMessage([system]);
    await store.messages.keepMessage(entry);
    const proof = evidence({ message: entry.message.id });
    const back = delivery(entry.message.id, home, { kind: 'evidence', evidence: proof.id });
    await store.deliveries.changeDelivery(there(entry.deliveries[0]).id, async ({ delivery: one }) => ({
      deliveries: [{ ...one, dueAt: null }],
      evidence: [proof],
      created: [back],
    }));
    expect(await store.deliveries.claimDeliveries(NOW, later(60), 10)).toEqual([
      {
        delivery: { ...back, dueAt: later(60) },
        endpoint: home,
        message: entry.message,
        evidenceJws: proof.jws,
      },
    ]);
  });

  test('nothing is claimed before it is due, the oldest is claimed first, and no more than requested', async () => {
    const dues = [30, 10, 20, 40, 99];
    const entries = dues.map((due) => {
      const one = newMessage([system]);
      return { ...one, deliveries: one.deliveries.map((way) => ({ ...way, dueAt: later(due) })) };
    });
    await Promise.all(entries.map((one) => store.messages.keepMessage(one)));
    expect(await store.database.nextDue()).toEqual(later(10));
    expect(await store.deliveries.claimDeliveries(later(9), later(200), 10)).toEqual([]);
    const id = (n: number) => there(entries[n]?.deliveries[0]).id;
    expect(ids(await store.deliveries.claimDeliveries(later(50), later(200), 3))).toEqual([
      id(1),
      id(2),
      id(0),
    ]);
    expect(ids(await store.deliveries.claimDeliveries(later(50), later(200), 3))).toEqual([id(3)]);
    expect(await store.database.nextDue()).toEqual(later(99));
  });

  test('a claimed but unfinished delivery can be claimed again after the lease', async () => {
    const entry = newMessage([system]);
    await store.messages.keepMessage(entry);
    expect(await store.deliveries.claimDeliveries(NOW, later(60), 10)).toHaveLength(1);
    expect(await other.deliveries.claimDeliveries(later(59), later(119), 10)).toHaveLength(0);
    const [again] = await other.deliveries.claimDeliveries(later(60), later(120), 10);
    expect(again?.delivery.id).toBe(entry.deliveries[0]?.id);
    // Nobody knows the result of the first attempt: it may have sent the message.
    expect(again?.delivery.attempts).toEqual([
      { at: later(60).toISOString(), outcome: 'deferred', code: 'abandoned', ms: 0 },
    ]);
    const [more] = await store.deliveries.claimDeliveries(later(120), later(180), 10);
    expect(more?.delivery.attempts).toEqual(again?.delivery.attempts);
  });

  test('a claim ends with its attempt, and with no other change meanwhile', async () => {
    const entry = newMessage([system]);
    await store.messages.keepMessage(entry);
    const { id } = there(entry.deliveries[0]);
    const isUnderWay = async () =>
      (await store.messages.readMessage(entry.message.id))?.deliveries[0]?.isUnderWay;
    expect(await isUnderWay()).toBeUndefined();
    await store.deliveries.claimDeliveries(NOW, later(60), 10);
    expect(await isUnderWay()).toBe(true);
    await store.deliveries.changeDelivery(id, async ({ delivery }) => ({
      deliveries: [{ ...delivery, state: 'superseded', dueAt: null }],
    }));
    expect(await isUnderWay()).toBe(true);
    const attempts = [{ at: NOW.toISOString(), outcome: 'accepted', code: 'ok', ms: 1 }] as const;
    await store.deliveries.changeDelivery(id, async ({ delivery }) => ({
      deliveries: [{ ...delivery, attempts }],
    }));
    expect(await isUnderWay()).toBeUndefined();
  });

  test('claims of two processes never overlap and leave nothing out', async () => {
    await Promise.all(Array.from({ length: 200 }, () => store.messages.keepMessage(newMessage([system]))));
    const drain = async (where: Store): Promise<string[]> => {
      const all: string[] = [];
      for (
        let got = await where.deliveries.claimDeliveries(NOW, later(60), 7);
        got.length > 0;
        got = await where.deliveries.claimDeliveries(NOW, later(60), 7)
      ) {
        all.push(...ids(got));
      }
      return all;
    };
    const lists = await Promise.all([store, other, store, other].map(drain));
    expect(lists.flat()).toHaveLength(200);
    expect(new Set(lists.flat()).size).toBe(200);
  });

  test('a row that somebody changes at this moment is skipped, not waited for', async () => {
    const entry = newMessage([system]);
    await store.messages.keepMessage(entry);
    const [reached, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const change = store.deliveries.changeDelivery(there(entry.deliveries[0]).id, async () => {
      reached.resolve();
      await release.promise;
      return {};
    });
    await reached.promise;
    expect(await other.deliveries.claimDeliveries(NOW, later(60), 10)).toEqual([]);
    release.resolve();
    await change;
    expect(await other.deliveries.claimDeliveries(NOW, later(60), 10)).toHaveLength(1);
  });

  test('a relay comes without its consignment, which is read at its turn', async () => {
    const [way] = await keptEndpoints(store, { channel: 'relay' });
    await store.messages.keepMessage(newMessage([there(way)]));
    expect(only(await store.deliveries.claimDeliveries(NOW, later(60), 10))).not.toHaveProperty('sealed');
  });

  test('one claim has no more sealed bytes than fit, but at least one message', async () => {
    const heavy = 'x'.repeat(28 * 1024 * 1024);
    for (let n = 0; n < 3; n++) {
      const one = newMessage([system]);
      await store.messages.keepMessage({
        ...one,
        recipients: one.recipients.map((to) => ({ ...to, sealed: heavy })),
      });
    }
    expect(await store.deliveries.claimDeliveries(NOW, later(60), 10)).toHaveLength(2);
    expect(await store.deliveries.claimDeliveries(NOW, later(60), 10)).toHaveLength(1);
  });

  test('a stopped endpoint is claimed all the same: the flow decides', async () => {
    await store.messages.keepMessage(newMessage([system]));
    await store.endpoints.keepEndpoint({ ...system, enabled: false }, makeAct(), ASKING_FIRST);
    expect(only(await store.deliveries.claimDeliveries(NOW, later(60), 10)).endpoint.enabled).toBe(false);
  });
});

const payload = { kind: 'decision', ids: ['a', 'b'], empty: null };

/** An arrival whose id is its place. */
const arrival = (id: string, account = 'account', about?: string) => ({
  id,
  account,
  place: Number(id),
  payload,
  ...present({ about }),
});

describe('arrivals', () => {
  test('each is kept once, and the same id on another channel is another arrival', async () => {
    const kept = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 ? store : other).arrivals.keepArrival('telegram', arrival('77'), NOW),
      ),
    );
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect(await store.arrivals.keepArrival('email', arrival('77'), NOW)).toBe(true);
  });

  test('each is claimed once for a lease, with its attempts counted', async () => {
    await store.arrivals.keepArrival('telegram', arrival('77'), NOW);
    expect(await store.database.nextDue()).toEqual(NOW);
    expect(await store.arrivals.claimArrivals(NOW, later(60), 10)).toEqual([
      { channel: 'telegram', id: '77', payload, keptAt: NOW, tries: 1 },
    ]);
    expect(await other.arrivals.claimArrivals(NOW, later(60), 10)).toEqual([]);
    expect(await other.arrivals.claimArrivals(later(60), later(120), 10)).toEqual([
      { channel: 'telegram', id: '77', payload, keptAt: NOW, tries: 2 },
    ]);
  });

  test('a finished one is deleted except for its id; a postponed one comes again', async () => {
    await store.arrivals.keepArrival('telegram', arrival('77'), NOW);
    await store.arrivals.claimArrivals(NOW, later(60), 10);
    await store.arrivals.putOffArrival('telegram', '77', { at: later(5) });
    expect(only(await store.arrivals.claimArrivals(later(5), later(60), 10)).tries).toBe(2);
    await store.arrivals.finishArrival('telegram', '77');
    expect(await store.arrivals.claimArrivals(later(9_999), later(10_000), 10)).toEqual([]);
    expect(await store.database.nextDue()).toBeUndefined();
    expect(await store.arrivals.keepArrival('telegram', arrival('77'), NOW)).toBe(false);
    expect(await db.sql`select payload from arrival`).toEqual([{ payload: null }]);
  });
});

describe('arrivals of one account', () => {
  const claimed = async (where: Store, at: number): Promise<readonly string[]> =>
    (await where.arrivals.claimArrivals(later(at), later(at + 60), 10)).map((one) => one.id);

  test('are processed in the channel’s order, whatever the order of arrival and the process', async () => {
    for (const id of ['3', '1', '2']) await store.arrivals.keepArrival('telegram', arrival(id), NOW);
    await store.arrivals.keepArrival('telegram', arrival('9', 'another'), NOW);
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
    for (const id of ['1', '2']) await store.arrivals.keepArrival('telegram', arrival(id), NOW);
    expect(await claimed(store, 0)).toEqual(['1']);
    await store.arrivals.putOffArrival('telegram', '1', { at: later(600), said: { word: 'taken' } });
    expect(await claimed(store, 1)).toEqual(['2']);
    await store.arrivals.finishArrival('telegram', '2');
    const told = only(await other.arrivals.claimArrivals(later(600), later(660), 10));
    expect(told).toMatchObject({ id: '1', said: { word: 'taken' }, tries: 2 });
  });

  test('wait behind one whose process is gone until another process has done it', async () => {
    for (const id of ['1', '2']) await store.arrivals.keepArrival('telegram', arrival(id), NOW);
    const dying = namedStore('amanat-dying-in-order');
    expect(await claimed(dying.store, 0)).toEqual(['1']);
    await dying.store.database.close();
    await gone(dying.name);
    expect(await claimed(store, 1)).toEqual([]);
    expect(await store.database.releaseAbandoned(later(2))).toBe(1);
    expect(await claimed(store, 2)).toEqual(['1']);
  });

  test('wait for one that fails repeatedly only if they are about the same message', async () => {
    await store.arrivals.keepArrival('telegram', arrival('1', 'account', 'broken'), NOW);
    await store.arrivals.keepArrival('telegram', arrival('2', 'account', 'broken'), NOW);
    await store.arrivals.keepArrival('telegram', arrival('3', 'account', 'fine'), NOW);
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
    await hears(() => store.arrivals.keepArrival('telegram', arrival('1'), NOW));
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

test('figures count deliveries by channel and state, and the age of the oldest due', async () => {
  expect(await store.letters.countForMetrics(NOW)).toEqual({ deliveries: [], off: [], oldestDueSeconds: 0 });
  const entry = newMessage([system, phone]);
  await store.messages.keepMessage(entry);
  await store.messages.keepMessage(newMessage([system]));
  const way = there(entry.deliveries.find((one) => one.to === DESK));
  await store.deliveries.changeDelivery(way.id, async ({ delivery: one }) => ({
    deliveries: [{ ...one, state: 'sent', dueAt: null }],
  }));
  expect(await store.letters.countForMetrics(later(12.5))).toEqual({
    deliveries: [
      { channel: 'telegram', state: 'queued', count: 1 },
      { channel: 'webhook', state: 'queued', count: 1 },
      { channel: 'webhook', state: 'sent', count: 1 },
    ],
    off: [],
    oldestDueSeconds: 12.5,
  });
});

describe('the claims of a process that is gone', () => {
  test('are due at once, while those of a living one are not', async () => {
    await store.messages.keepMessage(newMessage([system, phone]));
    const dying = namedStore('amanat-dying');
    const living = namedStore('amanat-living');
    const [lost] = await dying.store.deliveries.claimDeliveries(NOW, later(60), 1);
    const [held] = await living.store.deliveries.claimDeliveries(NOW, later(60), 1);
    expect(await store.database.releaseAbandoned(later(1))).toBe(0);
    await dying.store.database.close();
    await gone(dying.name);
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
    const dying = namedStore('amanat-dying-late');
    await dying.store.deliveries.claimDeliveries(NOW, later(60), 1);
    await store.deliveries.changeDelivery(id, async ({ delivery }) => ({
      deliveries: [{ ...delivery, state: 'recalled', dueAt: null }],
    }));
    await dying.store.database.close();
    await gone(dying.name);
    expect(await store.database.releaseAbandoned(later(1))).toBe(0);
    const [way] = (await store.messages.readMessage(entry.message.id))?.deliveries ?? [];
    expect(way).toMatchObject({ state: 'recalled', dueAt: null, attempts: [{ code: 'abandoned' }] });
    expect(way?.isUnderWay).toBeUndefined();
  });

  test('are due at once for arrivals too, and nothing finished comes back', async () => {
    for (const id of ['1', '2'])
      await store.arrivals.keepArrival('telegram', arrival(id, `account ${id}`), NOW);
    const dying = namedStore('amanat-dying-too');
    await dying.store.arrivals.claimArrivals(NOW, later(60), 2);
    await dying.store.arrivals.finishArrival('telegram', '1');
    await dying.store.database.close();
    await gone(dying.name);
    expect(await store.database.releaseAbandoned(later(1))).toBe(1);
    expect((await store.arrivals.claimArrivals(later(1), later(61), 10)).map((one) => one.id)).toEqual(['2']);
  });
});

test('arrivals while the clock was ahead do not wait for that time', async () => {
  await store.arrivals.keepArrival('telegram', arrival('1', 'account'), later(3_600));
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

/** A store whose connections carry a name, as a gateway process has them. */
function namedStore(name: string): { readonly name: string; readonly store: Store } {
  return { name, store: openTestStore(db.connect(name), { listen: false }) };
}

/** Resolves when the server has seen the last connection of a process end. */
async function gone(name: string): Promise<void> {
  for (;;) {
    const left = await db.sql`select from pg_stat_activity where application_name = ${name}`;
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
