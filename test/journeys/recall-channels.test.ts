/**
 * What a recall does on each channel: a chat is changed, a link leads to no content, a mail is named as out of reach.
 */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import { addAccessKey } from '../../src/entry/enrolling/enrol.ts';
import { workUntilIdle } from '../../src/flow/loop/loop.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { ATTACHE, certificates, FROM } from '../adapters/email/rig.ts';
import { openBrowser } from '../support/browser.ts';
import { addConfirmedEndpoint, addHook } from '../support/confirmed.ts';
import { listKeptContent } from '../support/content.ts';
import { answerStatus, breakConnection, type HttpPeer, startPeer } from '../support/http-peer.ts';
import { mailboxOf, trustOf, valuesOfMail } from '../support/mail-house.ts';
import { type BotApi, startBotApi, type TelegramPerson } from '../support/outside/bot-api.ts';
import { type MailServer, startMailServer } from '../support/outside/mail-server.ts';
import { designateOwnCustody } from '../support/own-custody.ts';
import { makeChatCode, openWithPin } from '../support/pins.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvidence,
  fetchMessageStatus,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import {
  BOT_TOKEN,
  linkAccount,
  registerCallback,
  serveRig,
  valuesOfBot,
} from '../support/telegram-house.ts';

const CHAT = 5550007;

let api: BotApi;
let mail: MailServer;
let peer: HttpPeer;
let house: Rig;
let close: () => void;
let shelter: RigPartner;
let focalPoint: Designation;
let attache: Designation;
let police: Designation;
let wira: TelegramPerson;

beforeAll(async () => {
  const known = await certificates();
  [api, mail, peer] = await Promise.all([startBotApi({ token: BOT_TOKEN }), startMailServer(), startPeer()]);
  const channels = { AMANAT_CHANNELS: 'webhook,telegram,email' };
  const values = { ...valuesOfBot(api), ...valuesOfMail(mail, known), ...channels };
  house = await makeRig({ allow: [peer.host], values, mailTrust: trustOf(known) });
  const { gateway } = house;
  const { server, url } = await serveRig(house);
  close = () => server.close();
  await registerCallback(api, url);
  const officers = [makeOfficer()];
  shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  focalPoint = await house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  attache = await house.designate({ slug: 'attache', name: 'Attaché', country: 'ID', officers });
  ({ designation: police } = await designateOwnCustody(house, { slug: 'police', country: 'ID', officers }));
  const notices = { channel: 'telegram', shows: 'notice', lang: 'id', officer: 'o1' } as const;
  const code = await makeChatCode(house, { ...notices, focalPoint: focalPoint.focal_point });
  await addConfirmedEndpoint(gateway, mailboxOf(attache.focal_point, known));
  await addHook(gateway, police.focal_point, { shows: 'sealed', address: `${peer.url}/police` });
  wira = await linkAccount({ api, house }, CHAT, code);
});

afterAll(async () => {
  expectQuietLog(house, [ATTACHE, FROM, BOT_TOKEN, String(CHAT)]);
  close?.();
  await house?.close();
  await Promise.all([api?.close(), mail?.close(), peer?.close()]);
});

const notices = () => api.messagesIn(CHAT);
const buttonsOf = (n: number) => notices()[n]?.reply_markup?.inline_keyboard.flat() ?? [];

/** Sends a report to these desks and takes it back; @returns its id. */
async function takenBack(
  to: readonly string[],
  before: () => Promise<void> = async () => {},
): Promise<string> {
  const message = await postMessage(shelter, makeReportPost(to));
  await house.drain();
  await before();
  await takeBack(message, to);
  await house.drain();
  return message;
}

async function takeBack(message: string, to: readonly string[]): Promise<void> {
  const { thid } = await fetchMessageStatus(shelter, message);
  const body = { reason: 'consent-withdrawn' };
  const more = { urgency: 'urgent', handling: 'H0', lang: 'en' };
  await postMessage(shelter, { to, type: 'recall', about: message, thid, body, ...more });
  expect(await listKeptContent(house, message)).toEqual([]);
}

const unpurged = async (message: string) => (await fetchMessageStatus(shelter, message)).recalled.unpurged;

/** What the signed evidence of the purge names for a recipient. */
const namedFor = async (message: string, { focal_point: to }: Designation) =>
  (await fetchEvidence(shelter, message))
    .map((one) => one as Partial<Evidence>)
    .find((one) => one.event === 'ContentPurge' && one.recipient === to)?.purge?.unpurged;

const toldToPolice = (message: string): readonly string[] =>
  listPostedTo(peer, '/police')
    .filter((one) => one.data['id'] === message)
    .map((one) => one.type);

test('a notice says so and has no buttons left; an earlier tap or link opens nothing', async () => {
  const first = notices().length;
  let link = '';
  let tap = '';
  const message = await takenBack(['desk'], async () => {
    const [open, acknowledge] = buttonsOf(first);
    link = open?.url ?? '';
    tap = acknowledge?.callback_data ?? '';
  });
  const shown = notices()[first];
  expect(shown?.text).toContain('Ditarik kembali oleh pengirim');
  expect(buttonsOf(first)).toEqual([]);
  expect(shown?.entities ?? []).not.toContainEqual(expect.objectContaining({ type: 'text_link' }));

  const page = await openWithPin(openBrowser(house.app, GATEWAY_URL), link);
  expect(page.status).toBe(410);
  expect(page.text).toContain('Pengirim telah menarik kembali pesan ini');
  for (const word of PRIVATE_TEXT) expect(page.text).not.toContain(word);

  expect(await wira.tap(shown?.message_id ?? 0, tap)).toBe(true);
  await house.drain();
  const said = api.calls.filter((one) => one.method === 'answerCallbackQuery').at(-1);
  expect(JSON.stringify(said?.parameters)).toContain('Pengirim telah menarik kembali pesan ini');
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({
    state: 'recalled',
    recipients: [{ state: 'recalled', acknowledgement: null }],
  });
  expect(await unpurged(message)).toEqual([]);
});

test('an acknowledged message stays acknowledged, and its notice says that it was recalled', async () => {
  const first = notices().length;
  const message = await takenBack(['desk'], async () => {
    const acknowledge = buttonsOf(first).find((one) => one.callback_data?.startsWith('a:'));
    await wira.tap(notices()[first]?.message_id ?? 0, acknowledge?.callback_data ?? '');
    await house.drain();
  });
  expect(notices()[first]?.text).toContain('Ditarik kembali oleh pengirim');
  expect((await fetchMessageStatus(shelter, message)).recipients[0].acknowledgement.decision).toBe(
    'accepted',
  );
});

test('mail that was handed over, and sealed messages in systems, are named; messages that were never sent are not', async () => {
  mail.setFault((stage) => (stage === 'RCPT' ? { code: 451, text: '4.7.1 Greylisted' } : undefined));
  const waiting = await takenBack(['attache']);
  expect(await unpurged(waiting)).toEqual([]);
  mail.setFault(undefined);
  house.pass(60);
  await house.drain();
  const mails = mail.received.length;

  const message = await takenBack(['attache', 'police']);
  // The mail that was waiting never went; this one and both recalls did.
  expect(mail.received.length - mails).toBe(2);
  expect(
    (await unpurged(message)).map((one: { to: string; channel: string }) => [one.to, one.channel]),
  ).toEqual(
    expect.arrayContaining([
      [attache.focal_point, 'email'],
      [police.focal_point, 'webhook'],
    ]),
  );
  const words = listPostedTo(peer, '/police').map((one) => [one.type, one.data['id']]);
  expect(words).toContainEqual(['message.recalled', message]);
  const claims = (await fetchEvidence(shelter, message)).filter((one) => one.event === 'ContentPurge');
  expect(claims).toMatchObject([
    { recipient: attache.focal_point, purge: { unpurged: [{ channel: 'email', rank: 1 }] } },
    { recipient: police.focal_point, purge: { unpurged: [{ channel: 'webhook', rank: 1 }] } },
    { purge: { gone: ['sealed-message', 'own-copy', 'consignment'] } },
  ]);
});

test('the purge tells a recipient nothing new: only the sender’s own names every channel', async () => {
  const message = await takenBack(['attache', 'police']);
  const authorization = `Bearer ${await addAccessKey(house.gateway, police.focal_point, 'test')}`;
  const answer = await house.app.request(`${GATEWAY_URL}/v1/messages/${message}`, {
    headers: { authorization },
  });
  const seen = await answer.text();
  expect(seen).not.toContain(attache.focal_point);
  const purges = JSON.parse(seen)
    .evidence.map((jws: unknown) => peekStatement(jws).payload as Evidence)
    .filter((one: Evidence) => one.event === 'ContentPurge');
  expect(purges).toMatchObject([{ recipient: police.focal_point, purge: { unpurged: [{ rank: 1 }] } }]);
  expect(purges).toHaveLength(1);
});

test('a packet that was claimed before its recall is not sent after it', async () => {
  const { writeLetter } = house.gateway;
  if (writeLetter === undefined) throw new Error('no typesetter');
  const message = await postMessage(shelter, makeReportPost(['attache']));
  const mails = mail.received.length;
  let isTakenBack = false;
  // The letter is made when the packet is in memory already, on its way to the channel.
  const meanwhile = async (letter: Parameters<typeof writeLetter>[0]) => {
    if (!isTakenBack) {
      isTakenBack = true;
      await takeBack(message, ['attache']);
    }
    return writeLetter(letter);
  };
  await workUntilIdle({ ...house.gateway, writeLetter: meanwhile });
  expect(mail.received.length - mails).toBe(1);
  const { recipients, state } = await fetchMessageStatus(shelter, message);
  expect(state).toBe('recalled');
  expect(recipients[0].deliveries).toMatchObject([
    { state: 'recalled', next_try_at: null, attempts: [{ outcome: 'deferred', code: 'recalled' }] },
  ]);
  const events = (await fetchEvidence(shelter, message)).map((one) => one.event);
  expect(events).toEqual(['SubmissionAcceptance', 'ContentPurge', 'ContentPurge']);
  // When it was purged nobody could know; now it is known that it never went.
  expect(await namedFor(message, attache)).toMatchObject([{ channel: 'email', unsure: true }]);
  expect(await unpurged(message)).toEqual([]);
});

test('a delivery in progress at the recall is named as unsure, until its answer has come', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  peer.answer((response) => asked.resolve(response));
  const message = await postMessage(shelter, makeReportPost(['police']));
  const drained = house.drain();
  const response = await asked.promise;
  peer.answer(answerStatus(204));
  await takeBack(message, ['police']);
  const to = police.focal_point;
  const copy = { to, channel: 'webhook', rank: 1 };
  expect(await namedFor(message, police)).toEqual([{ ...copy, at: expect.any(String), unsure: true }]);
  expect(await unpurged(message)).toMatchObject([{ ...copy, unsure: true }]);
  response.writeHead(204).end();
  await drained;
  await house.drain();
  expect(await unpurged(message)).toEqual([{ ...copy, at: expect.any(String), recall_acknowledged: false }]);
  expect(toldToPolice(message)).toEqual(['message.received', 'message.recalled']);
});

test('a delivery that was sent and never answered is named as unsure, and its system is told', async () => {
  peer.answer(breakConnection);
  const message = await takenBack(['police'], async () => peer.answer(answerStatus(204)));
  const copy = { to: police.focal_point, channel: 'webhook', rank: 1, unsure: true };
  expect(await namedFor(message, police)).toMatchObject([copy]);
  expect(await unpurged(message)).toMatchObject([copy]);
  expect(toldToPolice(message)).toEqual(['message.received', 'message.recalled']);
});

test('a recall goes to everybody who was sent the message', async () => {
  const message = await postMessage(shelter, makeReportPost(['attache', 'police']));
  const { thid } = await fetchMessageStatus(shelter, message);
  const more = { urgency: 'urgent', handling: 'H0', lang: 'en', body: { reason: 'other' } };
  const answer = await shelter.post('messages', {
    to: ['police'],
    type: 'recall',
    about: message,
    thid,
    ...more,
  });
  expect([answer.status, (await answer.json()).type]).toEqual([422, 'urn:amanat:problem:misaddressed']);
  expect(await listKeptContent(house, message)).not.toEqual([]);
});
