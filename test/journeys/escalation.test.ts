/**
 * Nobody answers: from a notice on an officer's phone in one country up to the supervisors of both, over two gateways,
 * through public interfaces. Two hours to acknowledge; only the clocks of both gateways are moved.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exportCase } from '../../src/flow/case/export.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { designateSide, fetchClaims } from '../support/across.ts';
import { verifyGood } from '../support/case-files.ts';
import { addHook, confirmAllEndpoints } from '../support/confirmed.ts';
import { listPosted, STAFF } from '../support/escalation-house.ts';
import { type BotApi, startBotApi, type TelegramPerson } from '../support/outside/bot-api.ts';
import { makeChatCode } from '../support/pins.ts';
import type { RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvents,
  fetchMessageStatus,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import { BOT_SECRET, BOT_TOKEN, registerCallback, valuesOfBot } from '../support/telegram-house.ts';
import { makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';

const CHATS = { clerk: 5550011, deputy: 5550012, chief: 5550013 } as const;
type Staff = keyof typeof CHATS;
const NAMES = Object.keys(CHATS) as readonly Staff[];

let api: BotApi;
let both: TwoGateways;
let shelter: RigPartner;
let people: Readonly<Record<Staff, TelegramPerson>>;

beforeAll(async () => {
  api = await startBotApi({ token: BOT_TOKEN });
  const person = (id: number, name: string): TelegramPerson =>
    api.person({ id, first_name: name, language_code: 'id' });
  people = {
    clerk: person(CHATS.clerk, 'Clerk'),
    deputy: person(CHATS.deputy, 'Deputy'),
    chief: person(CHATS.chief, 'Chief'),
  };
});
afterAll(() => api?.close());

beforeEach(async () => {
  both = await makeTwoGateways([], { id: valuesOfBot(api) });
  const { kh, id, peer } = both;
  // Each gateway keeps its own designation as well, which an export needs.
  await designateSide(kh, 'KH', new Date(Date.now() - 1));
  await designateSide(id, 'ID', new Date(Date.now() - 1));
  await registerCallback(api, id.url);
  shelter = await kh.house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers: STAFF });
  const focalPoint = await id.house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers: STAFF });
  await kh.introduce(shelter.designation);
  await id.introduce(focalPoint);
  await addHook(kh.house.gateway, shelter.designation.focal_point, { address: `${peer.url}/shelter` });
  await addHook(kh.house.gateway, shelter.designation.focal_point, {
    address: `${peer.url}/shelter-chief`,
    officer: 'chief',
    rank: 2,
  });
  for (const [n, name] of NAMES.entries()) {
    const notices = { channel: 'telegram', shows: 'notice', lang: 'id', officer: name } as const;
    const code = await makeChatCode(id.house, {
      ...notices,
      rank: n + 1,
      focalPoint: focalPoint.focal_point,
    });
    expect(await people[name].start(code)).toBe(true);
    await both.waitUntilIdle();
    await people[name].agree();
    await both.waitUntilIdle();
    await confirmAllEndpoints(id.house.gateway);
    await both.waitUntilIdle();
  }
});
afterEach(async () => {
  for (const { house, url } of [both.kh, both.id])
    expectQuietLog(house, [url, both.peer.url, ...Object.values(CHATS).map(String), BOT_TOKEN, BOT_SECRET]);
  await both?.close();
});

/** Minutes pass in both countries. */
async function wait(minutes: number): Promise<void> {
  both.kh.house.pass(minutes * 60);
  both.id.house.pass(minutes * 60);
  await both.waitUntilIdle();
}

/** The first line of each message in a chat that names this reference. */
const chat = (name: Staff, id: string): readonly string[] =>
  api
    .messagesIn(CHATS[name])
    .filter((one) => one.text?.includes(id.slice(-8).toUpperCase()))
    .map((one) => one.text?.split('\n')[0] ?? '');

const say = (phrase: string): string => both.id.house.gateway.translate('id', phrase);
const supervisorTold = (): boolean => listPosted(both.peer).includes('shelter-chief reminder');
const reminder = () => `⏰ ${say('reminder-title')}`;

/** Which rungs evidence shows at the shelter's own gateway, and by whose signature. */
const rungs = async (id: string) =>
  (await fetchClaims(shelter, id)).flatMap(({ reminder: step, by }) => {
    return step === undefined ? [] : [`${step.rung} ${by === both.id.house.gateway.did ? 'ID' : 'KH'}`];
  });

describe('nobody answers', () => {
  test('each step in its turn, up to the supervisors of both sides', async () => {
    const id = await postMessage(shelter, makeReportPost(['desk']));
    await both.waitUntilIdle();
    expect(NAMES.map((name) => chat(name, id).length)).toEqual([1, 0, 0]);

    await wait(60);
    expect(chat('clerk', id)).toEqual([expect.stringContaining('Segera'), reminder()]);
    await wait(60);
    expect(chat('clerk', id)).toHaveLength(3);
    expect(await fetchEvents(shelter, id)).toContain('AcceptanceRejectionExpiry');
    expect(listPosted(both.peer)).toContain('shelter AcceptanceRejectionExpiry');
    await wait(60);
    expect(chat('deputy', id)).toEqual([expect.stringContaining('Segera')]);
    expect([chat('chief', id).length, supervisorTold()]).toEqual([0, false]);

    await wait(60);
    const [told] = api.messagesIn(CHATS.chief).filter((one) => one.text?.startsWith(reminder()));
    for (const word of ['Desk', 'Segera', say('type-report'), say('reminder-supervisor'), '2 jam '])
      expect(told?.text).toContain(word);
    for (const word of PRIVATE_TEXT) expect(told?.text).not.toContain(word);
    expect(supervisorTold()).toBe(true);
    expect(await rungs(id)).toEqual([
      'half ID',
      'deadline ID',
      'deputy ID',
      expect.stringMatching(/^supervisor:o/),
      expect.stringMatching(/^supervisor:o/),
    ]);
    expect((await rungs(id)).toSorted().slice(-2)).toEqual(['supervisor:other KH', 'supervisor:owner ID']);

    await wait(3 * 24 * 60);
    expect(NAMES.map((name) => chat(name, id).length)).toEqual([3, 1, 1]);
    const status = await fetchMessageStatus(shelter, id);
    const expiries = (await fetchEvents(shelter, id)).filter((one) => one === 'AcceptanceRejectionExpiry');
    expect([status.state, expiries.length]).toEqual(['waiting', 1]);

    // Years later both certificates prove that it was not for want of telling.
    const { kh, id: other } = both;
    for (const { house } of [kh, other]) await extendLedger(house.gateway);
    const file = await exportCase(kh.house.gateway, { id: status.thid, contents: false });
    const [proven] = (await verifyGood(file, kh.house.gateway.anchors)).messages;
    expect(proven?.evidence.map((one) => one.event)).toEqual(await fetchEvents(shelter, id));
  });

  test('a tap under a reminder ends it, in every chat', async () => {
    const id = await postMessage(shelter, makeReportPost(['desk']));
    await both.waitUntilIdle();
    await wait(60);
    const last = api.messagesIn(CHATS.clerk).at(-1);
    const data = last?.reply_markup?.inline_keyboard
      .flat()
      .find((one) => one.callback_data?.startsWith('a:'));
    expect(await people.clerk.tap(last?.message_id ?? 0, data?.callback_data ?? '')).toBe(true);
    await both.waitUntilIdle();
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'acknowledged' });
    // The notice and its reminder say the same now, and neither asks any more.
    const shown = api.messagesIn(CHATS.clerk).slice(-2);
    expect(
      shown.map((one) => [one.text?.includes('✅'), one.reply_markup?.inline_keyboard.length ?? 0]),
    ).toEqual([
      [true, 0],
      [true, 0],
    ]);
    await wait(5 * 60);
    expect([chat('clerk', id).length, chat('deputy', id).length, supervisorTold()]).toEqual([2, 0, false]);
    expect(await fetchEvents(shelter, id)).not.toContain('AcceptanceRejectionExpiry');
  });

  test('while the other gateway is cut off its own focal point is reminded there, and the sender’s supervisor here', async () => {
    const id = await postMessage(shelter, makeReportPost(['desk']));
    await both.waitUntilIdle();
    await both.kh.shut();
    await both.id.shut();
    await wait(245);
    expect(chat('chief', id)).toEqual([reminder()]);
    expect(supervisorTold()).toBe(true);
    expect(await rungs(id)).toEqual(['supervisor:other KH']);
    await both.kh.open();
    await both.id.open();
    await wait(24 * 60);
    expect((await rungs(id)).toSorted()).toEqual([
      'deadline ID',
      'deputy ID',
      'supervisor:other KH',
      'supervisor:owner ID',
    ]);
    expect(listPosted(both.peer).filter((one) => one === 'shelter-chief reminder')).toHaveLength(1);
  });
});
