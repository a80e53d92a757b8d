/** Threads in which something is due: who claims them, when they are due next, and who was reminded. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Delivery, DeliveryStep } from '../../src/domain/carriage/delivery.ts';
import { present } from '../../src/domain/words/present.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeAct } from '../support/test-guard.ts';
import { DESK, delivery, keptEndpoints, later, NOW, newMessage, only, SENDER, there } from './fixtures.ts';

let db: TestDatabase;
let store: Store;
beforeEach(async () => {
  db = await makeTestDatabase();
  store = db.store;
});
afterEach(() => db.close());

const STEP: DeliveryStep = {
  recipient: DESK,
  act: 'acknowledge',
  rung: 'half',
  at: NOW.toISOString(),
  until: later(3_600).toISOString(),
  owner: DESK,
};

async function kept(chaseAt?: Date, thread?: string) {
  const [phone] = await keptEndpoints(store, {});
  const entry = newMessage([there(phone)], thread === undefined ? {} : { thread });
  await store.messages.keepMessage({ ...entry, ...present({ escalateAt: chaseAt || undefined }) });
  return { phone: there(phone), ...entry, thread: entry.message.thread, way: only(entry.deliveries) };
}
const claim = (now: Date) => store.threads.claimEscalations(now, new Date(now.getTime() + 60_000), 10);

test('a thread is due at the time its message sets, for one process, and again after its lease', async () => {
  const { thread } = await kept(later(600));
  await kept();
  expect(await claim(later(599))).toEqual([]);
  const claims = await Promise.all([claim(later(600)), claim(later(600))]);
  expect(claims.flat()).toEqual([thread]);
  expect(await claim(later(659))).toEqual([]);
  expect(await claim(later(660))).toEqual([thread]);
});

test('an earlier time replaces a later one, but not the reverse; the loop is notified', async () => {
  const { thread, way } = await kept(later(600));
  await kept(later(900), thread);
  await store.deliveries.claimDeliveries(NOW, later(9_000), 10);
  expect(await store.database.nextDue()).toEqual(later(600));
  await store.deliveries.changeDelivery(way.id, async () => ({ escalateAt: later(30) }));
  await store.deliveries.changeDelivery(way.id, async () => ({ escalateAt: later(60) }));
  expect(await store.database.nextDue()).toEqual(later(30));
});

test('a look sets the next time, unless an earlier one was set meanwhile', async () => {
  const { thread, way } = await kept(NOW);
  await claim(NOW);
  await store.threads.finishEscalation(thread, later(60), later(7_200));
  expect(await claim(later(7_199))).toEqual([]);
  expect(await claim(later(7_200))).toEqual([thread]);
  await store.deliveries.changeDelivery(way.id, async () => ({ escalateAt: later(7_210) }));
  await store.threads.finishEscalation(thread, later(7_260), undefined);
  expect(await claim(later(7_210))).toEqual([thread]);
  await store.threads.finishEscalation(thread, later(7_270), undefined);
  expect(await claim(later(1_000_000))).toEqual([]);
  await store.deliveries.changeDelivery(way.id, async () => ({ escalateAt: NOW }));
  expect(await claim(NOW)).toEqual([thread]);
});

test('reminders are stored with the recipient they are about, whoever gets them, and with their time', async () => {
  const { phone, message, recipients, way } = await kept();
  const made = (over: Partial<Delivery>): Delivery =>
    delivery(message.id, phone, { kind: 'reminder', step: STEP, shows: 'notice', ...over });
  const first = made({ dueAt: later(100) });
  const toSender = made({ to: SENDER, step: { ...STEP, rung: 'supervisor:other' }, dueAt: null });
  await store.deliveries.changeDelivery(way.id, async () => ({ created: [first, toSender] }));

  const held = there(await store.deliveries.readDelivery(way.id));
  expect(held.siblings).toEqual([]);
  expect(held.reminders.toSorted(byId)).toEqual([first, toSender].toSorted(byId));
  const other = there(await store.deliveries.readDelivery(toSender.id));
  expect([other.recipient?.to, other.siblings, other.reminders]).toEqual([recipients[0]?.to, [way], [first]]);

  expect(await store.deliveries.reminderTimes([phone.id])).toEqual(
    new Map([[phone.id, { waiting: later(100) }]]),
  );
  const attempts = [{ at: later(120).toISOString(), outcome: 'accepted', code: 'ok', ms: 1 }] as const;
  await store.deliveries.changeDelivery(first.id, async (one) => ({
    deliveries: [{ ...one.delivery, state: 'sent', attempts, dueAt: null }],
  }));
  expect(await store.deliveries.reminderTimes([phone.id, 'none'])).toEqual(
    new Map([[phone.id, { told: later(120) }]]),
  );
});

const byId = (one: Delivery, other: Delivery): number => (one.id < other.id ? -1 : 1);

test('a process that is gone leaves its threads to the others', async () => {
  const { thread } = await kept(NOW);
  await store.deliveries.claimDeliveries(NOW, later(9_000), 10);
  await db.sql`update chase set due_at = ${later(60)}, claimed_by = 'gone'`;
  expect(await store.database.releaseAbandoned(later(1))).toBe(1);
  expect(await claim(later(1))).toEqual([thread]);
});

test('a roster is stored by focal point, and replaced', async () => {
  const shift = { officer: 'o1', days: [1], from: '08:00', to: '16:00' };
  await store.directory.keepRoster(DESK, { weekly: [], once: [] }, makeAct());
  await store.directory.keepRoster(DESK, { weekly: [shift], once: [] }, makeAct());
  expect(await store.directory.rosters([DESK, SENDER])).toEqual(
    new Map([[DESK, { weekly: [shift], once: [] }]]),
  );
});
