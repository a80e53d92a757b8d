/**
 * The operator is warned 60 days before an end and then weekly, once each time, in the log and in the
 * metrics.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { warnOfEndings } from '../../src/flow/directory/expiry.ts';
import { runLoop } from '../../src/flow/loop/loop.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { expectQuietLog, makeOfficer } from '../support/story.ts';

const DAY = 86_400;
let house: Rig;
beforeAll(async () => {
  house = await makeRig();
  const draft = { name: 'Desk', country: 'ID', officers: [makeOfficer()] };
  await house.designate({ ...draft, slug: 'desk', days: 90 });
  const gone = await house.designate({ ...draft, slug: 'withdrawn', days: 90 });
  const claims = await draftWithdrawal(house.gateway, gone, 'unspecified');
  await keepWithdrawal(house.gateway, await signStatement('withdrawal', claims, [house.authorities.ID]));
});
afterAll(() => house.close());

const warnings = () => house.lines.filter((one) => one.event === 'expiry.warning').map((one) => one.fields);
const metrics = () => house.metrics();

test('a warning comes 60 days before, then at once, then weekly until a week after the end', async () => {
  house.pass(29 * DAY);
  expect(await warnOfEndings(house.gateway)).toBe(0);
  house.pass(DAY + 60);
  const both = await Promise.all([warnOfEndings(house.gateway), warnOfEndings(house.gateway)]);
  expect(both[0] + both[1]).toBe(1);
  expect(warnings()).toMatchObject([{ what: 'designation', name: 'desk', days: 59 }]);
  house.pass(7 * DAY - 120);
  expect(await warnOfEndings(house.gateway)).toBe(0);
  house.pass(120);
  expect(await warnOfEndings(house.gateway)).toBe(1);
  let given = 0;
  for (let week = 0; week < 12; week += 1) {
    house.pass(7 * DAY);
    given += await warnOfEndings(house.gateway);
  }
  expect(given).toBe(8);
  expect(warnings().at(-1)).toMatchObject({ days: -4 });
  expectQuietLog(house);
});

test('the metrics give the seconds left of everything that ends, without names', async () => {
  const text = await metrics();
  expect(text).toMatch(/amanat_expires_seconds\{what="designation",name="desk"\} -\d+/);
  expect(text).toMatch(/amanat_expires_seconds\{what="agreement",name="id-kh-test"\} \d+/);
  expect(text.match(/amanat_expires_seconds\{what="anchor",name="(?:ID|KH) [\w-]{8}"\} \d+/g)).toHaveLength(
    2,
  );
  expect(text).not.toContain('withdrawn');
});

test('the loop checks by itself', async () => {
  house.pass(200 * DAY);
  const before = warnings().length;
  const stop = new AbortController();
  const loop = runLoop(house.gateway, stop.signal);
  await expect.poll(() => warnings().length).toBeGreaterThan(before);
  stop.abort();
  await loop;
  expect(warnings().at(-1)).toMatchObject({ what: 'agreement', name: 'id-kh-test' });
});
