/** What an operator sees of the ledgers, and records about alarms. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { raiseAlarm } from '../../src/flow/ledger/alarm.ts';
import { originOfLedger } from '../../src/flow/ledger/keys.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { readLedgerState, readPeerFigures, resolveAlarm } from '../../src/flow/ledger/state.ts';
import { witnessPeers } from '../../src/flow/ledger/witness.ts';
import { catchRefusal } from '../support/people.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';
import { fetchFrom, issueMany, issueUpTo } from '../support/watched-logs.ts';

let both: TwoGateways;
let kh: Rig;
let id: Rig;
beforeEach(async () => {
  both = await makeTwoGateways();
  [kh, id] = [both.kh.house, both.id.house];
  await issueUpTo(kh, 3);
  await extendLedger(kh.gateway);
});
afterEach(() => both.close());

const pass = (seconds: number): void => {
  for (const house of [kh, id]) house.pass(seconds);
};

/** A gauge as `/metrics` shows it, by its name and labels. */
async function gauge(house: Rig, name: string): Promise<number> {
  const text = await house.metrics();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

test('entries wait for a cosignature until the other gateway has read them, and the state shows who gave one', async () => {
  pass(600);
  expect((await readLedgerState(kh.gateway)).own).toMatchObject({ size: 3 });
  expect(await gauge(kh, 'amanat_ledger_uncosigned_seconds')).toBeGreaterThanOrEqual(600);
  await witnessPeers(id.gateway);
  expect(await gauge(kh, 'amanat_ledger_uncosigned_seconds')).toBe(0);
  const [seen] = (await readLedgerState(kh.gateway)).watched;
  expect(seen).toMatchObject({ ledger: originOfLedger(both.id.url), cosigned: { size: 3 } });
  expect(await readLedgerState(id.gateway)).toMatchObject({
    own: { size: 0, signed_at: null, uncosigned_seconds: 0 },
    watched: [{ ledger: originOfLedger(both.kh.url), size: 3, unread_seconds: 0, cosigned: null }],
  });
  // Later entries wait again, from then on.
  await issueMany(kh, 1);
  await extendLedger(kh.gateway);
  pass(60);
  const waits = await gauge(kh, 'amanat_ledger_uncosigned_seconds');
  expect(waits).toBeGreaterThanOrEqual(60);
  expect(waits).toBeLessThan(600);
});

test('a ledger that cannot be reached, or is not valid, stays unread', async () => {
  const name = `amanat_ledger_unread_seconds{ledger="${originOfLedger(both.kh.url)}"}`;
  await witnessPeers(id.gateway);
  await both.kh.shut();
  pass(3_600);
  await witnessPeers(id.gateway);
  expect(await gauge(id, name)).toBeGreaterThanOrEqual(3_600);
  await both.kh.open();
  pass(60);
  await witnessPeers(id.gateway);
  expect(await gauge(id, name)).toBeLessThan(3_600);
  await kh.database.sql`update ledger_leaf set evidence = 'gone' where index = 1`;
  pass(7_200);
  await witnessPeers(id.gateway);
  expect(await gauge(id, name)).toBeGreaterThanOrEqual(7_200);
});

test('without connected gateways no entry waits for a cosignature', async () => {
  const alone = await makeRig();
  try {
    await issueMany(alone, 1);
    await extendLedger(alone.gateway);
    alone.pass(600);
    expect(await readPeerFigures(alone.gateway)).toEqual({
      uncosignedSeconds: 0,
      unread: [],
      withdrawalsWaiting: 0,
      evidenceAside: 0,
    });
  } finally {
    await alone.close();
  }
});

test('an alarm is kept; a named operator marks it as examined, once', async () => {
  const origin = originOfLedger(both.id.url);
  await raiseAlarm(kh.gateway, origin, { code: 'log-shrunk', place: 2 });
  await raiseAlarm(kh.gateway, origin, { code: 'split-view', place: 3 });
  const alarmsShown = async () => (await (await fetchFrom(kh, '/readyz')).json()).alarms;
  const [second, first] = (await readLedgerState(kh.gateway)).alarms;
  expect([first?.code, second?.code]).toEqual(['log-shrunk', 'split-view']);
  expect(await alarmsShown()).toBe(2);
  const said = { by: 'Dara Invented', note: 'Restored from a backup; the other side knows.' };
  await resolveAlarm(kh.gateway, first?.id ?? 0, said);
  expect(await alarmsShown()).toBe(1);
  expect((await readLedgerState(kh.gateway)).alarms[1]).toMatchObject({ code: 'log-shrunk', seen: said });
  const again = (alarm: number) =>
    catchRefusal(() => resolveAlarm(kh.gateway, alarm, { by: 'Other', note: 'Other.' }));
  expect(await again(first?.id ?? 0)).toBe('already-exists');
  expect(await again(999_999)).toBe('not-found');
  // The same finding again is the same alarm, and it is already marked.
  await raiseAlarm(kh.gateway, origin, { code: 'log-shrunk', place: 2 });
  expect(await alarmsShown()).toBe(1);
});
