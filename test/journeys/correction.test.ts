/** A correction is shown beside the text it corrects, wherever that is opened or requested. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { openWithPin } from '../support/pins.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import { expectQuietLog, fetchMessageStatus, makeReportPost, postMessage } from '../support/story.ts';
import {
  BOT_SECRET,
  BOT_TOKEN,
  linkAccount,
  makeTelegramHouse,
  type TelegramHouse,
} from '../support/telegram-house.ts';

const CHAT = 5550008;
const RIGHT = 'Kampong-Corrected-Invented';

let at: TelegramHouse;
beforeAll(async () => {
  at = await makeTelegramHouse();
  await linkAccount(at, CHAT, await at.code());
});
afterAll(async () => {
  expectQuietLog(at.house, [RIGHT, BOT_TOKEN, BOT_SECRET]);
  await at?.close();
});

/** Opens what the nth notice links to. */
async function opened(n: number): Promise<string> {
  const link = at.api.messagesIn(CHAT)[n]?.reply_markup?.inline_keyboard.flat()[0]?.url ?? '';
  const phone = openBrowser(at.house.app, GATEWAY_URL);
  const [action = ''] = (await openWithPin(phone, link)).forms;
  return (await phone.submit(action)).text;
}

test('status and reader show it beside the original, until it is recalled', async () => {
  const { shelter, house, api } = at;
  const first = api.messagesIn(CHAT).length;
  const about = await postMessage(shelter, makeReportPost(['desk']));
  await house.drain();
  const { thid } = await fetchMessageStatus(shelter, about);
  const line = { to: ['desk'], thid, about, urgency: 'routine', handling: 'H1', lang: 'en' };
  const body = { corrected: [{ member: 'where.name', now: RIGHT }], reason: 'Misread.' };
  const correction = await postMessage(shelter, { ...line, type: 'correction', body });
  await house.drain();

  expect((await fetchMessageStatus(shelter, about)).corrections).toMatchObject([{ id: correction }]);
  const page = await opened(first);
  expect(page).toContain('Dikoreksi oleh pengirim');
  expect(page).toContain(RIGHT);
  const own = await opened(first + 1);
  expect(own).toContain('Mengenai pesan');
  expect(own).toContain(about.slice(-8).toUpperCase());

  const again = api.messagesIn(CHAT).length;
  const second = await postMessage(shelter, makeReportPost(['desk'], { thid }));
  await house.drain();
  const more = { ...line, about: second };
  const wrong = await postMessage(shelter, { ...more, type: 'correction', body });
  await postMessage(shelter, { ...more, about: wrong, type: 'recall', body: { reason: 'wrong-content' } });
  await house.drain();
  const after = await opened(again);
  expect(after).toContain('Kampong-Invented');
  expect(after).not.toContain(RIGHT);
});

test('it has its own handling code, and the reader’s page shows it with the note', async () => {
  const { shelter, house, api } = at;
  const first = api.messagesIn(CHAT).length;
  const about = await postMessage(shelter, makeReportPost(['desk'], { handling: 'H0' }));
  await house.drain();
  const { thid } = await fetchMessageStatus(shelter, about);
  const body = { corrected: [{ member: 'where.name', now: RIGHT }], reason: 'Misread.' };
  const restricted = { handling: 'H3', handling_note: 'Invented: not to employers.' };
  const line = { to: ['desk'], thid, about, urgency: 'routine', lang: 'en', ...restricted };
  await postMessage(shelter, { ...line, type: 'correction', body });
  await house.drain();
  const page = await opened(first);
  const [original = '', correction = ''] = page.split('Dikoreksi oleh pengirim');
  const { translate } = house.gateway;
  const code = (handling: string): string => translate('id', `handling-${handling}`);
  expect(original).toContain(code('H0'));
  expect(original).not.toContain(code('H3'));
  expect(correction).toContain(code('H3'));
  expect(correction).toContain('Invented: not to employers.');
});
