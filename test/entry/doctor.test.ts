/** The doctor's findings at two connected gateways: clocks, the ledger, keys, statements, and what expires. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authoritiesCheck } from '../../src/entry/doctor/authorities.ts';
import { certificatesCheck } from '../../src/entry/doctor/certificates.ts';
import type { DoctorCheck, ExaminedGateway } from '../../src/entry/doctor/check.ts';
import { clockCheck } from '../../src/entry/doctor/clock.ts';
import { keysCheck } from '../../src/entry/doctor/keys.ts';
import { ledgerCheck } from '../../src/entry/doctor/ledger.ts';
import { statementsCheck } from '../../src/entry/doctor/statements.ts';
import { makeAuthoritiesLook, watchParts } from '../../src/entry/server/part-watch.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import { raiseAlarm } from '../../src/flow/ledger/alarm.ts';
import { originOfLedger } from '../../src/flow/ledger/keys.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { witnessPeers } from '../../src/flow/ledger/witness.ts';
import type { Rig } from '../support/rig.ts';
import { makeOfficer } from '../support/story.ts';
import { makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';
import { issueMany } from '../support/watched-logs.ts';

let both: TwoGateways;
let kh: Rig;
beforeAll(async () => {
  both = await makeTwoGateways();
  kh = both.kh.house;
  await issueMany(kh, 1);
  await extendLedger(kh.gateway);
});
afterAll(() => both?.close());

async function found(
  check: DoctorCheck<ExaminedGateway>,
  ahead = 0,
  { anchors }: Pick<Rig['gateway'], 'anchors'> = kh.gateway,
): Promise<readonly string[]> {
  const now = () => new Date(kh.gateway.now().getTime() + ahead * 1_000);
  const gateway = { ...kh.gateway, now, anchors };
  const home = { path: '/nonexistent', values: kh.values };
  const findings = await check.examine({ gateway, home, sql: kh.database.sql, typeset: createTypesetter() });
  for (const { verdict, todo } of findings)
    if (verdict === 'failed' || verdict === 'warning') expect(todo).toBeTruthy();
  return findings.map(({ verdict, detail }) => `${verdict}: ${detail}`);
}

test.each([
  [0, /^ok: 127\.0\.0\.1:\d+ answers, and its clock agrees with this one$/],
  [90, /^warning: the clock of 127\.0\.0\.1:\d+ differs from this one by \d{2} s$/],
  [3_600, /^failed: the clock of 127\.0\.0\.1:\d+ differs from this one by 3[56]\d\d s$/],
])('a clock %i s ahead', async (ahead, expected) => {
  expect(await found(clockCheck, ahead)).toEqual([expect.stringMatching(expected)]);
});

test('warns of a gateway that does not answer, because messages to it wait', async () => {
  await both.id.shut();
  expect(await found(clockCheck)).toEqual([expect.stringMatching(/^warning: .* does not answer$/)]);
  await both.id.open();
});

test('reports entries that nobody cosigns, and alarms that nobody has examined', async () => {
  expect(await found(ledgerCheck, 1_000)).toContainEqual(
    expect.stringMatching(/^warning: entries wait for a cosignature for 1\d minutes$/),
  );
  expect(await found(ledgerCheck, 7_200)).toContainEqual(expect.stringMatching(/^failed: entries wait/));
  await witnessPeers(both.id.house.gateway);
  await witnessPeers(kh.gateway);
  expect(await found(ledgerCheck)).toEqual([expect.stringMatching(/^ok: \d entries; none has waited/)]);
  await raiseAlarm(kh.gateway, originOfLedger(both.id.url), { code: 'log-shrunk', place: 2 });
  expect(await found(ledgerCheck)).toContainEqual('failed: nobody has examined 1 alarms about ledgers');
});

test('reports a focal point whose keys the gateway must hold and lacks', async () => {
  await kh.partner({ slug: 'kept', name: 'Kept', country: 'KH', officers: [makeOfficer()] });
  expect(await found(keysCheck)).toEqual(['ok: the current master key opens every secret']);
  await kh.database.sql`delete from secret where kind = 'custody-key'`;
  expect(await found(keysCheck)).toContainEqual(
    'failed: the gateway lacks a key of kept, whose keys it must hold',
  );
});

test('reports what expires soon, and what has expired', async () => {
  const years = 365 * 86_400;
  expect((await found(certificatesCheck, years - 20 * 86_400)).join('\n')).toMatch(
    /^warning: \S+ \S+.* expires in \d+ days$/m,
  );
  expect((await found(certificatesCheck, years + 86_400)).join('\n')).toMatch(
    /^failed: .* expired on \d{4}-\d{2}-\d{2} \(UTC\)$/m,
  );
  expect((await found(statementsCheck, 2 * years)).join('\n')).toContain('no agreement is in force');
});

test('reports a missing or expired certificate of an authority only while a statement in force needs it', async () => {
  expect(await found(authoritiesCheck)).toEqual([expect.stringMatching(/^ok: /)]);
  const { anchors } = kh.gateway;
  const without = anchors.filter(({ country }) => country !== 'ID');
  expect(await found(authoritiesCheck, 0, { anchors: without })).toEqual([
    expect.stringMatching(/^failed: the certificate of the authority of ID is missing: \d+ statements/),
  ]);
  const ended = anchors.map((one) => (one.country === 'KH' ? { ...one, until: kh.gateway.now() } : one));
  expect(await found(authoritiesCheck, 0, { anchors: ended })).toEqual([
    expect.stringMatching(/^failed: the certificate of the authority of KH is not valid now: \d+ statements/),
  ]);
  // Once nothing that it signed is in force, nobody needs it.
  expect(await found(authoritiesCheck, 3 * 365 * 86_400, { anchors: without })).toEqual([
    expect.stringMatching(/^ok: /),
  ]);
});

test('a running gateway names its authorities among the parts that do not work', async () => {
  const stop = new AbortController();
  const gateway = { ...kh.gateway, anchors: kh.gateway.anchors.filter(({ country }) => country !== 'ID') };
  const readyz = async () => (await kh.app.request(`${kh.gateway.url}/readyz`)).json();
  expect(await readyz()).toMatchObject({ not_working: [] });
  const [wrong] = await watchParts([makeAuthoritiesLook(gateway)], gateway, stop.signal, {
    later: 20,
    soon: 20,
  });
  expect(wrong?.todo).toContain('certs/ID/');
  expect(await readyz()).toMatchObject({ status: 'degraded', not_working: ['authorities'] });
  stop.abort();
});

test('says for each channel how a focal point without an endpoint gets one', async () => {
  await kh.designate({ slug: 'new', name: 'New', country: 'KH', officers: [makeOfficer()] });
  const { gateway, database } = kh;
  const home = { path: '/nonexistent', values: kh.values };
  const findings = await statementsCheck.examine({
    gateway,
    home,
    sql: database.sql,
    typeset: createTypesetter(),
  });
  const todo = findings.find(({ detail }) => detail.includes('which nothing can reach'))?.todo;
  expect(todo).toContain('in Telegram: amanat officer link');
  expect(todo).toContain('amanat endpoint add');
});
