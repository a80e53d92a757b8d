/** The row is the job: processes claim due deliveries for a lease. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { ASKING_FIRST, makeAct, openTestStore } from '../support/test-guard.ts';
import {
  DESK,
  delivery,
  evidence,
  keepThreeEndpoints,
  keptEndpoints,
  later,
  NOW,
  newMessage,
  only,
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
  [system, phone, home] = await keepThreeEndpoints(store);
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
