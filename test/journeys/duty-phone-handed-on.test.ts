/** A phone that is handed on: its next user finds nothing open that another officer's PIN opened. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeEndpoint } from '../../src/entry/enrolling/endpoints.ts';
import { unlinkAccount } from '../../src/flow/endpoint/linking.ts';
import { readLog } from '../../src/flow/operator/log.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from '../support/browser.ts';
import { TEST_PIN } from '../support/pins.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import { fetchEvents, makeOfficer, makeReportPost, PRIVATE_TEXT, postMessage } from '../support/story.ts';
import { BOT_SECRET, linkAccount, makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

const PHONE = 5550001;

let all: TelegramHouse;

beforeEach(async () => {
  const another = { ...makeOfficer('en', 'o3'), name: 'Another Invented' };
  // Sessions here live for minutes that are counted to the second.
  all = await makeTelegramHouse([another], {}, { isClockStopped: true });
  await link(await all.code('o1'));
});
afterEach(() => all?.close());

async function link(code: string): Promise<void> {
  await linkAccount(all, PHONE, code);
}

interface Notice {
  readonly id: string;
  readonly url: string;
  /** Whether it can be answered by a tap. */
  readonly isTapped: boolean;
}

/** The notice of a new message, as the phone has it. */
async function notice(): Promise<Notice> {
  const before = all.api.messagesIn(PHONE).length;
  const id = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  const buttons = all.api
    .messagesIn(PHONE)
    .slice(before)
    .flatMap((one) => one.reply_markup?.inline_keyboard.flat() ?? []);
  return {
    id,
    url: buttons.find((one) => one.text === say('telegram-button-open'))?.url ?? '',
    isTapped: buttons.some((one) => one.callback_data !== undefined),
  };
}
const say = (phrase: string, values = {}) => all.house.gateway.translate('id', phrase, values);
const visitor = (): TestBrowser => openBrowser(all.house.app, GATEWAY_URL);
const give = (reader: TestBrowser, { url }: Notice): Promise<BrowserPage> =>
  reader.submit(`${new URL(url).pathname}/pin`, { officer: 'o1', pin: TEST_PIN });

/** The first officer gave the PIN at one notice; the phone is handed on, and another notice comes. */
async function nextOpensNothing(): Promise<void> {
  const reader = visitor();
  expect((await give(reader, await notice())).text).toContain(
    say('page-as', { officer: makeOfficer().name }),
  );
  const next = await notice();
  expect(next.isTapped).toBe(false);
  const page = await reader.submit(next.url);
  expect([page.status, page.text.includes(PRIVATE_TEXT[0] ?? '')]).toEqual([403, false]);
  expect(await fetchEvents(all.shelter, next.id)).not.toContain('ContentHandover');
}

test('a phone of one officer is asked for the PIN once per session, and accepts taps', async () => {
  const reader = visitor();
  await give(reader, await notice());
  const next = await notice();
  expect(next.isTapped).toBe(true);
  expect((await reader.submit(next.url)).text).toContain(PRIVATE_TEXT[0]);
});

test('officers of two focal points at one phone: a PIN opens one link, and no tap is accepted', async () => {
  await link(await all.shelterCode('o3'));
  await nextOpensNothing();
});

test('a tap that came while another focal point’s officer used the phone is not accepted after that officer has left it', async () => {
  const { id } = await notice();
  await link(await all.shelterCode('o3'));
  const { house } = all;
  const [way] = await house.database.sql<{ id: string }[]>`
    select id from delivery where message = ${id} and kind = 'message'`;
  const query = {
    id: '99',
    from: { id: PHONE, is_bot: false, first_name: 'Invented' },
    chat_instance: '1',
    message: { message_id: 1, chat: { id: PHONE, type: 'private' } },
    data: `a:${way?.id}`,
  };
  await house.app.request(`${GATEWAY_URL}/channels/telegram`, {
    method: 'POST',
    headers: { 'x-telegram-bot-api-secret-token': BOT_SECRET },
    body: JSON.stringify({ update_id: 7_001, callback_query: query }),
  });
  const there = await house.gateway.store.endpoints.endpointsAt('telegram', String(PHONE));
  const theirs = there.find((one) => one.officer === 'o3');
  if (theirs === undefined) throw new Error('o3 does not use the phone');
  await unlinkAccount(house.gateway, theirs, 'unlinked');
  await house.drain();
  expect(await fetchEvents(all.shelter, id)).not.toContain('ConsignmentAcceptance');
});

test('one person who is an officer of two focal points has a phone of one officer', async () => {
  await link(await all.shelterCode('o1'));
  expect((await notice()).isTapped).toBe(true);
});

test('a colleague whose account is switched off as dead still uses the phone', async () => {
  await link(await all.code('o2'));
  await all.house.database.sql`
    update endpoint set enabled = false, disabled_code = 'telegram-403', disabled_at = now() where officer = 'o2'`;
  await nextOpensNothing();
});

test('nor is it one officer’s phone if the colleague’s row is damaged or moved to another address', async () => {
  await link(await all.code('o2'));
  await all.house.database.sql`update endpoint set address = '5550009' where officer = 'o2'`;
  await nextOpensNothing();
});

test('nor if the colleague’s row is moved to another focal point and account, or is gone', async () => {
  await link(await all.code('o2'));
  const { sql } = all.house.database;
  await sql`update endpoint set address = '5550009', focal_point = 'did:web:elsewhere' where officer = 'o2'`;
  await nextOpensNothing();
  await deleteAccountOf('o2');
  await nextOpensNothing();
});

test('nor if the row of another focal point’s officer is gone; after a removal by hand it is theirs alone', async () => {
  await link(await all.shelterCode('o3'));
  const { gateway, database } = all.house;
  const there = await gateway.store.endpoints.endpointsAt('telegram', String(PHONE));
  const theirs = there.find((one) => one.officer === 'o3');
  if (theirs === undefined) throw new Error('o3 does not use the phone');
  const [kept] = await database.sql`select * from endpoint where id = ${theirs.id}`;
  await deleteAccountOf('o3');
  await nextOpensNothing();
  await database.sql`insert into endpoint ${database.sql(kept as Record<string, string>)}`;
  await removeEndpoint(gateway, theirs);
  expect((await notice()).isTapped).toBe(true);
});

/** As a thief would, with all that refers to it. */
async function deleteAccountOf(who: string): Promise<void> {
  const { sql } = all.house.database;
  const ids = sql`select id from endpoint where officer = ${who}`;
  await sql`update link_code set used_for = null where used_for in (${ids})`;
  await sql`delete from note where endpoint in (${ids})`;
  await sql`delete from link where endpoint in (${ids}) or about in (${ids})`;
  await sql`delete from pin_session where endpoint in (${ids})`;
  await sql`delete from delivery where endpoint in (${ids})`;
  await sql`delete from endpoint where officer = ${who}`;
}

test('five minutes without use end the session that a PIN opened at a link of a duty phone', async () => {
  await link(await all.code('o2'));
  const [reader, one] = [visitor(), await notice()];
  await give(reader, one);
  const [action = ''] = (await reader.submit(one.url)).forms;
  all.house.pass(299);
  expect((await reader.open(one.url)).text).toContain(say('page-as', { officer: makeOfficer().name }));
  all.house.pass(301);
  expect((await reader.open(one.url)).text).toContain(say('pin-who'));
  expect((await reader.submit(action, { decision: 'accepted' })).status).toBe(403);
  expect(await fetchEvents(all.shelter, one.id)).not.toContain('ConsignmentAcceptance');
});

test('"Not you?" makes the browser forget, so that going back shows no stored page', async () => {
  await link(await all.code('o2'));
  const { url } = await notice();
  const answer = await all.house.app.request(`${url}/pin`, {
    method: 'POST',
    body: new URLSearchParams({ leave: 'yes' }),
  });
  expect(answer.headers.get('clear-site-data')).toBe('"cache"');
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('__Host-amanat_officer='));
  expect(cookie).toMatch(/^__Host-amanat_officer=; Max-Age=0; Path=\/; HttpOnly; Secure/);
});

test('"Not you?" ends the session, even if its row is put back', async () => {
  await link(await all.code('o2'));
  const { url } = await notice();
  const { app, database } = all.house;
  const post = (to: string, fields: Record<string, string>, cookie = '') =>
    app.request(to, { method: 'POST', headers: { cookie }, body: new URLSearchParams(fields) });
  const given = await post(`${url}/pin`, { officer: 'o1', pin: TEST_PIN });
  const cookie = given.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const [kept] = await database.sql`select * from pin_session`;
  // Whoever has no session there ends none.
  await post(`${url}/pin`, { leave: 'yes' }, '__Host-amanat_officer=invented');
  await post(`${url}/pin`, { leave: 'yes' }, cookie);
  await database.sql`insert into pin_session ${database.sql(kept as Record<string, string>)}`;
  const page = await post(url, {}, cookie);
  expect([page.status, (await page.text()).includes(PRIVATE_TEXT[0] ?? '')]).toEqual([403, false]);
  const { entries } = await readLog(all.house.gateway);
  expect(entries.filter((one) => one.act === 'pin.left')).toHaveLength(1);
  expect(all.house.lines).toContainEqual(expect.objectContaining({ event: 'grant.refused' }));
});
