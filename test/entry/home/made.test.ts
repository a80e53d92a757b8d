/**
 * The making of a gateway is the first entry of its operator's log, once, whichever process opens the database first.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordGatewayMade, writeGatewayMade } from '../../../src/entry/home/made.ts';
import { readLog } from '../../../src/flow/operator/log.ts';
import { makeRig, type Rig } from '../../support/rig.ts';
import { makeOfficer } from '../../support/story.ts';

let house: Rig;
let home: string;
beforeEach(async () => {
  house = await makeRig({ agreedAt: null });
  home = mkdtempSync(join(tmpdir(), 'amanat-'));
});
afterEach(async () => {
  rmSync(home, { recursive: true });
  await house.close();
});

const entries = async () => (await readLog(house.gateway)).entries;
const EARLIER = '2026-01-02T03:04:05.678Z';

test('once, with its own time and handle, if several processes open the folder at once', async () => {
  writeGatewayMade(home, { at: EARLIER, by: 'dewi' });
  await Promise.all([1, 2, 3].map(() => recordGatewayMade(home, house.gateway)));
  await recordGatewayMade(home, house.gateway);
  const { did } = house.gateway;
  expect(await entries()).toMatchObject([
    { act: 'gateway.made', subject: did, who: 'dewi', at: EARLIER, place: 1 },
  ]);
});

test('not if something was done before, or if nothing says who made it', async () => {
  await recordGatewayMade(home, house.gateway);
  expect(await entries()).toEqual([]);
  writeFileSync(join(home, 'made.json'), '{"at":"yesterday","by":"<script>"}');
  await recordGatewayMade(home, house.gateway);
  expect(await entries()).toEqual([]);
  await house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers: [makeOfficer()] });
  const before = await entries();
  writeGatewayMade(home, { at: EARLIER, by: 'dewi' });
  await recordGatewayMade(home, house.gateway);
  expect(await entries()).toEqual(before);
});

test('with a clock that was set back since, the time is now', async () => {
  const now = house.gateway.now().getTime();
  writeGatewayMade(home, { at: new Date(now + 3_600_000).toISOString(), by: 'dewi' });
  await recordGatewayMade(home, house.gateway);
  const [made] = await entries();
  expect(Date.parse(made?.at ?? '')).toBeLessThan(now + 60_000);
});
