/**
 * The doctor's findings about officers' PINs: set, locked, different from the operator's log, and under another master
 * key.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chance } from '../../src/entry/chance.ts';
import type { ExaminedGateway } from '../../src/entry/doctor/check.ts';
import { pinsCheck } from '../../src/entry/doctor/pins.ts';
import { inviteOfficer } from '../../src/entry/enrolling/inviting.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import { importMasterKey } from '../../src/seal/custody.ts';
import { openBrowser } from '../support/browser.ts';
import { setPin } from '../support/pins.ts';
import { linkAccount, makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

let all: TelegramHouse;
beforeEach(async () => {
  all = await makeTelegramHouse();
  await linkAccount(all, 5550001, await all.code());
});
afterEach(() => all?.close());

const sql = () => all.house.database.sql;
const of = () => ({ focalPoint: all.designation.focal_point, officer: 'o1' });
const found = async (gateway: ExaminedGateway['gateway'] = all.house.gateway) => {
  const home = { path: '/nonexistent', values: all.house.values };
  const findings = await pinsCheck.examine({ gateway, home, sql: sql(), typeset: createTypesetter() });
  return findings.map(({ verdict, detail }) => `${verdict}: ${detail}`);
};
const OK = ['ok: every officer who is reached by chat has a PIN'];

test('a PIN is in order, also after it was set again', async () => {
  expect(await found()).toEqual(OK);
  await setPin(all.house, of(), '284615');
  expect(await found()).toEqual(OK);
});

test('a locked PIN is listed until another is set', async () => {
  const draft = { ...of(), channel: 'telegram', shows: 'notice', lang: 'id' } as const;
  const { token } = await inviteOfficer(all.house.gateway, draft);
  const thief = openBrowser(all.house.app, all.house.gateway.url);
  for (let n = 0; n < 5; n += 1) await thief.submit(`/start/${token}`, { pin: '000000' });
  expect(await found()).toEqual(['warning: PIN locked after too many wrong attempts: desk/o1']);
  await setPin(all.house, of());
  expect(await found()).toEqual(OK);
});

test('a PIN that does not verify, or is gone, is reported as tampering, not as missing', async () => {
  const lost = 'failed: the PIN of desk/o1 differs from the operator’s log: the gateway ignores it';
  await sql()`update pin set tries = 3`;
  expect(await found()).toEqual([lost]);
  await sql()`delete from pin`;
  expect(await found()).toEqual([lost]);
  await setPin(all.house, of());
  expect(await found()).toEqual(OK);
});

test('a PIN under another master key is reported', async () => {
  const other = { ...all.house.gateway, master: await importMasterKey(chance.newToken()) };
  expect(await found(other)).toEqual(['failed: this master key does not open 1 PINs']);
});
