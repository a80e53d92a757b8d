/** Officers' PINs against a thief who can write to the database, and with another master key. */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chance } from '../../src/entry/chance.ts';
import { inviteOfficer, inviteToSetPin } from '../../src/entry/enrolling/inviting.ts';
import { rewrapSecrets } from '../../src/entry/home/master-rotation.ts';
import { importMasterKey } from '../../src/seal/custody.ts';
import { type BrowserPage, openBrowser } from '../support/browser.ts';
import { openProvenBrowser, passStartPage, TEST_PIN } from '../support/pins.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import { makeReportPost, PRIVATE_TEXT, postMessage } from '../support/story.ts';
import { linkAccount, makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

let all: TelegramHouse;
let link: string;

beforeEach(async () => {
  all = await makeTelegramHouse();
  await linkAccount(all, 5550001, await all.code());
  await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  const buttons = all.api
    .messagesIn(5550001)
    .flatMap((one) => one.reply_markup?.inline_keyboard.flat() ?? []);
  link = buttons.findLast((one) => one.url !== undefined)?.url ?? '';
});
afterEach(() => all?.close());

const sql = () => all.house.database.sql;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
const give = (pin: string): Promise<BrowserPage> =>
  openBrowser(all.house.app, GATEWAY_URL).submit(`${new URL(link).pathname}/pin`, { pin });
const rowOf = async (table: 'pin' | 'start_code' | 'pin_session') => {
  const [found] = await sql().unsafe(`select to_json(t)::text as row from ${table} t limit 1`);
  return String(found?.['row']);
};
/** Puts a row back as it was. */
const putBack = (table: 'pin' | 'start_code' | 'pin_session', row: string) =>
  sql()
    .unsafe(`delete from ${table}`)
    .then(() =>
      sql().unsafe(
        `insert into ${table} select * from json_populate_record(null::${table}, $1::text::json)`,
        [row],
      ),
    );
const of = () => ({ focalPoint: all.designation.focal_point, officer: 'o1', lang: 'id' });
const alarms = () =>
  all.house.lines.filter((one) => one.event === 'grant.refused').map((one) => one.fields['kind']);
const withCookie = (session: string) =>
  all.house.app.request(link, { method: 'POST', headers: { cookie: `__Host-amanat_officer=${session}` } });

test('attempts set back to none, an earlier or an unlocked row: it opens nothing, and raises the alarm', async () => {
  const fresh = await rowOf('pin');
  await give('000000');
  await putBack('pin', fresh);
  expect((await give(TEST_PIN)).status).toBe(403);
  expect(alarms()).toContain('pin');
});

test('a locked PIN stays locked, whatever is written over it', async () => {
  const fresh = await rowOf('pin');
  for (let n = 0; n < 5; n += 1) await give('000000');
  const locked = await rowOf('pin');
  await sql()`update pin set tries = 0, locked_at = null`;
  expect((await give(TEST_PIN)).status).toBe(403);
  await putBack('pin', fresh);
  expect((await give(TEST_PIN)).status).toBe(403);
  await putBack('pin', locked);
  expect((await give(TEST_PIN)).status).toBe(403);
});

test('an earlier PIN that is put back is not accepted; nor is another officer’s', async () => {
  const old = await rowOf('pin');
  await passStartPage(all.house, await inviteToSetPin(all.house.gateway, of()), '503926');
  await putBack('pin', old);
  expect((await give(TEST_PIN)).status).toBe(403);
  await all.code('o2');
  await sql()`delete from pin where officer = 'o1'`;
  await sql()`update pin set officer = 'o1'`;
  expect((await give(TEST_PIN)).status).toBe(403);
});

test('a session that is written, changed to another officer, or put back after its end opens nothing', async () => {
  await openProvenBrowser(all.house, link);
  const session = randomBytes(32).toString('base64url');
  await sql()`update pin_session set hash = ${digestOf(session)}`;
  expect((await withCookie(session)).status).toBe(403);
  await openProvenBrowser(all.house, link);
  await sql()`update pin_session set expires_at = now() + interval '10 years'`;
  const real = await openProvenBrowser(all.house, link);
  const kept = await rowOf('pin_session');
  for (let n = 0; n < 5; n += 1) await give('000000');
  await putBack('pin_session', kept);
  const answer = await real.submit(link);
  expect([answer.status, answer.text.includes(PRIVATE_TEXT[0] ?? '')]).toEqual([403, false]);
});

test('a start page that is written, changed, or put back after its use sets no PIN', async () => {
  await sql()`delete from start_code`;
  const token = await inviteToSetPin(all.house.gateway, of());
  const fresh = await rowOf('start_code');
  await passStartPage(all.house, token, '503926');
  await putBack('start_code', fresh);
  const set = (at: string) =>
    openBrowser(all.house.app, GATEWAY_URL).submit(`/start/${at}`, { pin: '614037', again: '614037' });
  expect((await set(token)).status).toBe(404);
  const mine = randomBytes(32).toString('base64url');
  await sql()`update start_code set hash = ${digestOf(mine)}`;
  expect((await set(mine)).status).toBe(404);
  expect((await give('614037')).status).toBe(403);
  expect((await give('503926')).status).toBe(200);
});

const draft = () => ({ ...of(), channel: 'telegram', shows: 'notice' }) as const;
const setAt = (token: string, pin: string) =>
  openBrowser(all.house.app, GATEWAY_URL).submit(`/start/${token}`, { pin, again: pin });

test('a PIN that was hidden while a new one was set is not accepted; nor is a session of it', async () => {
  const reader = await openProvenBrowser(all.house, link);
  const [old, session] = [await rowOf('pin'), await rowOf('pin_session')];
  await sql()`delete from pin`;
  await sql()`delete from pin_session`;
  await passStartPage(all.house, await inviteToSetPin(all.house.gateway, of()), '503926');
  const fresh = await rowOf('pin');
  await putBack('pin_session', session);
  expect((await reader.submit(link)).status).toBe(403);
  await putBack('pin', old);
  expect((await give(TEST_PIN)).status).toBe(403);
  expect(alarms()).toContain('pin');
  await putBack('pin', fresh);
  expect((await give('503926')).status).toBe(200);
});

test('a start page that was hidden while a newer one was made, or used, sets no PIN', async () => {
  await sql()`delete from start_code`;
  const first = await inviteToSetPin(all.house.gateway, of());
  const hidden = await rowOf('start_code');
  await sql()`delete from start_code`;
  const second = await inviteToSetPin(all.house.gateway, of());
  const newer = await rowOf('start_code');
  await putBack('start_code', hidden);
  expect((await setAt(first, '614037')).status).toBe(404);
  await putBack('start_code', newer);
  expect((await setAt(second, '503926')).status).toBe(200);
  await putBack('start_code', hidden);
  expect((await setAt(first, '614037')).status).toBe(404);
  expect((await give('614037')).status).toBe(403);
  expect((await give('503926')).status).toBe(200);
});

test.each(['set', 'locked'])(
  'a PIN that was %s and is deleted is not set again by a page that asks for it',
  async (how) => {
    if (how === 'locked') for (let n = 0; n < 5; n += 1) await give('000000');
    const { token, code } = await inviteOfficer(all.house.gateway, draft());
    const kept = await rowOf('pin');
    await sql()`delete from pin`;
    const page = await setAt(token, '614037');
    expect(page.text).toContain(all.house.gateway.translate('id', 'pin-lost'));
    expect(page.text).not.toContain(code);
    expect(alarms()).toContain('pin');
    expect((await give('614037')).status).toBe(403);
    await putBack('pin', kept);
    expect((await give(TEST_PIN)).status).toBe(how === 'set' ? 200 : 403);
  },
);

test('the chat’s code does not work earlier if the start page is deleted', async () => {
  await sql()`delete from start_code`;
  const { token, code } = await inviteOfficer(all.house.gateway, draft());
  const page = await rowOf('start_code');
  await sql()`delete from start_code`;
  const { store } = all.house.gateway;
  const asked = () => store.links.askLinkCode(digestOf(code), '5550009', all.house.gateway.now());
  expect(await asked()).toBeUndefined();
  expect(alarms()).toContain('start-code');
  await putBack('start_code', page);
  expect(await asked()).toBeUndefined();
  await passStartPage(all.house, token);
  expect(await asked()).toMatchObject({ endpoint: { officer: 'o1' } });
});

test('nothing stored of a PIN could be tested with the database alone', async () => {
  const { wrapped, ...rest } = JSON.parse(await rowOf('pin'));
  expect(wrapped.split('.')).toHaveLength(5);
  expect(JSON.stringify(rest)).not.toContain(TEST_PIN);
});

test('a PIN works after the master key was replaced, and under the new key alone', async () => {
  const { gateway } = all.house;
  const next = await importMasterKey(chance.newToken());
  const both = {
    ...next,
    other: async (id: string) => (id === gateway.master.id ? gateway.master : undefined),
  };
  expect(await rewrapSecrets(gateway.store, both)).toMatchObject({ unreadable: 0 });
  const { wrapped } = JSON.parse(await rowOf('pin'));
  expect(JSON.parse(Buffer.from(wrapped.split('.')[0], 'base64url').toString()).kid).toBe(next.id);
  Object.assign(gateway, { master: next });
  expect((await give('000000')).status).toBe(403);
  expect((await give(TEST_PIN)).status).toBe(200);
});
