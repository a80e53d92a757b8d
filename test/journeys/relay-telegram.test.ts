/**
 * A case from a shelter at one country's gateway to an officer's phone at the other's: notice, reading and tap happen
 * there, and the shelter is told of each under the far gateway's signature.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readStatement } from '../../src/seal/statement.ts';
import { browser } from '../support/browser.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { type BotApi, type Person, startBotApi } from '../support/outside/bot-api.ts';
import { chatCode, openWithPin } from '../support/pins.ts';
import type { Partner } from '../support/rig.ts';
import {
  eventsOf,
  evidenceOf,
  expectQuietLog,
  officer,
  PRIVATE,
  posted,
  report,
  statusOf,
  toldOf,
} from '../support/story.ts';
import { botValues, callBack, SECRET, TOKEN } from '../support/telegram-house.ts';
import { type TwoGateways, twoGateways } from '../support/two-gateways.ts';

const CHAT = 5550003;

let api: BotApi;
let both: TwoGateways;
let shelter: Partner;
let wira: Person;

beforeAll(async () => {
  api = await startBotApi({ token: TOKEN });
  both = await twoGateways([], { id: botValues(api) });
  const { kh, id, peer } = both;
  await callBack(api, id.url);
  const officers = [officer()];
  shelter = await kh.house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  const desk = await id.house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  await kh.introduce(shelter.designation);
  await id.introduce(desk);
  const where = { focalPoint: shelter.designation.focal_point, address: `${peer.url}/shelter` };
  await addEndpoint(kh.house.gateway, { ...where, channel: 'webhook', shows: 'packet', lang: 'en' });
  const notices = { channel: 'telegram', shows: 'notice', lang: 'id', officer: 'o1' } as const;
  const code = await chatCode(id.house, { ...notices, focalPoint: desk.focal_point });
  wira = api.person({ id: CHAT, first_name: 'Wira', language_code: 'id' });
  expect(await wira.start(code)).toBe(true);
  await both.settle();
  await wira.agree();
  await both.settle();
});

afterAll(async () => {
  for (const { house, url } of [both.kh, both.id])
    expectQuietLog(house, [url, both.peer.url, String(CHAT), TOKEN, SECRET]);
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
  await both.settle();
}

/** Opens the sealed reader by the link in the notice, as the officer's phone does. */
async function read(): Promise<string> {
  const { id } = both;
  const phone = browser(id.house.app, id.url);
  const link = notice().buttons.find((one) => one.url !== undefined)?.url ?? '';
  expect(new URL(link).origin).toBe(id.url);
  const [action = ''] = (await openWithPin(phone, link)).forms;
  const { text } = await phone.submit(action);
  await both.settle();
  return text;
}

test('an officer reads and acknowledges on a phone; the shelter over the border is told of each step', async () => {
  const { kh, id, peer } = both;
  const message = await posted(shelter, report(['desk']));
  await both.settle();
  expect(notice().text).toContain(message.slice(-8).toUpperCase());
  for (const word of PRIVATE) expect(JSON.stringify(notice())).not.toContain(word);

  expect(await read()).toContain(PRIVATE[0]);
  expect(await statusOf(shelter, message)).toMatchObject({ state: 'waiting' });
  expect((await statusOf(shelter, message)).recipients[0].opened_at).not.toBeNull();

  await tap(button('a:'));
  expect(notice().text).toContain(officer().name);
  expect(notice().buttons).toEqual([]);
  const steps = [
    'SubmissionAcceptance',
    'RelayAcceptance',
    'ConsignmentNotification',
    'ContentHandover',
    'ConsignmentAcceptance',
  ];
  expect(await eventsOf(shelter, message)).toEqual(steps);
  expect(toldOf(peer, '/shelter', message)).toEqual(steps.slice(1));
  expect((await evidenceOf(shelter, message)).at(-1)).toMatchObject({
    channel: 'telegram',
    officer: { id: 'o1', name: officer().name },
    attestation: { how: 'telegram-account' },
  });
  const { state, recipients, evidence } = await statusOf(shelter, message);
  expect(state).toBe('acknowledged');
  expect(recipients[0].deliveries).toMatchObject([{ channel: 'relay', state: 'acknowledged', tries: 1 }]);
  const keys = [kh, id].map((side) => side.house.gateway.key.publicJwk);
  for (const [n, jws] of evidence.entries()) {
    const { payload } = await readStatement(jws, 'evidence', async (kid) =>
      keys.find((key) => key.kid === kid),
    );
    expect(payload).toMatchObject({ by: (n === 0 ? kh : id).house.gateway.did });
  }
});

test('a ground chosen on the phone declines it over the border', async () => {
  const message = await posted(shelter, report(['desk']));
  await both.settle();
  await tap(button('d:'));
  await tap(button('g:').replace(/[a-z-]+$/, 'not-our-national'));
  expect((await evidenceOf(shelter, message)).at(-1)).toMatchObject({
    event: 'ConsignmentRejection',
    reason: 'not-our-national',
    officer: { id: 'o1' },
  });
  expect(await statusOf(shelter, message)).toMatchObject({
    state: 'declined',
    recipients: [{ acknowledgement: { ground: 'not-our-national' } }],
  });
});
