/**
 * Processes on one database tell each other what they let through, by LISTEN and NOTIFY; nothing is written.
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
  const fresh = () => createCallLimits({ policies: DEFAULT_POLICIES, now: house.gateway.now });
  one = { ...house.gateway, limits: fresh() };
  other = { ...house.gateway, store, limits: fresh() };
  sharings = [await startLimitSharing(one), await startLimitSharing(other)];
});
afterAll(async () => {
  for (const sharing of sharings ?? []) await sharing.stop();
  await store?.database.close();
  await house?.close();
});

/** Conditions are waited for, on a machine that may be busy. */

const tell = () => Promise.all(sharings.map((sharing) => sharing.tell()));
const leftOf = ({ limits }: Gateway, name: string) => limits.left('focal-point', name).remaining;

test('what one lets through is soon used up in the other, and its own report counts once', async () => {
  await tell();
  await vi.waitUntil(() => leftOf(one, 'desk') === 1_500 && leftOf(other, 'desk') === 1_500, WAIT);
  for (let n = 0; n < 1_000; n += 1) one.limits.take('focal-point', 'desk');
  await tell();
  await vi.waitUntil(() => leftOf(other, 'desk') < 1_000, WAIT);
  expect(leftOf(other, 'desk')).toBeGreaterThanOrEqual(500);
  expect(leftOf(one, 'desk')).toBeGreaterThanOrEqual(500);
});

test('many callers with long names are reported in notifications that PostgreSQL takes', async () => {
  // So many that they are not refilled while the test looks at them.
  for (let n = 0; n < 400; n += 1)
    for (let used = 0; used < 1_500; used += 1) one.limits.charge('focal-point', `${'n'.repeat(250)}-${n}`);
  await tell();
  await expect.poll(() => leftOf(other, `${'n'.repeat(250)}-399`)).toBeLessThan(1_500);
});

test.each([
  '',
  'no JSON',
  '[]',
  '{"process":"p","used":[["focal-point","desk",-5]]}',
  '{"process":"p","used":"x"}',
])('a word that is none, such as "%s", changes nothing', async (text) => {
  await store.database.tellUse(text);
  await store.database.tellUse(
    JSON.stringify({ process: 'after', used: [['account', text.slice(0, 5) || 'x', 1]] }),
  );
  await vi.waitUntil(() => one.limits.left('account', text.slice(0, 5) || 'x').remaining < 30, WAIT);
  expect(leftOf(one, 'unheard-of')).toBeGreaterThanOrEqual(1_000);
});
