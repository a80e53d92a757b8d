/** A duty phone: several officers of a focal point use one account. One notice comes, and the PIN shows who acts. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeConfirmLink } from '../../src/flow/content/links.ts';
import { unlinkAccount } from '../../src/flow/endpoint/linking.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from '../support/browser.ts';
import { makeChatCode, openProvenBrowser, setPin, TEST_PIN } from '../support/pins.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import {
  fetchEvents,
  fetchEvidence,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import {
  BOT_SECRET,
  bringCode,
  linkAccount,
  makeTelegramHouse,
  type TelegramHouse,
} from '../support/telegram-house.ts';

const [PHONE, OWN, THIRD] = [5550001, 5550002, 5550003];
const OTHER_PIN = '284615';

let all: TelegramHouse;
let id: string;

beforeAll(async () => {
  all = await makeTelegramHouse();
  await linkTo('o1', PHONE);
  await linkTo('o2', PHONE);
  await setPin(all.house, { focalPoint: all.designation.focal_point, officer: 'o2' }, OTHER_PIN);
  await all.house.drain();
});
afterAll(() => all?.close());

/** How many messages the phone had before this test's. */
let before = 0;
beforeEach(async () => {
  before = all.api.messagesIn(PHONE).length;
  id = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
});

async function linkTo(who: string, chat: number): Promise<void> {
  await linkAccount(all, chat, await all.code(who));
}

const say = (phrase: string, values = {}) => all.house.gateway.translate('id', phrase, values);
const notices = () => all.api.messagesIn(PHONE).slice(before);
const buttons = () => notices()[0]?.reply_markup?.inline_keyboard.flat() ?? [];
const link = (label: string): string => buttons().find((one) => one.text === say(label))?.url ?? '';
const visitor = (): TestBrowser => openBrowser(all.house.app, GATEWAY_URL);
const give = (reader: TestBrowser, url: string, who: string, pin: string): Promise<BrowserPage> =>
  reader.submit(`${new URL(url).pathname}/pin`, { officer: who, pin });

test('one notice, without a button, because nobody would know who pressed it', () => {
  expect(notices()).toHaveLength(1);
  expect(buttons().map((one) => one.text)).toEqual([
    say('telegram-button-open'),
    say('telegram-button-answer'),
  ]);
  expect(buttons().every((one) => one.callback_data === undefined)).toBe(true);
});

test('the page asks who it is, and opens nothing with another officer’s PIN', async () => {
  const url = link('telegram-button-open');
  const page = await visitor().open(url);
  expect(page.text).toContain(say('pin-who'));
  for (const who of ['o1', 'o2']) expect(page.text).toContain(`<option value="${who}" >`);
  // Nobody is proven yet: initials, and no part of a name beside what tells the two apart.
  for (const who of ['o1', 'o2']) expect(page.text).not.toContain(makeOfficer('id', who).name);
  expect((await give(visitor(), url, 'o1', OTHER_PIN)).text).toContain(say('pin-wrong', { left: 4 }));
  expect((await give(visitor(), url, 'o9', TEST_PIN)).status).toBe(403);
  const nobody = visitor();
  expect((await nobody.submit(`${new URL(url).pathname}/pin`, { pin: TEST_PIN })).status).toBe(403);
  expect((await nobody.submit(url)).text).not.toContain(PRIVATE_TEXT[0]);
  expect(await fetchEvents(all.shelter, id)).not.toContain('ContentHandover');
});

test('the opening and the acknowledgement belong to the officer who entered the PIN', async () => {
  const reader = visitor();
  const url = link('telegram-button-open');
  expect((await give(reader, url, 'o2', OTHER_PIN)).text).toContain(
    say('page-as', { officer: makeOfficer('id', 'o2').name }),
  );
  const opened = await reader.submit(url);
  expect(opened.text).toContain(PRIVATE_TEXT[0]);
  expect((await reader.submit(opened.forms[0] ?? '', { decision: 'accepted' })).status).toBe(200);
  const proofs = await fetchEvidence(all.shelter, id);
  expect(proofs.slice(-2)).toMatchObject([
    { event: 'ContentHandover', officer: { id: 'o2' } },
    { event: 'ConsignmentAcceptance', officer: { id: 'o2' } },
  ]);
});

test('at another link the phone asks again, whoever entered the PIN before', async () => {
  const reader = visitor();
  const first = link('telegram-button-open');
  expect((await give(reader, first, 'o1', TEST_PIN)).status).toBe(200);
  before = all.api.messagesIn(PHONE).length;
  const next = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  const second = link('telegram-button-open');
  const page = await reader.open(second);
  expect(page.text).toContain(say('pin-who'));
  expect(page.text).not.toContain(say('page-as', { officer: makeOfficer('id', 'o1').name }));
  const refused = await reader.submit(second);
  expect(refused.status).toBe(403);
  expect(refused.text).not.toContain(PRIVATE_TEXT[0]);
  expect((await reader.submit(`${second}/decision`, { decision: 'accepted' })).status).toBe(403);
  expect((await reader.open(link('telegram-button-answer'))).text).toContain(say('pin-who'));
  expect(await fetchEvents(all.shelter, next)).not.toContain('ContentHandover');
  expect((await give(reader, second, 'o2', OTHER_PIN)).text).toContain(
    say('page-as', { officer: makeOfficer('id', 'o2').name }),
  );
  // Of two links that are open side by side neither lends its officer to the other.
  expect((await reader.open(first)).text).toContain(say('pin-who'));
});

test('the next officer at the phone says so on the page, and is asked for a PIN at the same link', async () => {
  const reader = visitor();
  const url = link('telegram-button-open');
  const leave = `${new URL(url).pathname}/pin`;
  const first = await give(reader, url, 'o1', TEST_PIN);
  expect(first.text).toContain(say('page-not-you'));
  expect(first.forms).toContain(leave);
  expect((await reader.submit(leave, { leave: 'yes' })).text).toContain(say('pin-who'));
  expect((await reader.submit(url)).status).toBe(403);
  expect((await give(reader, url, 'o2', OTHER_PIN)).text).toContain(
    say('page-as', { officer: makeOfficer('id', 'o2').name }),
  );
  const opened = await reader.submit(url);
  expect(opened.text).toContain(say('page-not-you'));
  const said = await reader.submit(opened.forms[0] ?? '', { decision: 'accepted' });
  expect(said.text).toContain(say('page-not-you'));
  expect((await fetchEvidence(all.shelter, id)).at(-1)).toMatchObject({ officer: { id: 'o2' } });
});

test('the officer who entered the PIN is the one who confirms by a link of the phone, on the page and in the log', async () => {
  const { gateway, database } = all.house;
  const [told] = await database.sql<{ id: string }[]>`
    select id from endpoint where officer = 'o1' and address = ${String(PHONE)}`;
  const draft = { channel: 'telegram', shows: 'notice', lang: 'id', officer: 'o1' } as const;
  const of = { ...draft, focalPoint: all.designation.focal_point };
  const code = await makeChatCode(all.house, of, { beside: true });
  await bringCode(all, THIRD, code);
  const [waiting] = await gateway.store.endpoints.endpointsAt('telegram', String(THIRD));
  if (told === undefined || waiting?.waiting === undefined) throw new Error('nothing waits');
  const { asked } = waiting.waiting;
  const account = await gateway.store.endpoints.findEndpoint(told.id);
  if (account === undefined) throw new Error('the phone is not linked');
  const url = await makeConfirmLink(gateway, { ...account, officer: 'o1' }, { endpoint: waiting.id, asked });
  const reader = visitor();
  const page = await give(reader, url, 'o2', OTHER_PIN);
  expect(page.text).toContain(say('page-as', { officer: makeOfficer('id', 'o2').name }));
  expect(page.text).not.toContain(say('page-as', { officer: makeOfficer('id', 'o1').name }));
  expect(page.text).toContain(say('page-not-you'));
  expect((await reader.submit(url, { decision: 'confirmed' })).status).toBe(200);
  const there = await gateway.store.endpoints.endpointsAt('telegram', String(PHONE));
  expect((await gateway.store.endpoints.decisionOn(asked))?.judged?.by).toEqual({
    officer: 'o2',
    endpoint: there.find((one) => one.officer === 'o2')?.id,
  });
  const [made] = await gateway.store.endpoints.endpointsAt('telegram', String(THIRD));
  if (made !== undefined) await unlinkAccount(gateway, made, 'unlinked');
  await all.house.drain();
});

test('the order of the officers to choose from does not show whose link it is', async () => {
  const { gateway } = all.house;
  const orders = [];
  for (const who of ['o1', 'o2']) {
    const there = await gateway.store.endpoints.endpointsAt('telegram', String(PHONE));
    const account = there.find((one) => one.officer === who);
    if (account === undefined) throw new Error(`${who} does not use the phone`);
    const about = { endpoint: account.id, asked: 'invented', until: '2099-01-01T00:00:00Z' };
    const page = await visitor().open(await makeConfirmLink(gateway, { ...account, officer: who }, about));
    orders.push([...page.text.matchAll(/<option value="(o\d)"/g)].map(([, one]) => one));
  }
  expect(orders).toEqual([
    ['o1', 'o2'],
    ['o1', 'o2'],
  ]);
});

test('a tap is not accepted, and the phone is told where to answer', async () => {
  const [way] = await all.house.database.sql<
    { id: string }[]
  >`select id from delivery where message = ${id} and kind = 'message'`;
  const query = {
    id: '99',
    from: { id: PHONE, is_bot: false, first_name: 'Invented' },
    message: { message_id: notices()[0]?.message_id, chat: { id: PHONE, type: 'private' } },
    chat_instance: '1',
    data: `a:${way?.id}`,
  };
  await all.house.app.request(`${GATEWAY_URL}/channels/telegram`, {
    method: 'POST',
    headers: { 'x-telegram-bot-api-secret-token': BOT_SECRET },
    body: JSON.stringify({ update_id: 7_001, callback_query: query }),
  });
  await all.house.drain();
  expect(await fetchEvents(all.shelter, id)).not.toContain('ConsignmentAcceptance');
  expect(all.api.calls.findLast((one) => one.method === 'answerCallbackQuery')?.parameters).toMatchObject({
    text: say('telegram-reply-answer-on-page'),
  });
});

test('an officer who does not use the phone opens nothing of it; when one leaves it, the other continues alone', async () => {
  const { gateway } = all.house;
  const there = await gateway.store.endpoints.endpointsAt('telegram', String(PHONE));
  const theirs = there.find((one) => one.officer === 'o2');
  if (theirs === undefined) throw new Error('o2 does not use the phone');
  const url = link('telegram-button-open');
  await setPin(all.house, { focalPoint: all.designation.focal_point, officer: 'o2' });
  await unlinkAccount(gateway, theirs, 'unlinked');
  await linkTo('o2', OWN);
  await all.house.drain();
  before = all.api.messagesIn(PHONE).length;
  const own = all.api.messagesIn(OWN).length;
  await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  expect([notices().length, all.api.messagesIn(OWN).length - own]).toEqual([1, 1]);
  expect(buttons().some((one) => one.callback_data?.startsWith('a:'))).toBe(true);
  const elsewhere = all.api.messagesIn(OWN).at(-1)?.reply_markup?.inline_keyboard.flat() ?? [];
  const gone = await openProvenBrowser(all.house, elsewhere.find((one) => one.url !== undefined)?.url ?? '');
  for (const one of [url, link('telegram-button-open')])
    expect((await gone.submit(one)).text).not.toContain(PRIVATE_TEXT[0]);
  const alone = await openProvenBrowser(all.house, link('telegram-button-open'));
  expect((await alone.submit(link('telegram-button-open'))).text).toContain(PRIVATE_TEXT[0]);
});
