/**
 * Two officers of one focal point disagree on their phones: both are shown it, and one settles it on a page without
 * script.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { confirmAllEndpoints } from '../support/confirmed.ts';
import type { TelegramPerson } from '../support/outside/bot-api.ts';
import { openProvenBrowser, openWithPin } from '../support/pins.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvidence,
  fetchMessageStatus,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import { BOT_SECRET, BOT_TOKEN, makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

/** Two officers of the desk, and the supervisor of the shelter that wrote to them. */
const CHATS = { o1: 5550001, o2: 5550002, chief: 5550003 } as const;
const CHIEF = { id: 'chief', name: 'Invented Chief', role: 'supervisor', lang: 'id' } as const;
type Who = keyof typeof CHATS;

let all: TelegramHouse;
let people: Readonly<Record<Who, TelegramPerson>>;

beforeAll(async () => {
  all = await makeTelegramHouse([CHIEF]);
  const person = (who: Who) => all.api.person({ id: CHATS[who], first_name: who, language_code: 'id' });
  people = { o1: person('o1'), o2: person('o2'), chief: person('chief') };
  for (const who of ['o1', 'o2'] as const) {
    await people[who].start(await all.code(who));
    await all.house.drain();
    await people[who].agree();
    await all.house.drain();
    await confirmAllEndpoints(all.house.gateway);
    await all.house.drain();
  }
  await people.chief.start(await all.shelterCode('chief'));
  await all.house.drain();
  await people.chief.agree();
  await all.house.drain();
});

afterAll(async () => {
  expectQuietLog(all.house, [...Object.values(CHATS).map(String), BOT_TOKEN, BOT_SECRET]);
  await all?.close();
});

const say = (phrase: string) => all.house.gateway.translate('id', phrase);

function notice(who: Who) {
  const message = all.api.messagesIn(CHATS[who]).at(-1);
  if (message === undefined) throw new Error('the chat is empty');
  return message;
}

const buttons = (who: Who) => notice(who).reply_markup?.inline_keyboard.flat() ?? [];

type Shown = ReturnType<typeof notice>;
const named = (message: Shown, start: string, end: string) =>
  message.reply_markup?.inline_keyboard
    .flat()
    .find(({ callback_data: data = '' }) => data.startsWith(start) && data.endsWith(end))?.callback_data;

/** Taps the newest button whose data begins so; what follows waits for the next drain. */
async function tap(who: Who, start: string, end = ''): Promise<void> {
  const found = all.api.messagesIn(CHATS[who]).findLast((one) => named(one, start, end) !== undefined);
  if (found === undefined) throw new Error('there is no such button');
  expect(await people[who].tap(found.message_id, named(found, start, end) ?? '')).toBe(true);
}

/** A report that the desk has. */
async function sent(urgency = 'urgent'): Promise<string> {
  const message = await postMessage(all.shelter, makeReportPost(['desk'], { urgency }));
  await all.house.drain();
  return message;
}

/** One officer accepts what the other declines. */
async function contradict(): Promise<void> {
  await tap('o2', 'd:');
  await all.house.drain();
  await Promise.all([tap('o1', 'a:'), tap('o2', 'g:', ':incomplete')]);
  await all.house.drain();
}

async function contested(): Promise<string> {
  const message = await sent();
  await contradict();
  return message;
}

const settleButton = (who: Who) => buttons(who).find((one) => one.text === say('telegram-button-settle'));

test('both phones and the page show both acknowledgements, and every phone shows the officer’s choice', async () => {
  const message = await contested();
  expect(await fetchMessageStatus(all.shelter, message)).toMatchObject({
    recipients: [{ contradiction: true }],
  });
  for (const who of ['o1', 'o2'] as const) {
    expect(notice(who).text).toContain(say('telegram-contested'));
    expect(buttons(who).map((one) => one.text)).toEqual([say('telegram-button-settle')]);
    for (const word of PRIVATE_TEXT.slice(0, 3)) expect(JSON.stringify(notice(who))).not.toContain(word);
  }

  const phone = openBrowser(all.house.app, GATEWAY_URL);
  const url = settleButton('o2')?.url ?? '';
  const page = await openWithPin(phone, url);
  expect(page.status).toBe(200);
  for (const word of [
    makeOfficer().name,
    makeOfficer('id', 'o2').name,
    say('decision-accepted'),
    say('decision-declined'),
  ])
    expect(page.text).toContain(word);
  expect(page.text).toContain(say('page-settle'));
  expect(page.text).toContain(say('ground-incomplete'));
  expect(page.text).not.toContain('<script');
  const [, settles = ''] = /name="settles" value="([^"]+)"/.exec(page.text) ?? [];
  expect(settles.split(' ')).toHaveLength(2);

  const [action = ''] = page.forms;
  const done = await phone.submit(action, { decision: 'accepted', settles });
  expect(done.status).toBe(200);
  expect(done.text).toContain(say('page-thanks'));
  await all.house.drain();
  expect(await fetchMessageStatus(all.shelter, message)).toMatchObject({
    state: 'acknowledged',
    recipients: [
      {
        contradiction: false,
        contradictions: [{ open: false, settled_by: { officer: { id: 'o2' } } }],
        acknowledgement: { decision: 'accepted', officer: { id: 'o2' } },
      },
    ],
  });
  expect((await fetchEvidence(all.shelter, message)).at(-1)).toMatchObject({
    event: 'ConsignmentAcceptance',
    officer: { id: 'o2' },
    attestation: { how: 'one-time-link' },
  });
  for (const who of ['o1', 'o2'] as const) {
    expect(notice(who).text).toContain('✅');
    expect(notice(who).text).not.toContain(say('telegram-contested'));
    expect(buttons(who)).toEqual([]);
  }
});

test('declining on the page needs its reason; an outdated page settles nothing', async () => {
  const message = await contested();
  const [first, second] = (['o1', 'o2'] as const).map((who) => settleButton(who)?.url ?? '');
  const mine = openBrowser(all.house.app, GATEWAY_URL);
  const page = await openWithPin(mine, first ?? '');
  const [action = ''] = page.forms;
  const [, settles = ''] = /name="settles" value="([^"]+)"/.exec(page.text) ?? [];
  expect((await mine.submit(action, { decision: 'declined', settles })).status).toBe(422);
  expect((await mine.submit(action, { decision: 'accepted', settles: settles.slice(33) })).status).toBe(409);
  expect(await fetchMessageStatus(all.shelter, message)).toMatchObject({
    recipients: [{ contradiction: true }],
  });
  const declined = await mine.submit(action, { decision: 'declined', ground: 'incomplete', settles });
  expect(declined.status).toBe(200);
  const late = await (await openProvenBrowser(all.house, second ?? '')).submit(second ?? '', {
    decision: 'accepted',
    settles,
  });
  expect(late.status).toBe(409);
  expect(await fetchMessageStatus(all.shelter, message)).toMatchObject({ state: 'declined' });
});

test('the supervisor on the other side sees which acknowledgement is in effect, and is not asked to settle it', async () => {
  // What is immediate is reminded of by itself, whatever else waits.
  const message = await sent('immediate');
  all.house.pass(61 * 60);
  await all.house.drain();
  const isReminder = ({ text = '' }: Shown): boolean =>
    text.startsWith(`⏰ ${say('reminder-title')}`) && text.includes(message.slice(-8).toUpperCase());
  const reminder = all.api.messagesIn(CHATS.chief).find(isReminder);
  expect(reminder?.text).toContain(say('reminder-other'));
  const told = all.api.messagesIn(CHATS.chief).find(({ text = '' }) => text.includes('⏰ Pesan Anda'));
  expect(told?.text).toContain('Kepada: Desk, Indonesia');
  await contradict();
  expect(await fetchMessageStatus(all.shelter, message)).toMatchObject({
    recipients: [{ contradiction: true }],
  });
  const shown = all.api.messagesIn(CHATS.chief).find((one) => one.message_id === reminder?.message_id);
  expect(shown?.text).not.toContain(say('reminder-title'));
  expect(shown?.text).toMatch(/[✅❌]/u);
  expect(shown?.text).not.toContain(say('telegram-contested'));
  expect(shown?.reply_markup?.inline_keyboard ?? []).toEqual([]);
});
