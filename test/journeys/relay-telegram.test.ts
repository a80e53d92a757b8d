/**
 * A case from a shelter at one country's gateway to an officer's phone at the other's: notice, reading and tap happen
 * there, and the shelter gets evidence of each, signed by the other gateway.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyStatement } from '../../src/seal/statement.ts';
import { openBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import { type BotApi, startBotApi, type TelegramPerson } from '../support/outside/bot-api.ts';
import { makeChatCode, openWithPin } from '../support/pins.ts';
import type { RigPartner } from '../support/rig.ts';
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
import { BOT_SECRET, BOT_TOKEN, registerCallback, valuesOfBot } from '../support/telegram-house.ts';
import { makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';

const CHAT = 5550003;

let api: BotApi;
let both: TwoGateways;
let shelter: RigPartner;
let wira: TelegramPerson;

beforeAll(async () => {
  api = await startBotApi({ token: BOT_TOKEN });
  both = await makeTwoGateways([], { id: valuesOfBot(api) });
  const { kh, id, peer } = both;
  await registerCallback(api, id.url);
  const officers = [makeOfficer()];
  shelter = await kh.house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  const focalPoint = await id.house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  await kh.introduce(shelter.designation);
  await id.introduce(focalPoint);
  await addHook(kh.house.gateway, shelter.designation.focal_point, { address: `${peer.url}/shelter` });
  const notices = { channel: 'telegram', shows: 'notice', lang: 'id', officer: 'o1' } as const;
  const code = await makeChatCode(id.house, { ...notices, focalPoint: focalPoint.focal_point });
  wira = api.person({ id: CHAT, first_name: 'Wira', language_code: 'id' });
  expect(await wira.start(code)).toBe(true);
  await both.waitUntilIdle();
  await wira.agree();
  await both.waitUntilIdle();
});

afterAll(async () => {
  for (const { house, url } of [both.kh, both.id])
    expectQuietLog(house, [url, both.peer.url, String(CHAT), BOT_TOKEN, BOT_SECRET]);
  await both?.close();
  await api?.close();
});

/** What the officer's chat shows last, and its buttons. */
function notice() {
  const message = api.messagesIn(CHAT).at(-1);
  if (message === undefined) throw new Error('the chat is empty');
  return { ...message, buttons: message.reply_markup?.inline_keyboard.flat() ?? [] };
}

const button = (start: string): string =>
  notice().buttons.find((one) => one.callback_data?.startsWith(start))?.callback_data ?? '';

async function tap(data: string): Promise<void> {
  expect(await wira.tap(notice().message_id, data)).toBe(true);
  await both.waitUntilIdle();
}

/** Opens the sealed reader by the link in the notice, as the officer's phone does. */
async function read(): Promise<string> {
  const { id } = both;
  const phone = openBrowser(id.house.app, id.url);
  const link = notice().buttons.find((one) => one.url !== undefined)?.url ?? '';
  expect(new URL(link).origin).toBe(id.url);
  const [action = ''] = (await openWithPin(phone, link)).forms;
  const { text } = await phone.submit(action);
  await both.waitUntilIdle();
  return text;
}

test('an officer reads and acknowledges on a phone; the shelter over the border is told of each step', async () => {
  const { kh, id, peer } = both;
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  expect(notice().text).toContain(message.slice(-8).toUpperCase());
  for (const word of PRIVATE_TEXT) expect(JSON.stringify(notice())).not.toContain(word);

  expect(await read()).toContain(PRIVATE_TEXT[0]);
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'waiting' });
  expect((await fetchMessageStatus(shelter, message)).recipients[0].opened_at).not.toBeNull();

  await tap(button('a:'));
  expect(notice().text).toContain(makeOfficer().name);
  expect(notice().buttons).toEqual([]);
  const steps = [
    'SubmissionAcceptance',
    'RelayAcceptance',
    'ConsignmentNotification',
    'ContentHandover',
    'ConsignmentAcceptance',
  ];
  expect(await fetchEvents(shelter, message)).toEqual(steps);
  expect(listPostedEvents(peer, '/shelter', message)).toEqual(steps.slice(1));
  expect((await fetchEvidence(shelter, message)).at(-1)).toMatchObject({
    channel: 'telegram',
    officer: { id: 'o1', name: makeOfficer().name },
    attestation: { how: 'telegram-account' },
  });
  const { state, recipients, evidence } = await fetchMessageStatus(shelter, message);
  expect(state).toBe('acknowledged');
  expect(recipients[0].deliveries).toMatchObject([{ channel: 'relay', state: 'acknowledged', tries: 1 }]);
  const keys = [kh, id].map((side) => side.house.gateway.key.publicJwk);
  for (const [n, jws] of evidence.entries()) {
    const { payload } = await verifyStatement(jws, 'evidence', async (kid) =>
      keys.find((key) => key.kid === kid),
    );
    expect(payload).toMatchObject({ by: (n === 0 ? kh : id).house.gateway.did });
  }
});

test('a reason chosen on the phone declines it across the border', async () => {
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  await tap(button('d:'));
  await tap(button('g:').replace(/[a-z-]+$/, 'not-our-national'));
  expect((await fetchEvidence(shelter, message)).at(-1)).toMatchObject({
    event: 'ConsignmentRejection',
    reason: 'not-our-national',
    officer: { id: 'o1' },
  });
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({
    state: 'declined',
    recipients: [{ acknowledgement: { ground: 'not-our-national' } }],
  });
});
