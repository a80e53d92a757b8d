/** Two officers of one desk differ on their phones: both are shown it, and one settles it on a page without script. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '../../src/entry/demo/bot-api.ts';
import { browser } from '../support/browser.ts';
import { URL_OF_GATEWAY } from '../support/rig.ts';
import { evidenceOf, expectQuietLog, officer, PRIVATE, posted, report, statusOf } from '../support/story.ts';
import { SECRET, type TelegramHouse, TOKEN, telegramHouse } from '../support/telegram-house.ts';

const CHATS = { o1: 5550001, o2: 5550002 } as const;
type Who = keyof typeof CHATS;

let all: TelegramHouse;
let people: Readonly<Record<Who, Person>>;

beforeAll(async () => {
  all = await telegramHouse();
  const person = (who: Who) => all.api.person({ id: CHATS[who], first_name: who, language_code: 'id' });
  people = { o1: person('o1'), o2: person('o2') };
  for (const who of ['o1', 'o2'] as const) {
    await people[who].start(await all.code(who));
    await all.house.drain();
  }
});

afterAll(async () => {
  expectQuietLog(all.house, [...Object.values(CHATS).map(String), TOKEN, SECRET]);
  await all?.close();
});

const say = (phrase: string) => all.house.gateway.words('id', phrase);

function notice(who: Who) {
  const message = all.api.messagesIn(CHATS[who]).at(-1);
  if (message === undefined) throw new Error('the chat is empty');
  return message;
}

const buttons = (who: Who) => notice(who).reply_markup?.inline_keyboard.flat() ?? [];

/** Taps the button whose data begins so; what follows waits for the next drain. */
async function tap(who: Who, start: string, end = ''): Promise<void> {
  const found = buttons(who).find(
    ({ callback_data: data = '' }) => data.startsWith(start) && data.endsWith(end),
  );
  expect(await people[who].tap(notice(who).message_id, found?.callback_data ?? '')).toBe(true);
}

/** A report that one officer accepted while the other declined it. */
async function contested(): Promise<string> {
  const message = await posted(all.shelter, report(['desk']));
  await all.house.drain();
  await tap('o2', 'd:');
  await all.house.drain();
  await Promise.all([tap('o1', 'a:'), tap('o2', 'g:', ':incomplete')]);
  await all.house.drain();
  return message;
}

const settleButton = (who: Who) => buttons(who).find((one) => one.text === say('telegram-button-settle'));

test('both phones say so, the page shows both words, and the officer’s choice stands on every phone', async () => {
  const message = await contested();
  expect(await statusOf(all.shelter, message)).toMatchObject({ recipients: [{ contradiction: true }] });
  for (const who of ['o1', 'o2'] as const) {
    expect(notice(who).text).toContain(say('telegram-contested'));
    expect(buttons(who).map((one) => one.text)).toEqual([say('telegram-button-settle')]);
    for (const word of PRIVATE.slice(0, 3)) expect(JSON.stringify(notice(who))).not.toContain(word);
  }

  const phone = browser(all.house.app, URL_OF_GATEWAY);
  const url = settleButton('o2')?.url ?? '';
  const page = await phone.open(url);
  expect(page.status).toBe(200);
  for (const word of [
    officer().name,
    officer('id', 'o2').name,
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
  expect(await statusOf(all.shelter, message)).toMatchObject({
    state: 'acknowledged',
    recipients: [
      {
        contradiction: false,
        contradictions: [{ open: false, settled_by: { officer: { id: 'o2' } } }],
        acknowledgement: { decision: 'accepted', officer: { id: 'o2' } },
      },
    ],
  });
  expect((await evidenceOf(all.shelter, message)).at(-1)).toMatchObject({
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

test('declining on the page needs its ground; a page that is out of date settles nothing', async () => {
  const message = await contested();
  const [first, second] = (['o1', 'o2'] as const).map((who) => settleButton(who)?.url ?? '');
  const mine = browser(all.house.app, URL_OF_GATEWAY);
  const page = await mine.open(first ?? '');
  const [action = ''] = page.forms;
  const [, settles = ''] = /name="settles" value="([^"]+)"/.exec(page.text) ?? [];
  expect((await mine.submit(action, { decision: 'declined', settles })).status).toBe(422);
  expect((await mine.submit(action, { decision: 'accepted', settles: settles.slice(33) })).status).toBe(409);
  expect(await statusOf(all.shelter, message)).toMatchObject({ recipients: [{ contradiction: true }] });
  const declined = await mine.submit(action, { decision: 'declined', ground: 'incomplete', settles });
  expect(declined.status).toBe(200);
  const late = await browser(all.house.app, URL_OF_GATEWAY).submit(second ?? '', {
    decision: 'accepted',
    settles,
  });
  expect(late.status).toBe(409);
  expect(await statusOf(all.shelter, message)).toMatchObject({ state: 'declined' });
});
