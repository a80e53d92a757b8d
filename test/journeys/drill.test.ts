/**
 * A drill between two countries: out to an officer's phone at one gateway, back to an officer's phone at the other, each
 * surface marked in its reader's language, and scored alike on both sides.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerWebhook } from '../../adapters/telegram/bot.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import { startDrill } from '../../src/flow/drill/drill.ts';
import { scoreDrill } from '../../src/flow/drill/score.ts';
import { compileReport } from '../../src/flow/figures/figures.ts';
import { openBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import { eachOf } from '../support/each-of.ts';
import { type BotApi, startBotApi, type TelegramPerson } from '../support/outside/bot-api.ts';
import { makeChatCode, openWithPin } from '../support/pins.ts';
import type { RigPartner } from '../support/rig.ts';
import { expectQuietLog, listPostedTo, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import { BOT_SECRET, BOT_TOKEN } from '../support/telegram-house.ts';
import { type GatewaySide, makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';

/** What stands on every surface, by its reader's language. */
const MARK = { id: 'LATIHAN – bukan kejadian nyata', km: 'សមយុទ្ធ – មិនមែនហេតុការណ៍ពិតទេ' } as const;
const HOUR = 3_600;

interface Phone {
  readonly api: BotApi;
  readonly chat: number;
  readonly side: GatewaySide;
  readonly person: TelegramPerson;
}

let apis: Readonly<Record<'kh' | 'id', BotApi>>;
let both: TwoGateways;
let focalPoints: Readonly<Record<'kh' | 'id', Designation>>;
let phones: Readonly<Record<'kh' | 'id', Phone>>;
let system: RigPartner;

const telegram = (api: BotApi) => ({
  AMANAT_CHANNELS: 'webhook,telegram',
  AMANAT_TELEGRAM_TOKEN: BOT_TOKEN,
  AMANAT_TELEGRAM_SECRET: BOT_SECRET,
  AMANAT_TELEGRAM_API: api.root,
});

/** A desk whose one officer has a phone, known on both sides. */
async function manned(at: 'kh' | 'id', slug: string, chat: number): Promise<Designation> {
  const { house, url, introduce } = both[at];
  const bot = { token: BOT_TOKEN, secretToken: BOT_SECRET, apiRoot: apis[at].root, fetch };
  await registerWebhook(bot, `${url}/channels/telegram`);
  const lang = at === 'kh' ? 'km' : 'id';
  const country = at === 'kh' ? 'KH' : 'ID';
  const focalPoint = await house.designate({ slug, name: slug, country, officers: [makeOfficer(lang)] });
  await introduce(focalPoint);
  const notices = { channel: 'telegram', shows: 'notice', lang, officer: 'o1' } as const;
  const code = await makeChatCode(house, { ...notices, focalPoint: focalPoint.focal_point });
  const person = apis[at].person({ id: chat, first_name: 'Invented', language_code: lang });
  expect(await person.start(code)).toBe(true);
  await both.waitUntilIdle();
  await person.agree();
  await both.waitUntilIdle();
  phones = { ...phones, [at]: { api: apis[at], chat, side: both[at], person } };
  return focalPoint;
}

beforeAll(async () => {
  apis = { kh: await startBotApi({ token: BOT_TOKEN }), id: await startBotApi({ token: BOT_TOKEN }) };
  both = await makeTwoGateways([], { kh: telegram(apis.kh), id: telegram(apis.id) });
  focalPoints = { kh: await manned('kh', 'post', 5550010), id: await manned('id', 'desk', 5550020) };
  // A system of its own beside the phones, in Cambodia.
  system = await both.kh.house.partner({
    slug: 'shelter',
    name: 'shelter',
    country: 'KH',
    officers: [makeOfficer('km')],
  });
  await addHook(both.kh.house.gateway, system.designation.focal_point, {
    address: `${both.peer.url}/shelter`,
    lang: 'km',
  });
  await both.kh.introduce(system.designation);
});
afterAll(async () => {
  for (const { house } of [both.kh, both.id]) expectQuietLog(house, [BOT_TOKEN, BOT_SECRET]);
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
  await both.waitUntilIdle();
}

/** Every page behind the notice: before it is opened, and opened. */
async function pages({ side, ...phone }: Phone): Promise<readonly string[]> {
  const web = openBrowser(side.house.app, side.url);
  const link = lastIn({ side, ...phone }).buttons.find((one) => one.url !== undefined)?.url ?? '';
  const waiting = await openWithPin(web, link);
  const opened = await web.submit(waiting.forms[0] ?? '');
  await both.waitUntilIdle();
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

test('a drill is sent, tapped, returned, tapped, and passed', async () => {
  const { thread } = await start('post', focalPoints.id.focal_point);
  await both.waitUntilIdle();
  expect(lastIn(phones.id).text).toContain(MARK.id);
  for (const page of eachOf(await pages(phones.id))) expect(page).toContain(MARK.id);
  for (const score of eachOf(await scores(thread)))
    expect(score).toMatchObject({ verdict: 'running', late: [] });
  later(HOUR / 2);
  await tap(phones.id);
  const [told, back] = apis.kh.messagesIn(phones.kh.chat).slice(-2);
  for (const one of [told, back]) expect(one?.text).toContain(MARK.km);
  for (const page of eachOf(await pages(phones.kh))) expect(page).toContain(MARK.km);
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
  for (const way of eachOf(here?.ways))
    expect(way.steps.map((one) => one.step)).toEqual(['relayed', 'reached', 'opened', 'acknowledged']);
  // Nobody is sent it a third time.
  expect(await both.kh.house.gateway.store.threads.messageIdsOf(thread)).toHaveLength(2);
});

test('a late focal point fails it, on both sides, and is named', async () => {
  const { thread } = await start('post', 'desk');
  await both.waitUntilIdle();
  later(3 * HOUR);
  await both.waitUntilIdle();
  for (const score of eachOf(await scores(thread)))
    expect(score).toMatchObject({ verdict: 'failed', late: ['desk'] });
});

test('a system is told that it is a drill, and its officer’s acknowledgement returns it as well', async () => {
  const { id, thread } = await startDrill(both.id.house.gateway, {
    from: 'desk',
    to: system.designation.focal_point,
    name: 'Invented exercise',
    urgency: 'routine',
  });
  await both.waitUntilIdle();
  const [received] = listPostedTo(both.peer, '/shelter').filter((one) => one.data['thid'] === thread);
  expect(received?.data).toMatchObject({ type: 'drill', drill: true });
  const word = { message: id, decision: 'accepted', officer: 'o1' };
  for (const status of [201, 200]) expect((await system.post('acknowledgements', word)).status).toBe(status);
  await both.waitUntilIdle();
  expect(lastIn(phones.id).text).toContain(MARK.id);
  await tap(phones.id);
  expect((await scores(thread)).map((one) => one.verdict)).toEqual(['passed', 'passed']);
  const evidence = listPostedTo(both.peer, '/shelter').filter((one) => one.type === 'evidence.issued');
  expect(evidence.map((one) => one.data['drill'])).not.toContain(undefined);
});

test('a decline is a person’s answer, but no pass', async () => {
  const { id, thread } = await startDrill(both.id.house.gateway, {
    from: 'desk',
    to: system.designation.focal_point,
    name: 'Invented exercise',
    urgency: 'routine',
  });
  await both.waitUntilIdle();
  const word = { message: id, decision: 'declined', ground: 'other', officer: 'o1' };
  expect((await system.post('acknowledgements', word)).status).toBe(201);
  await both.waitUntilIdle();
  for (const score of eachOf(await scores(thread))) {
    expect(score).toMatchObject({ verdict: 'failed', late: ['shelter'] });
    expect(score.ways).toHaveLength(1);
  }
});

test('the thread of a drill takes no case, and the thread of a case no drill', async () => {
  const refused = async (body: object) => (await (await system.post('messages', body)).json()).type;
  const drill = { type: 'drill', body: { exercise: 'E', text: 'T' } };
  const begun = await (await system.post('messages', makeReportPost(['desk'], drill))).json();
  expect(await refused(makeReportPost(['desk'], { thid: begun.thid }))).toMatch(/drill-apart$/);
  const { thid } = await (await system.post('messages', makeReportPost(['desk']))).json();
  expect(await refused(makeReportPost(['desk'], { ...drill, thid }))).toMatch(/drill-apart$/);
  await both.waitUntilIdle();
});

test('drills are in no figures except their own', async () => {
  const { gateway } = both.kh.house;
  await postMessage(system, makeReportPost(['desk']));
  const period = { from: new Date(0), to: new Date(gateway.now().getTime() + 1) };
  const { rows } = await compileReport(gateway, { agreement: 'id-kh-test', ...period });
  const figures = rows.filter((one) => one.type === 'drill').map((one) => one.figure);
  expect(figures.length).toBeGreaterThan(0);
  expect(figures.filter((one) => !one.startsWith('drill-'))).toEqual([]);
});

test('only a focal point homed here can begin one, and only with another focal point', async () => {
  await expect(start('desk', 'post')).rejects.toMatchObject({ code: 'unknown-sender' });
  await expect(start('post', 'nobody')).rejects.toMatchObject({ code: 'unknown-recipient' });
  await expect(scoreDrill(both.kh.house.gateway, '0'.repeat(32))).rejects.toMatchObject({
    code: 'not-found',
  });
});
