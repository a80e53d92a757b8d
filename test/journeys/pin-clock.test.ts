/** Officers' PINs with a clock that ran ahead and was corrected, and attempts through two processes at once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inviteOfficer, inviteToSetPin } from '../../src/entry/enrolling/inviting.ts';
import { digestOf } from '../../src/seal/digest.ts';
import { openBrowser } from '../support/browser.ts';
import { openProvenBrowser, passStartPage, TEST_PIN } from '../support/pins.ts';
import { GATEWAY_URL, makeRig } from '../support/rig.ts';
import { makeReportPost, postMessage } from '../support/story.ts';
import { linkAccount, makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

const CHAT = 5550001;
const DAY = 86_400;

let all: TelegramHouse;

beforeEach(async () => {
  all = await makeTelegramHouse();
  await linkAccount(all, CHAT, await all.code());
});
afterEach(() => all?.close());

const of = () => ({ focalPoint: all.designation.focal_point, officer: 'o1', lang: 'id' });
const say = (phrase: string) => all.house.gateway.translate('id', phrase);

/** The link in the notice of a new message. */
async function notice(): Promise<string> {
  await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  const buttons = all.api.messagesIn(CHAT).flatMap((one) => one.reply_markup?.inline_keyboard.flat() ?? []);
  return buttons.findLast((one) => one.url !== undefined)?.url ?? '';
}

test('a session, a start page and a chat code from a clock that ran ahead do not last until that time', async () => {
  all.house.pass(9 * DAY);
  const reader = await openProvenBrowser(all.house, await notice());
  const { token, code } = await inviteOfficer(all.house.gateway, {
    ...of(),
    channel: 'telegram',
    shows: 'notice',
  });
  await passStartPage(all.house, token);
  const page = await inviteToSetPin(all.house.gateway, of());
  const { store } = all.house.gateway;
  const asked = () => store.links.askLinkCode(digestOf(code), '5550009', all.house.gateway.now());
  const [before] = await Promise.all([reader.open(await notice()), asked()]);
  expect(before.text).toContain(say('page-open'));
  all.house.pass(-8 * DAY);
  const link = await notice();
  expect((await reader.open(link)).text).toContain(say('pin-title'));
  expect((await reader.submit(link)).status).toBe(403);
  expect(await asked()).toBeUndefined();
  const set = await openBrowser(all.house.app, GATEWAY_URL).submit(`/start/${page}`, {
    pin: '503926',
    again: '503926',
  });
  expect(set.status).toBe(410);
});

test('ten wrong PINs through two processes at once get five attempts, and no process reports a broken log', async () => {
  const link = await notice();
  const { values, database } = all.house;
  const second = await makeRig({ database, values, agreedAt: null });
  const give = (app: typeof second.app, pin: string) =>
    openBrowser(app, GATEWAY_URL).submit(`${new URL(link).pathname}/pin`, { pin });
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => give(n % 2 ? second.app : all.house.app, '000000')),
  );
  expect(answers.filter((one) => one.text.includes(say('pin-locked')))).toHaveLength(6);
  for (const { app } of [all.house, second]) expect((await give(app, TEST_PIN)).status).toBe(403);
  const events = [...all.house.lines, ...second.lines].map((one) => one.event);
  for (const alarm of ['grant.refused', 'operator-log.broken']) expect(events).not.toContain(alarm);
});
