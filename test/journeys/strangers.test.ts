/** Strangers send endless messages to the bot: little of it is kept, and notices for officers are sent first. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runLoop } from '../../src/flow/loop/loop.ts';
import type { TelegramPerson } from '../support/outside/bot-api.ts';
import { WAIT } from '../support/patience.ts';
import { makeReportPost, postMessage } from '../support/story.ts';
import { makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

const OFFICER = 5550001;
const FIRST_STRANGER = 6660000;
vi.setConfig({ testTimeout: 240_000 });

let all: TelegramHouse;
let wira: TelegramPerson;
let strangers: readonly TelegramPerson[];
const stop = new AbortController();
let loop: Promise<void>;

beforeAll(async () => {
  all = await makeTelegramHouse([], { AMANAT_LIMITS: 'stranger=10/60,strangers=60/60,account=60/60' });
  wira = all.api.person({ id: OFFICER, first_name: 'Wira', language_code: 'id' });
  strangers = Array.from({ length: 30 }, (_, n) =>
    all.api.person({ id: FIRST_STRANGER + n, first_name: 'Stranger', language_code: 'en' }),
  );
  await wira.start(await all.code());
  await all.house.drain();
  await wira.agree();
  await all.house.drain();
  loop = runLoop(all.house.gateway, stop.signal);
});
afterAll(async () => {
  all?.api.setFault();
  stop.abort();
  await loop;
  await all?.close();
});

const chats = () => all.api.calls.map(({ parameters }) => Number(parameters['chat_id']));
const toStrangers = () => chats().filter((chat) => chat >= FIRST_STRANGER).length;
const arrivals = async () => (await all.house.database.sql`select from arrival`).length;

/** What a quota of so many a minute gave back since an instant, and one more. */
const regained = (since: number, quota: number): number =>
  Math.ceil(((Date.now() - since) * quota) / 60_000) + 1;

test('one stranger writes 50 texts a second: ten are kept, and all are answered 200', async () => {
  const before = await arrivals();
  const started = Date.now();
  for (let second = 0; second < 3; second += 1) {
    const texts = Array.from({ length: 50 }, (_, n) => strangers[0]?.write(`text ${n}`));
    expect(await Promise.all(texts)).toEqual(Array(50).fill(true));
  }
  // Ten in a minute, and those that came back meanwhile.
  expect((await arrivals()) - before).toBeLessThanOrEqual(10 + regained(started, 10));
  expect(all.house.lines.some(({ event }) => event === 'arrival.fault')).toBe(false);
});

test('an immediate notice is sent while answers to thirty strangers hang', async () => {
  all.api.setFault((_method, { chat_id: chat }) => (Number(chat) >= FIRST_STRANGER ? 'hang' : undefined));
  const before = await arrivals();
  const started = Date.now();
  const flood = strangers.flatMap((one) => Array.from({ length: 50 }, (_, n) => one.write(`text ${n}`)));
  await vi.waitUntil(() => toStrangers() > 0, WAIT);
  await postMessage(all.shelter, { ...makeReportPost(['desk']), urgency: 'immediate' });
  await vi.waitUntil(() => chats().at(-1) !== undefined && chats().lastIndexOf(OFFICER) > 1, WAIT);
  // Behind no more than the few answers that may hang at once, and the ten of the test before.
  expect(
    chats()
      .slice(0, chats().lastIndexOf(OFFICER))
      .filter((chat) => chat >= FIRST_STRANGER).length,
  ).toBeLessThan(20);
  await Promise.all(flood);
  expect((await arrivals()) - before).toBeLessThanOrEqual(60 + regained(started, 60));
});

test('an officer is linked while strangers write, and a linked officer’s taps are kept whatever else arrives', async () => {
  all.api.setFault();
  const second = all.api.person({ id: OFFICER + 1, first_name: 'Siti', language_code: 'id' });
  await Promise.all(strangers.map((one) => one.write('text')));
  await second.start(await all.code('o2'));
  await second.agree();
  await vi.waitUntil(() => all.api.messagesIn(OFFICER + 1).some(({ text }) => text?.startsWith('⏳')), WAIT);
  // More chatter than an account may have, then a tap.
  await Promise.all(Array.from({ length: 100 }, (_, n) => wira.write(`text ${n}`)));
  const notice = all.api
    .messagesIn(OFFICER)
    .find(({ reply_markup: keys }) =>
      keys?.inline_keyboard.flat().some(({ callback_data: data }) => data?.startsWith('a:')),
    );
  const button = notice?.reply_markup?.inline_keyboard
    .flat()
    .find(({ callback_data: data }) => data?.startsWith('a:'));
  expect(await wira.tap(notice?.message_id ?? 0, button?.callback_data ?? '')).toBe(true);
  const accepted = async () =>
    (await all.house.database.sql`select from evidence where event = 'ConsignmentAcceptance'`).length === 1;
  await vi.waitUntil(accepted, WAIT);
});
