/**
 * An officer who is taken out of the designation gets nothing more, by any channel; waiting messages go to the
 * remaining officers.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  changeEndpoint,
  disableEndpoint,
  findEndpoint,
  removeEndpoint,
} from '../../src/entry/enrolling/endpoints.ts';
import { openPacket } from '../adapters/email/rig.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { openBrowser } from '../support/browser.ts';
import { confirmAllEndpoints, confirmEndpoint } from '../support/confirmed.ts';
import { makeChatCode } from '../support/pins.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import {
  fetchEvents,
  fetchMessageStatus,
  listPostedEvents,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import { bringCode, linkAccount } from '../support/telegram-house.ts';

const [CHAT, OTHER] = [5550101, 5550102];
const [o1, o2] = [makeOfficer(), makeOfficer('id', 'o2')];

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(() => all?.close());

const shown = (chat: number) => all.api.messagesIn(chat).length;
const deliveriesOf = async (id: string) =>
  (await fetchMessageStatus(all.shelter, id)).recipients[0].deliveries;
/** Posts a report to the desk and works on it. */
const sent = async (): Promise<string> => {
  const id = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  return id;
};

describe('an officer taken out after the message was kept', () => {
  test.each(['telegram', 'email', 'webhook'] as const)(
    '%s: the message goes to the next endpoint',
    async (channel) => {
      if (channel === 'telegram') await all.telegram('o1', CHAT);
      else if (channel === 'email') await all.mailbox('o1');
      else await all.hook('/o1', { officer: 'o1' });
      await all.telegram('o2', OTHER, 2);
      const [before, linked] = [shown(CHAT), shown(OTHER)];
      const [mails, posts] = [all.mail.received.length, listPostedTo(all.peer, '/o1').length];
      const id = await postMessage(all.shelter, makeReportPost(['desk']));
      await all.renew([o2]);
      await all.house.drain();
      expect(shown(CHAT)).toBe(before);
      expect(all.mail.received).toHaveLength(mails);
      expect(listPostedTo(all.peer, '/o1')).toHaveLength(posts);
      expect(shown(OTHER)).toBe(linked + 1);
      expect(await deliveriesOf(id)).toMatchObject([
        { channel, state: 'failed', attempts: [{ outcome: 'rejected', code: 'unknown-officer' }] },
        { channel: 'telegram', rank: 2, state: 'sent' },
      ]);
    },
  );

  test.each(['telegram', 'email', 'webhook'] as const)(
    '%s: with no other endpoint it waits, visibly, and is sent as soon as there is one',
    async (channel) => {
      if (channel === 'telegram') await all.telegram('o1', CHAT);
      else if (channel === 'email') await all.mailbox('o1');
      else await all.hook('/o1', { officer: 'o1' });
      const before = shown(CHAT);
      const id = await postMessage(all.shelter, makeReportPost(['desk']));
      await all.renew([o2]);
      await all.house.drain();
      expect([shown(CHAT), all.mail.received.length, listPostedTo(all.peer, '/o1').length]).toEqual([
        before,
        0,
        0,
      ]);
      expect(await fetchMessageStatus(all.shelter, id)).toMatchObject({ state: 'waiting' });
      expect(await deliveriesOf(id)).toMatchObject([
        { state: 'queued', attempts: [{ outcome: 'deferred', code: 'unknown-officer' }] },
      ]);
      await all.telegram('o2', OTHER);
      await all.house.drain();
      expect(await deliveriesOf(id)).toMatchObject([
        { state: 'failed' },
        { channel: 'telegram', state: 'sent' },
      ]);
      expect(all.api.messagesIn(OTHER).at(-1)?.text).toContain(id.slice(-8).toUpperCase());
    },
  );

  test('an officer who is back gets at once what waited', async () => {
    await all.telegram('o1', CHAT);
    const id = await postMessage(all.shelter, makeReportPost(['desk']));
    await all.renew([o2]);
    await all.house.drain();
    await all.renew([o1, o2]);
    await all.house.drain();
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'sent' }]);
  });
});

describe('an officer taken out while the packet is made', () => {
  /** Does something once, while the letter of a packet is set. */
  function whileSet(act: () => Promise<unknown>): void {
    const { writeLetter } = all.house.gateway;
    if (writeLetter === undefined) throw new Error('this gateway sets no letters');
    let isDone = false;
    Object.assign(all.house.gateway, {
      writeLetter: async (...letter: Parameters<typeof writeLetter>) => {
        if (!isDone) await act();
        isDone = true;
        return writeLetter(...letter);
      },
    });
  }

  test('gets nothing of it, and the next endpoint does', async () => {
    await all.mailbox('o1');
    await all.telegram('o2', OTHER, 2);
    whileSet(() => all.renew([o2]));
    const mails = all.mail.received.length;
    const id = await sent();
    expect(all.mail.received).toHaveLength(mails);
    expect(await deliveriesOf(id)).toMatchObject([
      { channel: 'email', state: 'failed', attempts: [{ code: 'unknown-officer' }] },
      { channel: 'telegram', state: 'sent' },
    ]);
  });

  test.each([
    ['off', disableEndpoint],
    ['removed', removeEndpoint],
  ] as const)('an endpoint that is %s gets nothing of it', async (_how, act) => {
    const mailbox = await all.mailbox('o1');
    whileSet(async () => act(all.house.gateway, await findEndpoint(all.house.gateway, mailbox)));
    const id = await sent();
    expect(all.mail.received).toHaveLength(0);
    expect(await deliveriesOf(id)).toMatchObject([
      { state: 'queued', attempts: [{ code: 'endpoint-disabled' }] },
    ]);
  });

  test('a mailbox whose certificate has changed by then gets it encrypted to the new one', async () => {
    const mailbox = await all.mailbox('o1');
    whileSet(async () => {
      const one = await findEndpoint(all.house.gateway, mailbox);
      const { certificate } = all.known.ec;
      const renewed = await changeEndpoint(all.house.gateway, one, { certificate }, 0);
      await confirmEndpoint(all.house.gateway, renewed);
    });
    await sent();
    all.house.pass(20);
    await all.house.drain();
    const [mail] = all.mail.received;
    expect(all.mail.received).toHaveLength(1);
    const { text } = await openPacket(mail?.raw ?? Buffer.alloc(0), all.known.ec, all.known.authority);
    expect(text).toContain(PRIVATE_TEXT[0]);
  });
});

test('a focal point none of whose reachable officers is designated gets no new messages', async () => {
  await all.telegram('o1', CHAT);
  await all.renew([o2]);
  const before = shown(CHAT);
  await all.shelter.post('messages', makeReportPost(['desk']));
  await all.house.drain();
  expect(shown(CHAT)).toBe(before);
});

test('a tap, a reason, a link in a notice and one in a mail have no effect any more', async () => {
  const wira = await all.telegram('o1', CHAT);
  await all.mailbox('o1');
  const id = await sent();
  const notice = all.api.messagesIn(CHAT).at(-1);
  const buttons = notice?.reply_markup?.inline_keyboard.flat() ?? [];
  const packet = await openPacket(
    all.mail.received[0]?.raw ?? Buffer.alloc(0),
    all.known.rsa,
    all.known.authority,
  );
  const [mailed = ''] = /https:\/\/gateway\.test\/a\/[\w-]{43}/.exec(packet.text) ?? [];
  await all.renew([o2]);
  for (const start of ['a:', 'd:']) {
    const data = buttons.find((one) => one.callback_data?.startsWith(start))?.callback_data ?? '';
    expect(await wira.tap(notice?.message_id ?? 0, data)).toBe(true);
    await all.house.drain();
    const { parameters } = all.api.calls.findLast((one) => one.method === 'answerCallbackQuery') ?? {};
    expect(parameters).toMatchObject({ text: all.house.gateway.translate('id', 'telegram-reply-not-yours') });
  }
  const phone = openBrowser(all.house.app, GATEWAY_URL);
  const read = buttons.find((one) => one.url !== undefined)?.url ?? '';
  for (const link of [read, mailed]) {
    const page = await phone.open(link);
    expect(page.status).toBe(403);
    const acted = await phone.submit(link, { decision: 'accepted' });
    expect(acted.status).toBe(403);
    for (const word of PRIVATE_TEXT) expect(page.text + acted.text).not.toContain(word);
  }
  const said = (await fetchEvents(all.shelter, id)).filter((one) => /Acceptance$|Handover/.test(one));
  expect(said).toEqual(['SubmissionAcceptance']);
});

test('a tap at a duty phone is not an acknowledgement by the remaining officer, although the colleague is out when it is processed', async () => {
  const phone = await all.telegram('o1', CHAT);
  const id = await sent();
  const notice = all.api.messagesIn(CHAT).at(-1);
  const buttons = notice?.reply_markup?.inline_keyboard.flat() ?? [];
  await all.telegram('o2', CHAT, 1, true);
  const say = (word: string) => all.house.gateway.translate('id', word);
  for (const start of ['a:', 'd:']) {
    await all.renew([o1, o2]);
    const data = buttons.find((one) => one.callback_data?.startsWith(start))?.callback_data ?? '';
    await phone.tap(notice?.message_id ?? 0, data);
    await all.renew([o1]);
    await all.house.drain();
    const { parameters } = all.api.calls.findLast((one) => one.method === 'answerCallbackQuery') ?? {};
    expect(parameters).toMatchObject({ text: say('telegram-reply-answer-on-page') });
  }
  expect(await fetchMessageStatus(all.shelter, id)).toMatchObject({ state: 'waiting' });
  // Alone at the phone from then on.
  const accept = buttons.find((one) => one.callback_data?.startsWith('a:'))?.callback_data ?? '';
  await phone.tap(notice?.message_id ?? 0, accept);
  await all.house.drain();
  expect(await fetchMessageStatus(all.shelter, id)).toMatchObject({ state: 'acknowledged' });
});

test('a reminder and a revision are sent to no officer who is out', async () => {
  await all.telegram('o1', CHAT);
  await all.mailbox('o1');
  await all.hook('/o1', { officer: 'o1' });
  await all.hook('/desk', { rank: 2 });
  await sent();
  await all.renew([o2]);
  const counts = () => [
    all.api.calls.filter((one) => Number(one.parameters['chat_id']) === CHAT).length,
    all.mail.received.length,
    listPostedTo(all.peer, '/o1').length,
  ];
  const before = counts();
  for (let hour = 0; hour < 8; hour += 1) {
    all.house.pass(1_800);
    await all.house.drain();
  }
  expect(counts()).toEqual(before);
});

test('evidence about their own message is sent to no officer who is out', async () => {
  const { house, shelter, api } = all;
  const notices = { channel: 'telegram', shows: 'notice', lang: 'id', rank: 2 } as const;
  const { focal_point: focalPoint } = shelter.designation;
  await linkAccount(
    { api, house },
    CHAT,
    await makeChatCode(house, { ...notices, officer: 'o1', focalPoint }),
  );
  await all.hook('/desk');
  const id = await sent();
  const answer = { message: id, officer: 'o1', decision: 'accepted' };
  const before = shown(CHAT);
  const shelterAgain = {
    slug: 'shelter',
    name: 'Shelter',
    country: 'KH',
    officers: [makeOfficer('id', 'o7')],
  };
  house.pass(1);
  await house.designate({ ...shelterAgain, renews: shelter.designation });
  expect((await all.focalPoint.post('acknowledgements', answer)).status).toBe(201);
  await house.drain();
  expect(listPostedEvents(all.peer, '/shelter', id)).toContain('ConsignmentAcceptance');
  expect(shown(CHAT)).toBe(before);
});

describe('an id that gets another name', () => {
  const renamed = { ...o1, name: 'Another-Invented' };

  test('is asked about, and nothing is stored meanwhile', async () => {
    await all.telegram('o1', CHAT);
    await expect(all.renew([renamed, o2])).rejects.toMatchObject({ code: 'officer-renamed' });
    expect(await deliveriesOf(await sent())).toMatchObject([{ channel: 'telegram', state: 'sent' }]);
  });

  test('the same person has account, mailbox and code again after the focal point confirmed it', async () => {
    await all.telegram('o1', CHAT);
    await all.mailbox('o1');
    const notices = { channel: 'telegram', shows: 'notice', lang: 'id' } as const;
    const focalPoint = all.designation().focal_point;
    const code = await makeChatCode(all.house, { ...notices, officer: 'o1', focalPoint });
    await all.renew([renamed, o2], { same: ['o1'], other: [] });
    const waits = (await deliveriesOf(await sent())).map((one: { state: string }) => one.state);
    expect(waits).toEqual(['queued']);
    await confirmAllEndpoints(all.house.gateway);
    const states = (await deliveriesOf(await sent())).map((one: { state: string }) => one.state);
    expect(states).toEqual(['sent', 'sent']);
    await bringCode(all, OTHER, code);
    expect(all.api.messagesIn(OTHER).at(-1)?.text).toContain('⏳');
  });

  test('another person ends account, mailbox, link, tap and code, until linked again', async () => {
    const wira = await all.telegram('o1', CHAT);
    await all.mailbox('o1');
    const id = await sent();
    const notice = all.api.messagesIn(CHAT).at(-1);
    const buttons = notice?.reply_markup?.inline_keyboard.flat() ?? [];
    const notices = { channel: 'telegram', shows: 'notice', lang: 'id' } as const;
    const focalPoint = all.designation().focal_point;
    const code = await makeChatCode(all.house, { ...notices, officer: 'o1', focalPoint });
    await all.renew([renamed, o2], { same: [], other: ['o1'] });

    await wira.tap(notice?.message_id ?? 0, buttons.find((one) => one.callback_data)?.callback_data ?? '');
    await all.house.drain();
    const read = buttons.find((one) => one.url !== undefined)?.url ?? '';
    expect((await openBrowser(all.house.app, GATEWAY_URL).open(read)).status).toBe(403);
    expect(await fetchEvents(all.shelter, id)).not.toContain('ConsignmentAcceptance');
    await all.api.person({ id: OTHER, first_name: 'Invented', language_code: 'id' }).start(code);
    await all.house.drain();
    const refused = all.house.gateway.translate('id', 'telegram-reply-link-refused');
    expect(all.api.messagesIn(OTHER).at(-1)?.text).toBe(refused);
    const [before, mails] = [shown(CHAT), all.mail.received.length];
    await all.shelter.post('messages', makeReportPost(['desk']));
    await all.house.drain();
    expect([shown(CHAT), all.mail.received.length]).toEqual([before, mails]);

    await all.telegram('o1', OTHER);
    const again = await sent();
    expect(await deliveriesOf(again)).toMatchObject([{ channel: 'telegram', state: 'sent' }]);
    expect(shown(CHAT)).toBe(before);
    // Keys that rotate change no name: nothing is asked again.
    await all.renew([renamed, o2]);
  });
});
