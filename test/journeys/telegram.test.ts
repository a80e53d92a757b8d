/** A case reaches an officer's phone: notice, reading, one tap or a reason, and all faults of a chat. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import type { HttpPeer } from '../support/http-peer.ts';
import type { BotApi, TelegramPerson } from '../support/outside/bot-api.ts';
import { openWithPin } from '../support/pins.ts';
import { GATEWAY_URL, type Rig, type RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvents,
  fetchEvidence,
  fetchMessageStatus,
  listPostedEvents,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import { BOT_SECRET, BOT_TOKEN, makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

const [CHAT, OTHER_CHAT] = [5550001, 5550002];

let all: TelegramHouse;
let api: BotApi;
let peer: HttpPeer;
let house: Rig;
let shelter: RigPartner;
let wira: TelegramPerson;
let stranger: TelegramPerson;
/** The message of this test. */
let id: string;
/** A message that the desk has no way for. */
let waiting: string;

beforeAll(async () => {
  all = await makeTelegramHouse();
  ({ api, peer, house, shelter } = all);
  wira = api.person({ id: CHAT, first_name: 'Wira', language_code: 'id' });
  stranger = api.person({ id: OTHER_CHAT, first_name: 'Stranger', language_code: 'en' });
});

afterAll(async () => {
  expectQuietLog(house, [String(CHAT), String(OTHER_CHAT), BOT_TOKEN, BOT_SECRET]);
  await all?.close();
});

const say = (phrase: string) => house.gateway.translate('id', phrase);

/** The newest message in the officer's chat. */
function newest(chat = CHAT) {
  const message = api.messagesIn(chat).at(-1);
  if (message === undefined) throw new Error('the chat is empty');
  return message;
}

const buttons = () => newest().reply_markup?.inline_keyboard.flat() ?? [];

/** The callback data of the button that begins with this letter. */
const data = (start: string): string =>
  buttons().find((one) => one.callback_data?.startsWith(start))?.callback_data ?? '';

async function tap(button: string, message = newest().message_id): Promise<void> {
  expect(await wira.tap(message, button)).toBe(true);
  await house.drain();
}

test('a start code links one account, once', async () => {
  const start = await all.code();
  await wira.start('wrong-code');
  await house.drain();
  expect(newest().text).toBe(say('telegram-reply-link-refused'));
  await wira.start(start);
  await house.drain();
  const who = { officer: makeOfficer().name, desk: 'Desk' };
  expect(newest().text).toBe(house.gateway.translate('id', 'telegram-link-ask', who));
  expect(await house.gateway.store.endpoints.endpointsAt('telegram', String(CHAT))).toEqual([]);
  await wira.agree();
  await house.drain();
  expect(newest().text).toBe(house.gateway.translate('id', 'telegram-link-done', who));
  await stranger.start(start);
  await house.drain();
  expect(newest(OTHER_CHAT).text).toBe(house.gateway.translate('en', 'telegram-reply-link-refused'));
});

describe('a notice', () => {
  beforeEach(async () => {
    id = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
  });

  test('says who, how urgent and by when, and nothing of the case; a tap names the officer', async () => {
    const shown = newest();
    expect(shown).toMatchObject({ has_protected_content: true });
    expect(shown.text).toContain(id.slice(-8).toUpperCase());
    expect(shown.text).toContain(say('urgency-urgent'));
    for (const word of PRIVATE_TEXT) expect(JSON.stringify(shown)).not.toContain(word);

    const accept = data('a:');
    await tap(accept);
    expect(await fetchEvidence(shelter, id)).toMatchObject([
      { event: 'SubmissionAcceptance' },
      { event: 'ConsignmentNotification', channel: 'telegram' },
      {
        event: 'ConsignmentAcceptance',
        officer: { id: 'o1', name: makeOfficer().name },
        attestation: { how: 'telegram-account' },
      },
    ]);
    expect(newest().message_id).toBe(shown.message_id);
    expect(newest().text).toContain('✅');
    expect(newest().text).toContain(makeOfficer().name);
    expect(buttons()).toEqual([]);
    expect(listPostedEvents(peer, '/shelter', id)).toEqual([
      'ConsignmentNotification',
      'ConsignmentAcceptance',
    ]);

    await tap(accept, shown.message_id);
    expect((await fetchEvents(shelter, id)).length).toBe(3);
    expect(api.calls.at(-1)).toMatchObject({
      method: 'answerCallbackQuery',
      parameters: {
        text: house.gateway.translate('id', 'telegram-reply-taken', { word: say('telegram-word-accepted') }),
      },
    });
  });

  test('two taps at once are one acknowledgement', async () => {
    const [accept, message] = [data('a:'), newest().message_id];
    await Promise.all([wira.tap(message, accept), wira.tap(message, accept), wira.tap(message, accept)]);
    await house.drain();
    expect((await fetchEvents(shelter, id)).filter((one) => one === 'ConsignmentAcceptance')).toHaveLength(1);
  });

  test('declining asks for a reason, lets the officer go back, and records it', async () => {
    await tap(data('d:'));
    expect(buttons().map((one) => one.text)).toContain(say('ground-not-our-national'));
    await tap(data('b:'));
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'waiting' });
    await tap(data('d:'));
    await tap(data('g:').replace(/[a-z-]+$/, 'not-our-national'));
    expect((await fetchEvidence(shelter, id)).at(-1)).toMatchObject({
      event: 'ConsignmentRejection',
      reason: 'not-our-national',
      officer: { id: 'o1' },
    });
    expect(newest().text).toContain(say('ground-not-our-national'));
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'declined' });
  });

  test('another account cannot answer it', async () => {
    const query = {
      id: '99',
      from: { id: OTHER_CHAT, is_bot: false, first_name: 'Stranger' },
      message: { message_id: 1, chat: { id: OTHER_CHAT, type: 'private' } },
      chat_instance: '1',
      data: data('a:'),
    };
    const answer = await house.app.request(`${GATEWAY_URL}/channels/telegram`, {
      method: 'POST',
      headers: { 'x-telegram-bot-api-secret-token': BOT_SECRET },
      body: JSON.stringify({ update_id: 1, callback_query: query }),
    });
    expect(answer.status).toBe(200);
    await house.drain();
    expect(newest(OTHER_CHAT).text).toBe(house.gateway.translate('en', 'telegram-reply-not-yours'));
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'waiting' });
  });

  test('the link opens a page; the opening is evidence, and the notice gets a new link', async () => {
    const open = () => buttons().find((one) => one.url !== undefined)?.url ?? '';
    const first = open();
    const phone = openBrowser(house.app, GATEWAY_URL);
    const [action = ''] = (await openWithPin(phone, first)).forms;
    const page = await phone.submit(action);
    expect(page.text).toContain(PRIVATE_TEXT[0]);
    await house.drain();
    expect((await fetchEvidence(shelter, id)).at(-1)).toMatchObject({
      event: 'ContentHandover',
      officer: { id: 'o1' },
    });
    expect(newest().text).toContain('👁');
    expect(open()).not.toBe(first);
    const another = openBrowser(house.app, GATEWAY_URL);
    expect((await another.open(first)).status).toBe(410);
    expect((await openWithPin(another, open())).forms).toEqual([new URL(open()).pathname]);
  });
});

describe('if Telegram refuses the notice', () => {
  const failing = (status: number, description: string, parameters = {}) =>
    api.setFault((method) =>
      method === 'sendMessage' ? { status, error_code: status, description, parameters } : undefined,
    );

  test('429: it waits as long as requested', async () => {
    failing(429, 'Too Many Requests: retry after 120', { retry_after: 120 });
    id = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
    const [delivery] = (await fetchMessageStatus(shelter, id)).recipients[0].deliveries;
    expect(delivery).toMatchObject({
      state: 'queued',
      tries: 1,
      attempts: [{ outcome: 'deferred', code: 'rate-limited' }],
    });
    const wait = Date.parse(delivery.next_try_at) - house.gateway.now().getTime();
    expect(wait).toBeGreaterThan(110_000);
    api.setFault();
    house.pass(100);
    expect(await house.drain()).toBe(0);
    house.pass(21);
    await house.drain();
    expect((await fetchMessageStatus(shelter, id)).recipients[0].deliveries[0]).toMatchObject({
      state: 'sent',
      tries: 2,
    });
  });

  test('403: the account is not called again, and the sender is told', async () => {
    failing(403, 'Forbidden: bot was blocked by the user');
    id = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'failed' });
    expect(listPostedEvents(peer, '/shelter', id)).toEqual(['ConsignmentNotificationFailure']);
    const [endpoint] = await house.gateway.store.endpoints.endpointsAt('telegram', String(CHAT));
    expect(endpoint?.enabled).toBe(false);
    waiting = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
    expect(listPostedEvents(peer, '/shelter', waiting)).toEqual(['DeliveryDelayed']);
  });

  test('403: the next endpoint of the focal point is tried', async () => {
    api.setFault();
    await wira.start(await all.code());
    await house.drain();
    await wira.agree();
    await house.drain();
    // What waited for a way went by the account as soon as it was linked.
    expect(await fetchEvents(shelter, waiting)).toEqual([
      ...['SubmissionAcceptance', 'DeliveryDelayed', 'ConsignmentNotification'],
    ]);
    await addHook(house.gateway, all.designation.focal_point, { rank: 2, address: `${peer.url}/desk` });
    failing(403, 'Forbidden: user is deactivated');
    id = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
    const { state, recipients } = await fetchMessageStatus(shelter, id);
    expect(state).toBe('waiting');
    expect(recipients[0].deliveries).toMatchObject([
      { channel: 'telegram', rank: 1, state: 'failed' },
      { channel: 'webhook', rank: 2, state: 'delivered' },
    ]);
    expect(listPostedEvents(peer, '/shelter', id)).toEqual([
      'ConsignmentNotificationFailure',
      'ContentConsignment',
    ]);
  });
});
