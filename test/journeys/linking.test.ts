/** Linking says which officer it is for, asks, replaces the officer's old account and notifies it, and can be undone. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { grantsCheck } from '../../src/entry/doctor/grants.ts';
import { unlinkAccount } from '../../src/flow/endpoint/linking.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { openBrowser } from '../support/browser.ts';
import { confirmAllEndpoints } from '../support/confirmed.ts';
import type { TelegramPerson } from '../support/outside/bot-api.ts';
import { makeChatCode } from '../support/pins.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvents,
  fetchMessageStatus,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';

const [OLD, NEW, THIEF] = [5550301, 5550302, 5550303];

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(async () => {
  expectQuietLog(all.house, [OLD, NEW, THIEF].map(String));
  await all.close();
});

const say = (phrase: string, values?: Record<string, string>) =>
  all.house.gateway.translate('id', phrase, values);
const who = { officer: makeOfficer().name, desk: 'Desk' };
const last = (chat: number) => all.api.messagesIn(chat).at(-1);
const textsIn = (chat: number) => all.api.messagesIn(chat).map((one) => one.text);
const at = async (chat: number) =>
  (await all.house.gateway.store.endpoints.endpointsAt('telegram', String(chat)))[0];
const codeFor = (beside = false) => {
  const draft = { channel: 'telegram', shows: 'notice', lang: 'id', officer: 'o1' } as const;
  return makeChatCode(all.house, { ...draft, focalPoint: all.designation().focal_point }, { beside });
};
const brings = async (chat: number, code: string): Promise<TelegramPerson> => {
  const person = all.api.person({ id: chat, first_name: 'Invented', language_code: 'id' });
  await person.start(code);
  await all.house.drain();
  return person;
};
const taps = async (person: TelegramPerson, chat: number, letter: string): Promise<void> => {
  const button = last(chat)
    ?.reply_markup?.inline_keyboard.flat()
    .find((one) => one.callback_data?.startsWith(`${letter}:`));
  await person.tap(last(chat)?.message_id ?? 0, button?.callback_data ?? '');
  await all.house.drain();
};
const sent = async (): Promise<string> => {
  const id = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  return id;
};

test('it says which officer and focal point; no means no, and only the account that was asked can say yes', async () => {
  const code = await codeFor();
  const person = await brings(NEW, code);
  expect(last(NEW)?.text).toBe(say('telegram-link-ask', who));
  const yes = last(NEW)?.reply_markup?.inline_keyboard.flat()[0]?.callback_data ?? '';
  await taps(person, NEW, 'n');
  expect(await at(NEW)).toBeUndefined();
  const query = {
    id: '99',
    from: { id: THIEF, is_bot: false, first_name: 'Stranger' },
    message: { message_id: 1, chat: { id: THIEF, type: 'private' } },
    chat_instance: '1',
    data: yes,
  };
  await all.house.app.request(`${GATEWAY_URL}/channels/telegram`, {
    method: 'POST',
    headers: { 'x-telegram-bot-api-secret-token': 'invented_secret-token' },
    body: JSON.stringify({ update_id: 1, callback_query: query }),
  });
  await all.house.drain();
  expect(await at(THIEF)).toBeUndefined();
  await person.start(code);
  await all.house.drain();
  await taps(person, NEW, 'y');
  expect(await at(NEW)).toMatchObject({ officer: 'o1', enabled: true });
});

test('used codes are in order: the doctor finds nothing, and nothing needs to be adopted', async () => {
  await (await brings(OLD, await codeFor())).agree();
  await all.house.drain();
  await (await brings(NEW, await codeFor())).agree();
  await all.house.drain();
  await confirmAllEndpoints(all.house.gateway);
  const findings = await grantsCheck.examine({ gateway: all.house.gateway } as never);
  expect(findings.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  expect(await all.house.gateway.store.secrets.unverifiedGrants()).toEqual([]);
});

test('a new account replaces the old one, which is told, and can read and answer nothing', async () => {
  const old = await all.telegram('o1', OLD);
  const id = await sent();
  const notice = last(OLD);
  const buttons = notice?.reply_markup?.inline_keyboard.flat() ?? [];
  const read = buttons.find((one) => one.url !== undefined)?.url ?? '';
  await (await brings(NEW, await codeFor())).agree();
  await all.house.drain();
  expect(await at(OLD)).toMatchObject({ enabled: true });
  await confirmAllEndpoints(all.house.gateway);
  await all.house.drain();
  expect(textsIn(OLD).join()).toContain(say('note-account-replaced'));
  expect(await at(OLD)).toMatchObject({ enabled: false, off: { code: 'replaced' } });
  const opened = await openBrowser(all.house.app, GATEWAY_URL).submit(read);
  expect(opened.status).toBeGreaterThanOrEqual(400);
  const accept = buttons.find((one) => one.callback_data?.startsWith('a:'))?.callback_data ?? '';
  await old.tap(notice?.message_id ?? 0, accept);
  await all.house.drain();
  expect(await fetchEvents(all.shelter, id)).not.toContain('ConsignmentAcceptance');
  const before = textsIn(OLD).length;
  const next = await sent();
  expect(textsIn(OLD).length).toBe(before);
  expect(last(NEW)?.text).toContain(next.slice(-8).toUpperCase());
  // What was replaced is not brought back by its owner's writing.
  await old.start();
  await all.house.drain();
  expect(await at(OLD)).toMatchObject({ enabled: false });
});

test('a second device is linked only if it was requested', async () => {
  await all.telegram('o1', OLD);
  await (await brings(NEW, await codeFor(true))).agree();
  await all.house.drain();
  await confirmAllEndpoints(all.house.gateway);
  await all.house.drain();
  const id = await sent();
  for (const chat of [OLD, NEW]) expect(last(chat)?.text).toContain(id.slice(-8).toUpperCase());
});

test('undone while it waits: the new account is gone, the one before stays', async () => {
  await all.telegram('o1', OLD);
  const thief = await brings(THIEF, await codeFor());
  await thief.agree();
  await all.house.drain();
  expect(last(THIEF)?.text).toBe(say('telegram-link-waits', who));
  await taps(thief, THIEF, 'u');
  expect(await at(THIEF)).toMatchObject({ enabled: false, off: { code: 'unlinked' } });
  expect(last(THIEF)?.text).toBe(say('telegram-reply-unlinked'));
  expect(await at(OLD)).toMatchObject({ enabled: true });
  const id = await sent();
  expect(last(OLD)?.text).toContain(id.slice(-8).toUpperCase());
});

test('an operator ends an account: it is told, and waiting messages go elsewhere', async () => {
  await all.telegram('o1', OLD);
  await all.telegram('o2', NEW, 2);
  const id = await postMessage(all.shelter, makeReportPost(['desk']));
  const account = await at(OLD);
  if (account === undefined) throw new Error('no account');
  expect(await unlinkAccount(all.house.gateway, account, 'unlinked')).toBe(true);
  expect(await unlinkAccount(all.house.gateway, account, 'unlinked')).toBe(false);
  await all.house.drain();
  await all.house.drain();
  expect(textsIn(OLD).join()).toContain(say('note-account-unlinked'));
  expect((await fetchMessageStatus(all.shelter, id)).recipients[0].deliveries).toMatchObject([
    { state: 'failed' },
    { state: 'sent' },
  ]);
});
