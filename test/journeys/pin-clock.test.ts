/** Officers' PINs under a clock that ran ahead and was set right, and tried through two processes at once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { invite, invitePin } from '../../src/entry/enrolling/inviting.ts';
import { sha256 } from '../../src/seal/digest.ts';
import { browser } from '../support/browser.ts';
import { PIN, passStart, provenAt } from '../support/pins.ts';
import { rig, URL_OF_GATEWAY } from '../support/rig.ts';
import { posted, report } from '../support/story.ts';
import { type TelegramHouse, telegramHouse } from '../support/telegram-house.ts';

const CHAT = 5550001;
const DAY = 86_400;

let all: TelegramHouse;

beforeEach(async () => {
  all = await telegramHouse();
  const person = all.api.person({ id: CHAT, first_name: 'Invented', language_code: 'id' });
  await person.start(await all.code());
  await all.house.drain();
  await person.agree();
  await all.house.drain();
});
afterEach(() => all?.close());

const of = () => ({ focalPoint: all.desk.focal_point, officer: 'o1', lang: 'id' });
const say = (phrase: string) => all.house.gateway.words('id', phrase);

/** The link in the notice of a new message. */
async function notice(): Promise<string> {
  await posted(all.shelter, report(['desk']));
  await all.house.drain();
  const buttons = all.api.messagesIn(CHAT).flatMap((one) => one.reply_markup?.inline_keyboard.flat() ?? []);
  return buttons.findLast((one) => one.url !== undefined)?.url ?? '';
}

test('what a clock that ran ahead made does not last until the hour comes: session, start page, code of the chat', async () => {
  all.house.pass(9 * DAY);
  const reader = await provenAt(all.house, await notice());
  const { token, code } = await invite(all.house.gateway, { ...of(), channel: 'telegram', shows: 'notice' });
  await passStart(all.house, token);
  const page = await invitePin(all.house.gateway, of());
  const { store } = all.house.gateway;
  const asked = () => store.links.askLinkCode(sha256(code), '5550009', all.house.gateway.now());
  const [before] = await Promise.all([reader.open(await notice()), asked()]);
  expect(before.text).toContain(say('page-open'));
  all.house.pass(-8 * DAY);
  const link = await notice();
  expect((await reader.open(link)).text).toContain(say('pin-title'));
  expect((await reader.submit(link)).status).toBe(403);
  expect(await asked()).toBeUndefined();
  const set = await browser(all.house.app, URL_OF_GATEWAY).submit(`/start/${page}`, {
    pin: '503926',
    again: '503926',
  });
  expect(set.status).toBe(410);
});

test('ten wrong ones through two processes at once get five tries, and no process takes the log for broken', async () => {
  const link = await notice();
  const { values, database } = all.house;
  const second = await rig({ database, values, agreedAt: null });
  const give = (app: typeof second.app, pin: string) =>
    browser(app, URL_OF_GATEWAY).submit(`${new URL(link).pathname}/pin`, { pin });
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => give(n % 2 ? second.app : all.house.app, '000000')),
  );
  expect(answers.filter((one) => one.text.includes(say('pin-locked')))).toHaveLength(6);
  for (const { app } of [all.house, second]) expect((await give(app, PIN)).status).toBe(403);
  const events = [...all.house.lines, ...second.lines].map((one) => one.event);
  for (const alarm of ['grant.refused', 'operator-log.broken']) expect(events).not.toContain(alarm);
});
