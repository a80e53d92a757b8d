/**
 * An officer's taps: recorded in the order and with the time in which they were made, never given up, and answered
 * truthfully.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runLoop } from '../../src/flow/loop/loop.ts';
import { confirmAllEndpoints } from '../support/confirmed.ts';
import type { BotApi, TelegramPerson } from '../support/outside/bot-api.ts';
import type { Rig, RigPartner } from '../support/rig.ts';
import { fetchEvidence, fetchMessageStatus, makeReportPost, postMessage } from '../support/story.ts';
import { makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

const [CHAT, OTHER_CHAT] = [5550011, 5550012];

let all: TelegramHouse;
let api: BotApi;
let house: Rig;
let shelter: RigPartner;
let wira: TelegramPerson;
let other: TelegramPerson;
/** The message of this test, and its notice in the chat. */
let id: string;
let notice: number;
let delivery: string;

beforeAll(async () => {
  all = await makeTelegramHouse();
  ({ api, house, shelter } = all);
  wira = api.person({ id: CHAT, first_name: 'Wira', language_code: 'id' });
  other = api.person({ id: OTHER_CHAT, first_name: 'Other', language_code: 'id' });
  await wira.start(await all.code('o1'));
  await other.start(await all.code('o2'));
  await house.drain();
  await wira.agree();
  await other.agree();
  await house.drain();
  await confirmAllEndpoints(house.gateway);
  await house.drain();
});

afterAll(() => all?.close());

beforeEach(async () => {
  api.setFault();
  id = await postMessage(shelter, makeReportPost(['desk']));
  await house.drain();
  notice = newest();
  delivery = button('a:').slice(2);
});

const newest = (chat = CHAT): number => api.messagesIn(chat).at(-1)?.message_id ?? 0;

const button = (start: string, chat = CHAT): string =>
  api
    .messagesIn(chat)
    .at(-1)
    ?.reply_markup?.inline_keyboard.flat()
    .find((one) => one.callback_data?.startsWith(start))?.callback_data ?? '';

const say = (word: string, values?: Record<string, string>) => house.gateway.translate('id', word, values);

/** A word as a reply names it. */
const accepted = () => ({ word: say('telegram-word-accepted') });
const declined = (ground: string) => ({
  word: say('telegram-word-declined', { ground: say(`ground-${ground}`) }),
});

/** The last answer to a tap. */
const answered = (): unknown =>
  api.calls.findLast((one) => one.method === 'answerCallbackQuery')?.parameters['text'];

/** The words of the desk, in the order of evidence. */
const words = async () =>
  (await fetchEvidence(shelter, id)).filter((one) => /^Consignment(Acceptance|Rejection)$/.test(one.event));

/** Declines with a ground, as by a button that the officer has seen. */
const decline = (by: TelegramPerson, ground: string, message = notice, way = delivery) =>
  by.tap(message, `g:${way}:${ground}`);

/** Offers the grounds, so that a tap on one is a tap on a button that was there. */
async function seeGrounds(by: TelegramPerson, message = notice, way = delivery): Promise<void> {
  await by.tap(message, `d:${way}`);
  await house.drain();
}

test('declining and then accepting is kept in that order, with two loops at work', async () => {
  await seeGrounds(wira);
  for (let round = 0; round < 10; round += 1) {
    await decline(wira, 'not-our-national');
    await wira.tap(notice, `a:${delivery}`);
    const stop = new AbortController();
    const loops = [runLoop(house.gateway, stop.signal), runLoop(house.gateway, stop.signal)];
    await expect.poll(async () => (await words()).length).toBe(2);
    stop.abort();
    await Promise.all(loops);
    const [first, second] = await words();
    expect([first?.event, second?.event]).toEqual(['ConsignmentRejection', 'ConsignmentAcceptance']);
    expect(second?.contradicts).toBeDefined();
    // The next round is about another message.
    id = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
    notice = newest();
    delivery = button('a:').slice(2);
    await seeGrounds(wira);
  }
});

test('a tap has the time when it arrived, however late it is processed', async () => {
  const before = house.gateway.now();
  await wira.tap(notice, `a:${delivery}`);
  const after = house.gateway.now();
  house.pass(20 * 60);
  await house.drain();
  const [word] = (await words()) as unknown as readonly { at: string }[];
  expect(Date.parse(word?.at ?? '')).toBeGreaterThanOrEqual(before.getTime());
  expect(Date.parse(word?.at ?? '')).toBeLessThanOrEqual(after.getTime());
  const status = await fetchMessageStatus(shelter, id);
  expect(status.state).toBe('acknowledged');
});

test('a tap is not given up while the database fails, and its officer is told', async () => {
  await house.database.sql.unsafe(`
    create function refuse_words() returns trigger language plpgsql as $$
      begin raise exception 'invented fault' using errcode = '53100'; end $$;
    create trigger refuse_words before insert on evidence for each row
      when (new.event = 'ConsignmentAcceptance') execute function refuse_words()`);
  try {
    await wira.tap(notice, `a:${delivery}`);
    for (let round = 0; round < 12; round += 1) {
      await house.drain();
      house.pass(90);
    }
    expect(answered()).toBe(say('telegram-reply-delayed'));
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'waiting' });
  } finally {
    await house.database.sql.unsafe('drop function refuse_words cascade');
  }
  await house.drain();
  house.pass(90);
  await house.drain();
  expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'acknowledged' });
  expect(answered()).toBe(say('telegram-reply-taken', accepted()));
});

test('the officer is told if a tap cannot be recorded before the message is over', async () => {
  await house.database.sql.unsafe(`
    create function refuse_words() returns trigger language plpgsql as $$
      begin raise exception 'invented fault'; end $$;
    create trigger refuse_words before insert on evidence for each row
      when (new.event = 'ConsignmentAcceptance') execute function refuse_words()`);
  try {
    await wira.tap(notice, `a:${delivery}`);
    await house.drain();
    house.pass(91 * 86_400);
    await house.drain();
    expect(answered()).toBe(say('telegram-reply-not-recorded'));
    expect(await house.database.sql`select 1 from arrival where due_at is not null`).toHaveLength(0);
  } finally {
    await house.database.sql.unsafe('drop function refuse_words cascade');
    house.pass(-91 * 86_400);
  }
});

test('an answer that the channel did not accept at once says what was recorded', async () => {
  let refused = 0;
  api.setFault((method) => {
    if (method !== 'answerCallbackQuery' && method !== 'sendMessage') return undefined;
    refused += 1;
    return { status: 429, error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 2 } };
  });
  await wira.tap(notice, `a:${delivery}`);
  await house.drain();
  expect(refused).toBeGreaterThan(0);
  api.setFault();
  house.pass(20);
  await house.drain();
  expect(answered()).toBe(say('telegram-reply-taken', accepted()));
  expect(await words()).toHaveLength(1);
});

test('a repeated tap shows the recorded acknowledgement', async () => {
  await seeGrounds(wira);
  for (let taps = 0; taps < 2; taps += 1) {
    await decline(wira, 'incomplete');
    await house.drain();
    expect(answered()).toBe(say('telegram-reply-taken', declined('incomplete')));
  }
  await wira.tap(notice, `d:${delivery}`);
  await house.drain();
  expect(answered()).toBe(say('telegram-reply-taken', declined('incomplete')));
  expect(await words()).toHaveLength(1);
});

test('an officer who confirms and then declines by an old button is told that the earlier answer was different', async () => {
  await seeGrounds(wira);
  await wira.tap(notice, `a:${delivery}`);
  await decline(wira, 'incomplete');
  await house.drain();
  expect(answered()).toBe(say('telegram-reply-contradicts-self', declined('incomplete')));
  await decline(wira, 'incomplete');
  await house.drain();
  expect(answered()).toBe(say('telegram-reply-contradicts-self', declined('incomplete')));
  expect(api.messagesIn(CHAT).at(-1)?.text).toContain(say('telegram-contested'));
});

test('another officer is told which acknowledgement is in effect, or that the two contradict each other', async () => {
  const theirs = newest(OTHER_CHAT);
  const way = button('a:', OTHER_CHAT).slice(2);
  await seeGrounds(other, theirs, way);
  await wira.tap(notice, `a:${delivery}`);
  await house.drain();
  await other.tap(theirs, `a:${way}`);
  await house.drain();
  expect(answered()).toBe(say('telegram-reply-already-settled', accepted()));
  await decline(other, 'incomplete', theirs, way);
  await house.drain();
  expect(answered()).toBe(say('telegram-reply-contradiction', declined('incomplete')));
});
