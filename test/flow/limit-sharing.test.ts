/**
 * Processes on one database tell each other what they let through, by LISTEN and NOTIFY; nothing is written. The clock
 * of both stands still: a bucket that is refilled while the test looks would hide what was told.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createCallLimits } from '../../src/call-limits.ts';
import { DEFAULT_POLICIES } from '../../src/domain/words/limit.ts';
import { type LimitSharing, startLimitSharing } from '../../src/flow/limit-sharing.ts';
import type { Gateway } from '../../src/gateway.ts';
import { createStore } from '../../src/store/postgres.ts';
import type { Store } from '../../src/store/store.ts';
import { WAIT } from '../support/patience.ts';
import { makeRig, type Rig } from '../support/rig.ts';

let house: Rig;
let store: Store;
let one: Gateway;
let other: Gateway;
let sharings: LimitSharing[];

beforeAll(async () => {
  house = await makeRig();
  store = createStore(house.database.connect(), { listen: true });
  store.database.useGuard(house.gateway.guard);
  const instant = house.gateway.now();
  const now = () => instant;
  const fresh = () => createCallLimits({ policies: DEFAULT_POLICIES, now });
  one = { ...house.gateway, now, limits: fresh() };
  other = { ...house.gateway, now, store, limits: fresh() };
  sharings = [await startLimitSharing(one), await startLimitSharing(other)];
});
afterAll(async () => {
  for (const sharing of sharings ?? []) await sharing.stop();
  await store?.database.close();
  await house?.close();
});

const tell = () => Promise.all(sharings.map((sharing) => sharing.tell()));
const leftOf = ({ limits }: Gateway, name: string) => limits.left('focal-point', name).remaining;

/** Waits until both have heard all that was told before: notifications come in the order in which they were sent. */
async function hearAll(): Promise<void> {
  const caller = house.gateway.newId();
  await store.database.tellUse(JSON.stringify({ process: 'last', used: [['gateway', caller, 1_000]] }));
  const hasHeard = ({ limits }: Gateway) => limits.left('gateway', caller).remaining < 4_000;
  await vi.waitUntil(() => hasHeard(one) && hasHeard(other), WAIT);
}

test('calls allowed by one process are soon counted in the other, and its own report counts once', async () => {
  await tell();
  await hearAll();
  // Three processes report here: a third of 3,000 for each.
  expect([leftOf(one, 'desk'), leftOf(other, 'desk')]).toEqual([1_000, 1_000]);
  for (let n = 0; n < 700; n += 1) one.limits.take('focal-point', 'desk');
  await tell();
  await hearAll();
  expect([leftOf(one, 'desk'), leftOf(other, 'desk')]).toEqual([300, 300]);
});

test('many callers with long names are reported in notifications that PostgreSQL takes', async () => {
  const names = Array.from({ length: 400 }, (_, n) => `${'n'.repeat(250)}-${n}`);
  for (const name of names) one.limits.charge('focal-point', name);
  await tell();
  await hearAll();
  expect(new Set(names.map((name) => leftOf(other, name)))).toEqual(new Set([999]));
});

test.each([
  '',
  'no JSON',
  '[]',
  '{"process":"p","used":[["focal-point","desk",-5]]}',
  '{"process":"p","used":"x"}',
])('an unknown notification, such as "%s", changes nothing', async (text) => {
  const before = leftOf(one, 'desk');
  await store.database.tellUse(text);
  await hearAll();
  expect(leftOf(one, 'desk')).toBe(before);
  // The number of processes decides the share of a caller, so no process was added either.
  expect(leftOf(one, 'unheard-of')).toBe(1_000);
});
