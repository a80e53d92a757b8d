/** An officer and the bot: taps arrive through a real webhook, replies are sent through the Bot API. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { registerWebhook } from '../../../adapters/telegram/bot.ts';
import type { Arrival, Parcel, ReplyAddress, ReplyName } from '../../../src/domain/carriage/adapter.ts';
import { present } from '../../../src/domain/words/present.ts';
import { makeMessageParcel, makeTestReminderParcel } from '../../support/parcels.ts';
import { never } from '../../support/patience.ts';
import { CHAT, expectDescribed, failing, type TelegramRig, telegramRig } from './rig.ts';

const endpoint = { channel: 'telegram', address: String(CHAT), lang: 'en' } as const;

let rig: TelegramRig;
let hook: Server;
let arrivals: Arrival[];

beforeEach(async () => {
  rig = await telegramRig();
  arrivals = [];
  hook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const headers = request.headers as Record<string, string>;
      const call = new Request('http://127.0.0.1/', { method: 'POST', headers, body: Buffer.concat(chunks) });
      arrivals.push(...(await rig.adapter.receive(call)));
      response.end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  await registerWebhook(rig.options, `http://127.0.0.1:${(hook.address() as AddressInfo).port}/telegram`);
  await rig.officer.write('first');
  await rig.adapter.send(makeMessageParcel({ endpoint }, 'notice'), never());
  arrivals.length = 0;
});

afterEach(async () => {
  expectDescribed(rig.api);
  await rig.close();
  await new Promise((resolve) => hook.close(resolve));
});

const notice = () => {
  const [first] = rig.api.messagesIn(CHAT);
  if (first === undefined) throw new Error('there is no notice');
  return first;
};
const buttons = (message = notice()) =>
  message.reply_markup?.inline_keyboard.flat().map((one) => one.text) ?? [];
const tap = async (button: string): Promise<Arrival> => {
  expect(await rig.officer.tap(notice().message_id, button)).toBe(true);
  const arrival = arrivals.at(-1);
  if (arrival === undefined) throw new Error('nothing arrived');
  return arrival;
};
const replyOf = (arrival: Arrival): ReplyAddress => {
  if (!('reply' in arrival) || arrival.reply === undefined) throw new Error('nobody to reply to');
  return arrival.reply;
};
const say = (word: ReplyName, to: ReplyAddress, about?: { delivery: string; reference?: string }) => {
  const recorded = { decision: 'accepted' } as const;
  const handle = to.handle === undefined ? {} : { reply: to.handle };
  const parcel: Parcel = {
    kind: 'reply',
    address: to.address,
    lang: 'en',
    word,
    recorded,
    ...handle,
    ...present({ about }),
  };
  return rig.adapter.send(parcel, never());
};
const lastCalls = (count: number) => rig.api.calls.slice(-count).map((one) => one.method);
const ACCEPTED = { kind: 'accepted', code: 'telegram-ok', reach: 'sent' };

it('links an account by a start code and says so', async () => {
  expect(await rig.officer.start('code-123_X')).toBe(true);
  const arrival = arrivals.at(-1);
  expect(arrival).toMatchObject({
    kind: 'link',
    code: 'code-123_X',
    reply: { address: String(CHAT), lang: 'id' },
  });
  expect(await say('linked', replyOf(arrival as Arrival))).toEqual(ACCEPTED);
  expect(rig.api.messagesIn(CHAT).at(-1)?.text).toBe('This account is now linked. Notices will come here.');
});

it('acknowledges by one tap; a second tap repeats the same acknowledgement', async () => {
  const first = await tap('Acknowledge');
  const second = await tap('Acknowledge');
  const { delivery } = makeMessageParcel({ endpoint });
  const by = { via: 'account', delivery, address: String(CHAT) };
  for (const one of [first, second])
    expect(one).toMatchObject({ kind: 'decision', decision: 'accepted', by });
  expect(Number(replyOf(second).id)).toBeGreaterThan(Number(replyOf(first).id));

  expect(await say('taken', replyOf(first))).toEqual(ACCEPTED);
  expect(await say('already-settled', replyOf(second))).toEqual(ACCEPTED);
  expect(lastCalls(2)).toEqual(['answerCallbackQuery', 'answerCallbackQuery']);
  expect(rig.api.messagesIn(CHAT)).toHaveLength(1);
});

it('asks for a reason in place of the buttons, and accepts it', async () => {
  const wanted = await tap('Decline');
  if (wanted.kind !== 'ground-wanted') throw new Error('no ground was wanted');
  const about = { delivery: wanted.delivery, reference: String(notice().message_id) };
  expect(await say('ask-ground', wanted.reply, about)).toEqual(ACCEPTED);
  expect(buttons()).toEqual([
    'We are not competent for this',
    'Not our national',
    'Incomplete',
    'Duplicate',
    'The law does not allow it',
    'Other reason',
    '‹ Back',
  ]);
  expect(notice().text).toContain('Read the message');
  expect(notice().entities).toHaveLength(1);
  expect(await tap('Not our national')).toMatchObject({
    kind: 'decision',
    decision: 'declined',
    ground: 'not-our-national',
  });
});

it('changes nothing if decline is pressed twice', async () => {
  const about = { delivery: makeMessageParcel().delivery, reference: String(notice().message_id) };
  const first = await tap('Decline');
  const second = await tap('Decline');
  expect(await say('ask-ground', replyOf(first), about)).toEqual(ACCEPTED);
  expect(await say('ask-ground', replyOf(second), about)).toEqual(ACCEPTED);
  expect(rig.api.messagesIn(CHAT)).toHaveLength(1);
});

it('goes back from the reasons without a call to the flow', async () => {
  const about = { delivery: makeMessageParcel().delivery, reference: String(notice().message_id) };
  await say('ask-ground', replyOf(await tap('Decline')), about);
  const back = await tap('‹ Back');
  expect(back.kind).toBe('chatter');
  expect(await say('help', replyOf(back))).toEqual(ACCEPTED);
  expect(buttons()).toEqual(['Acknowledge', 'Decline']);
  expect(rig.api.messagesIn(CHAT)).toHaveLength(1);
  expect(await tap('Acknowledge')).toMatchObject({ kind: 'decision', decision: 'accepted' });
});

it('keeps the link to open the message in a reminder, too, while reasons are shown and afterwards', async () => {
  const links = { read: 'https://gateway.id.example/r/0iYxQ0Wm5tq3n8uQ' };
  await rig.adapter.send(makeTestReminderParcel({ endpoint, links, answerable: true }), never());
  const reminder = () => rig.api.messagesIn(CHAT).at(-1) ?? notice();
  const press = async (button: string): Promise<ReplyAddress> => {
    expect(await rig.officer.tap(reminder().message_id, button)).toBe(true);
    return replyOf(arrivals.at(-1) as Arrival);
  };
  const link = { type: 'text_link', url: links.read };
  expect([buttons(reminder()), reminder().entities]).toMatchObject([
    ['Open', 'Acknowledge', 'Decline'],
    [link],
  ]);
  const about = { delivery: makeTestReminderParcel().delivery, reference: String(reminder().message_id) };
  await say('ask-ground', await press('Decline'), about);
  expect(buttons(reminder())).toHaveLength(7);
  await say('help', await press('‹ Back'));
  expect([buttons(reminder()), reminder().entities]).toMatchObject([['Acknowledge', 'Decline'], [link]]);
});

it('asks for a reason in a new message if the notice is not known', async () => {
  const { delivery } = makeMessageParcel();
  await say('ask-ground', replyOf(await tap('Decline')), { delivery });
  const question = rig.api.messagesIn(CHAT).at(-1);
  expect(question?.text).toBe('Why do you decline? Choose a reason.');
  expect(buttons(question)).toHaveLength(7);
});

it('replies in the chat if the tap is too old to be answered', async () => {
  const old = replyOf(await tap('Acknowledge'));
  rig.api.setFault(failing(400, 'Bad Request: query is too old', undefined, 'answerCallbackQuery'));
  const about = { delivery: makeMessageParcel().delivery, reference: String(notice().message_id) };
  expect(await say('already-settled', old, about)).toEqual(ACCEPTED);
  expect(lastCalls(2)).toEqual(['answerCallbackQuery', 'sendMessage']);
  expect(rig.api.calls.at(-1)?.parameters).toMatchObject({
    text: 'Another officer of your focal point has already answered: Acknowledged. Nothing was changed.',
    reply_parameters: { message_id: notice().message_id, allow_sending_without_reply: true },
    protect_content: true,
  });
});

it('keeps the reasons if only the answer to the tap fails', async () => {
  const wanted = replyOf(await tap('Decline'));
  rig.api.setFault(failing(400, 'Bad Request: query is too old', undefined, 'answerCallbackQuery'));
  const about = { delivery: makeMessageParcel().delivery, reference: String(notice().message_id) };
  expect(await say('ask-ground', wanted, about)).toEqual(ACCEPTED);
  expect(buttons()).toHaveLength(7);
});

it('answers a person’s text without repeating it', async () => {
  await rig.officer.write('Melati is at the border post');
  const chatter = arrivals.at(-1) as Arrival;
  expect(chatter.kind).toBe('chatter');
  await say('help', replyOf(chatter));
  expect(JSON.stringify([arrivals, rig.api.calls])).not.toContain('Melati');
  expect(rig.api.messagesIn(CHAT).at(-1)?.text).toContain('only sends notices');
});

it('distinguishes a person who cannot be reached from a fault', async () => {
  const to = replyOf(await tap('Acknowledge'));
  rig.api.setFault(failing(403, 'Forbidden: bot was blocked by the user'));
  expect(await say('not-yours', to)).toEqual({ kind: 'rejected', code: 'blocked', gone: true });
  expect(await say('help', { ...to, address: '-100' })).toMatchObject({
    kind: 'rejected',
    code: 'address-invalid',
  });
});

it('shows a delivery twice if it is sent twice, and either notice can be answered', async () => {
  await rig.adapter.send(makeMessageParcel({ endpoint }, 'notice'), never());
  const [first, second] = rig.api.messagesIn(CHAT);
  expect(second?.message_id).not.toBe(first?.message_id);
  expect(second?.reply_markup).toEqual(first?.reply_markup);
});
