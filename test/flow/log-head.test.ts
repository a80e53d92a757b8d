/**
 * The head of the operator's log: a truncated log is detected, and a log that others append to meanwhile is
 * not mistaken for one.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogHead } from '../../src/domain/evidence/operator-act.ts';
import { createGrantGuard } from '../../src/flow/operator/guard.ts';
import type { KeptLogEntry } from '../../src/store/contracts/operator-log.ts';
import { makeRig, type Rig } from '../support/rig.ts';

let house: Rig;
let acts: readonly KeptLogEntry[];

beforeAll(async () => {
  house = await makeRig();
  await house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers: [] });
  acts = await house.gateway.store.ledger.operatorActs(0, 1_000);
  expect(acts.length).toBeGreaterThan(3);
});
afterAll(() => house?.close());

const headAt = (n: number): LogHead => {
  const { place, digest } = acts[n - 1] ?? { place: 0, digest: '' };
  return { place, digest };
};

/** A guard whose head other processes move. */
function guardBeside(begun: LogHead) {
  let head = begun;
  const moveTo = (next: LogHead): void => {
    head = next;
  };
  const keeper = { read: () => head, write: moveTo };
  return { guard: createGrantGuard({ reader: house.gateway, head: keeper, alarm: () => {} }), moveTo };
}

test('an entry that another process wrote while the log was being read does no harm', async () => {
  const before = acts.slice(0, -1);
  const { guard, moveTo } = guardBeside(headAt(before.length));
  const seen = guard.seenUpTo();
  moveTo(headAt(acts.length));
  await guard.learn(before, { seenUpTo: seen, isEnd: true });
  expect(guard.state()).toBe('ready');
  await guard.learn(acts.slice(-1), { seenUpTo: guard.seenUpTo(), isEnd: true });
  expect([guard.state(), guard.place()]).toEqual(['ready', acts.length]);
});

test('a log that ends before an entry that was seen was cut', async () => {
  const { guard } = guardBeside(headAt(acts.length));
  await guard.learn(acts.slice(0, -1), { seenUpTo: guard.seenUpTo(), isEnd: true });
  expect(guard.state()).toBe('log-broken');
});

test('a page of a longer log is not its end', async () => {
  const { guard } = guardBeside(headAt(acts.length));
  const seen = guard.seenUpTo();
  await guard.learn(acts.slice(0, 2), { seenUpTo: seen, isEnd: false });
  await guard.learn(acts.slice(2), { seenUpTo: seen, isEnd: true });
  expect([guard.state(), guard.place()]).toEqual(['ready', acts.length]);
});
