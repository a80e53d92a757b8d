/**
 * A drill between two countries: out to an officer's phone at one gateway, back to an officer's phone at the other, each
 * surface marked in its reader's language, and scored alike on both sides.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerWebhook } from '../../adapters/telegram/bot.ts';
import type { Designation } from '../../src/domain/party/party.ts';
import { startDrill } from '../../src/flow/drill/drill.ts';
import { scoreDrill } from '../../src/flow/drill/drill-score.ts';
import { reportOf } from '../../src/flow/figures/figures.ts';
import { browser } from '../support/browser.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { type BotApi, type Person, startBotApi } from '../support/outside/bot-api.ts';
import { chatCode, openWithPin } from '../support/pins.ts';
import type { Partner } from '../support/rig.ts';
import { expectQuietLog, officer, posted, postedTo, report } from '../support/story.ts';
import { SECRET, TOKEN } from '../support/telegram-house.ts';
import { type Side, type TwoGateways, twoGateways } from '../support/two-gateways.ts';

/** What stands on every surface, by its reader's language. */
const MARK = { id: 'LATIHAN – bukan kejadian nyata', km: 'សមយុទ្ធ – មិនមែនហេតុការណ៍ពិតទេ' } as const;
const HOUR = 3_600;

interface Phone {
  readonly api: BotApi;
  readonly chat: number;
  readonly side: Side;
  readonly person: Person;
}

let apis: Readonly<Record<'kh' | 'id', BotApi>>;
let both: TwoGateways;
let desks: Readonly<Record<'kh' | 'id', Designation>>;
let phones: Readonly<Record<'kh' | 'id', Phone>>;
let system: Partner;

const telegram = (api: BotApi) => ({
  AMANAT_CHANNELS: 'webhook,telegram',
  AMANAT_TELEGRAM_TOKEN: TOKEN,
  AMANAT_TELEGRAM_SECRET: SECRET,
  AMANAT_TELEGRAM_API: api.root,
});

/** A desk whose one officer has a phone, known on both sides. */
async function manned(at: 'kh' | 'id', slug: string, chat: number): Promise<Designation> {
  const { house, url, introduce } = both[at];
  const bot = { token: TOKEN, secretToken: SECRET, apiRoot: apis[at].root, fetch };
  await registerWebhook(bot, `${url}/channels/telegram`);
  const lang = at === 'kh' ? 'km' : 'id';
  const country = at === 'kh' ? 'KH' : 'ID';
  const desk = await house.designate({ slug, name: slug, country, officers: [officer(lang)] });
  await introduce(desk);
  const notices = { channel: 'telegram', shows: 'notice', lang, officer: 'o1' } as const;
  const code = await chatCode(house, { ...notices, focalPoint: desk.focal_point });
  const person = apis[at].person({ id: chat, first_name: 'Invented', language_code: lang });
  expect(await person.start(code)).toBe(true);
  await both.settle();
  await person.agree();
  await both.settle();
  phones = { ...phones, [at]: { api: apis[at], chat, side: both[at], person } };
  return desk;
}

beforeAll(async () => {
  apis = { kh: await startBotApi({ token: TOKEN }), id: await startBotApi({ token: TOKEN }) };
  both = await twoGateways([], { kh: telegram(apis.kh), id: telegram(apis.id) });
  desks = { kh: await manned('kh', 'post', 5550010), id: await manned('id', 'desk', 5550020) };
  // A system of its own beside the phones, in Cambodia.
  system = await both.kh.house.partner({
    slug: 'shelter',
    name: 'shelter',
    country: 'KH',
    officers: [officer('km')],
  });
  const where = { focalPoint: system.designation.focal_point, address: `${both.peer.url}/shelter` };
  await addEndpoint(both.kh.house.gateway, { ...where, channel: 'webhook', shows: 'packet', lang: 'km' });
  await both.kh.introduce(system.designation);
});
afterAll(async () => {
  for (const { house } of [both.kh, both.id]) expectQuietLog(house, [TOKEN, SECRET]);
  await both?.close();
  await Promise.all([apis.kh.close(), apis.id.close()]);
});

function lastIn({ api, chat }: Phone) {
  const message = api.messagesIn(chat).at(-1);
  if (message === undefined) throw new Error('the chat is empty');
  return { ...message, buttons: message.reply_markup?.inline_keyboard.flat() ?? [] };
}

async function tap(phone: Phone): Promise<void> {
  const { message_id: id, buttons } = lastIn(phone);
  const data = buttons.find((one) => one.callback_data?.startsWith('a:'))?.callback_data ?? '';
  expect(await phone.person.tap(id, data)).toBe(true);
  await both.settle();
}

/** Every page behind the notice: before it is opened, and opened. */
async function pages({ side, ...phone }: Phone): Promise<readonly string[]> {
  const web = browser(side.house.app, side.url);
  const link = lastIn({ side, ...phone }).buttons.find((one) => one.url !== undefined)?.url ?? '';
  const waiting = await openWithPin(web, link);
  const opened = await web.submit(waiting.forms[0] ?? '');
  await both.settle();
  return [waiting.text, opened.text];
}

const scores = async (thread: string) => [
  await scoreDrill(both.kh.house.gateway, thread),
  await scoreDrill(both.id.house.gateway, thread),
];

const start = (from: string, to: string) =>
  startDrill(both.kh.house.gateway, { from, to, name: 'Invented exercise', urgency: 'urgent' });

const later = (seconds: number): void => {
  for (const { house } of [both.kh, both.id]) house.pass(seconds);
};

test('a drill goes out, is tapped, comes back, is tapped, and is passed', async () => {
  const { thread } = await start('post', desks.id.focal_point);
  await both.settle();
  expect(lastIn(phones.id).text).toContain(MARK.id);
  for (const page of await pages(phones.id)) expect(page).toContain(MARK.id);
  for (const score of await scores(thread)) expect(score).toMatchObject({ verdict: 'running', late: [] });
  later(HOUR / 2);
  await tap(phones.id);
  const [told, back] = apis.kh.messagesIn(phones.kh.chat).slice(-2);
  for (const one of [told, back]) expect(one?.text).toContain(MARK.km);
  for (const page of await pages(phones.kh)) expect(page).toContain(MARK.km);
  later(HOUR / 4);
  await tap(phones.kh);
  expect(lastIn(phones.id).text).toContain(MARK.id);
  const [here, there] = await scores(thread);
  expect(here).toMatchObject({
    verdict: 'passed',
    late: [],
    not_returned: [],
    ways: [
      { from: 'post', to: 'desk', state: 'acknowledged', overdue_seconds: 0 },
      { from: 'desk', to: 'post', state: 'acknowledged', overdue_seconds: 0 },
    ],
  });
  expect(there).toEqual(here);
  for (const way of here?.ways ?? [])
    expect(way.steps.map((one) => one.step)).toEqual(['relayed', 'reached', 'opened', 'acknowledged']);
  // Nobody is sent it a third time.
  expect(await both.kh.house.gateway.store.threads.threadMessages(thread)).toHaveLength(2);
});

test('who is late fails it, on both sides, and is named', async () => {
  const { thread } = await start('post', 'desk');
  await both.settle();
  later(3 * HOUR);
  await both.settle();
  for (const score of await scores(thread))
    expect(score).toMatchObject({ verdict: 'failed', late: ['desk'] });
});

test('a system is told that it is a drill, and its officer’s word sends it back as well', async () => {
  const { id, thread } = await startDrill(both.id.house.gateway, {
    from: 'desk',
    to: system.designation.focal_point,
    name: 'Invented exercise',
    urgency: 'routine',
  });
  await both.settle();
  const [received] = postedTo(both.peer, '/shelter').filter((one) => one.data['thid'] === thread);
  expect(received?.data).toMatchObject({ type: 'drill', drill: true });
  const word = { message: id, decision: 'accepted', officer: 'o1' };
  for (const status of [201, 200]) expect((await system.post('acknowledgements', word)).status).toBe(status);
  await both.settle();
  expect(lastIn(phones.id).text).toContain(MARK.id);
  await tap(phones.id);
  expect((await scores(thread)).map((one) => one.verdict)).toEqual(['passed', 'passed']);
  const evidence = postedTo(both.peer, '/shelter').filter((one) => one.type === 'evidence.issued');
  expect(evidence.map((one) => one.data['drill'])).not.toContain(undefined);
});

test('a decline is a human word, and no pass', async () => {
  const { id, thread } = await startDrill(both.id.house.gateway, {
    from: 'desk',
    to: system.designation.focal_point,
    name: 'Invented exercise',
    urgency: 'routine',
  });
  await both.settle();
  const word = { message: id, decision: 'declined', ground: 'other', officer: 'o1' };
  expect((await system.post('acknowledgements', word)).status).toBe(201);
  await both.settle();
  for (const score of await scores(thread)) {
    expect(score).toMatchObject({ verdict: 'failed', late: ['shelter'] });
    expect(score.ways).toHaveLength(1);
  }
});

test('a case is never told in the thread of a drill, nor a drill in that of a case', async () => {
  const refused = async (body: object) => (await (await system.post('messages', body)).json()).type;
  const drill = { type: 'drill', body: { exercise: 'E', text: 'T' } };
  const begun = await (await system.post('messages', report(['desk'], drill))).json();
  expect(await refused(report(['desk'], { thid: begun.thid }))).toMatch(/drill-apart$/);
  const { thid } = await (await system.post('messages', report(['desk']))).json();
  expect(await refused(report(['desk'], { ...drill, thid }))).toMatch(/drill-apart$/);
  await both.settle();
});

test('drills are in no figure but their own', async () => {
  const { gateway } = both.kh.house;
  await posted(system, report(['desk']));
  const period = { from: new Date(0), to: new Date(gateway.now().getTime() + 1) };
  const { rows } = await reportOf(gateway, { agreement: 'id-kh-test', ...period });
  const figures = rows.filter((one) => one.type === 'drill').map((one) => one.figure);
  expect(figures.length).toBeGreaterThan(0);
  expect(figures.filter((one) => !one.startsWith('drill-'))).toEqual([]);
});

test('only a desk homed here begins one, and only with somebody', async () => {
  await expect(start('desk', 'post')).rejects.toMatchObject({ code: 'unknown-sender' });
  await expect(start('post', 'nobody')).rejects.toMatchObject({ code: 'unknown-recipient' });
  await expect(scoreDrill(both.kh.house.gateway, '0'.repeat(32))).rejects.toMatchObject({
    code: 'not-found',
  });
});
