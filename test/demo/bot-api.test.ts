import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Api, InputFile } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBotApiDescription } from '../support/bot-api-description.ts';
import { type BotApi, startBotApi } from '../support/outside/bot-api.ts';
import { parseMultipart } from '../support/outside/bot-api-form.ts';

const TOKEN = '4712:invented';
const CHAT = 5550003;
const PERSON = { id: CHAT, first_name: 'Dara Invented', language_code: 'km' };

let bot: BotApi;
let grammy: Api;
beforeEach(async () => {
  bot = await startBotApi({ token: TOKEN });
  grammy = new Api(TOKEN, { apiRoot: bot.root });
  void bot.person(PERSON).start();
});
afterEach(async () => {
  await bot.close();
});

const call = async (method: string, init: RequestInit = {}, token = TOKEN) => {
  const response = await fetch(`${bot.root}/bot${token}/${method}`, { method: 'POST', ...init });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const json = (value: unknown): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
const error = (code: number, description: RegExp) => ({
  status: code,
  body: { ok: false, error_code: code, description: expect.stringMatching(description) },
});

describe('calls', () => {
  it('accepts JSON, forms, queries and multipart alike', async () => {
    const markup = JSON.stringify({ inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] });
    const values = { chat_id: String(CHAT), text: 'hello', reply_markup: markup };
    const form = new FormData();
    for (const [name, value] of Object.entries(values)) form.set(name, value);
    await call('sendMessage', json({ chat_id: CHAT, text: 'hello', reply_markup: JSON.parse(markup) }));
    await call('sendMessage', { body: new URLSearchParams(values) });
    await call('sendMessage', { body: form });
    await call(`sendMessage?${new URLSearchParams(values)}`, { method: 'GET' });
    const shown = bot.messagesIn(CHAT).map(({ text, reply_markup }) => ({ text, reply_markup }));
    expect(shown).toEqual(Array(4).fill({ text: 'hello', reply_markup: JSON.parse(markup) }));
  });

  it('accepts a document from grammY, whose form undici cannot read', async () => {
    const sent = await grammy.sendDocument(CHAT, new InputFile(Buffer.from('a\r\n--b'), 'packet.pdf'), {
      caption: 'x',
    });
    expect(sent.document).toMatchObject({ file_name: 'packet.pdf', file_size: 6 });
    const { parameters } = bot.calls.at(-1) ?? { parameters: {} as Record<string, unknown> };
    expect(parameters['document']).toMatchObject({ filename: 'packet.pdf', size: 6 });
    expect(readBotApiDescription()?.({ method: 'sendDocument', parameters }) ?? []).toEqual([]);
  });

  it.each([
    ['an unknown method', 'sendSticker', {}, 404, /method not found/],
    ['a method of every object', 'constructor', {}, 404, /method not found/],
    ['a chat that was never started', 'sendMessage', { chat_id: 1, text: 'x' }, 400, /chat not found/],
    ['no chat', 'sendMessage', { text: 'x' }, 400, /chat_id is empty/],
    ['no text', 'sendMessage', { chat_id: CHAT }, 400, /text is empty/],
    ['too long a text', 'sendMessage', { chat_id: CHAT, text: 'x'.repeat(4097) }, 400, /too long/],
    [
      'data over 64 bytes',
      'sendMessage',
      button({ callback_data: 'ក'.repeat(22) }),
      400,
      /BUTTON_DATA_INVALID/,
    ],
    ['a button that does nothing', 'sendMessage', button({}), 400, /button/],
    [
      'a message that is not there',
      'editMessageText',
      { chat_id: CHAT, message_id: 1, text: 'x' },
      400,
      /to edit not found/,
    ],
    [
      'a query that was never asked',
      'answerCallbackQuery',
      { callback_query_id: '1' },
      400,
      /query is too old/,
    ],
    [
      'a bad secret token',
      'setWebhook',
      { url: 'http://127.0.0.1/', secret_token: 'a b' },
      400,
      /unallowed characters/,
    ],
  ])('refuses %s', async (_, method, parameters, code, description) => {
    expect(await call(method, json(parameters))).toEqual(error(code, description));
  });

  it('refuses another token, a body it cannot read, and an unknown address', async () => {
    expect(await call('getMe', {}, '1:other')).toEqual(error(401, /Unauthorized/));
    expect(await call('getMe', { ...json(1), body: '{' })).toEqual(error(400, /parse/));
    expect((await fetch(`${bot.root}/`)).status).toBe(404);
  });

  it('edits, reports an unmodified text, and removes buttons', async () => {
    const { message_id } = await grammy.sendMessage(CHAT, 'a', {
      reply_markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] },
    });
    await expect(
      grammy.editMessageText(CHAT, message_id, 'a', {
        reply_markup: bot.messagesIn(CHAT)[0]?.reply_markup as never,
      }),
    ).rejects.toThrow(/not modified/);
    await grammy.editMessageReplyMarkup(CHAT, message_id);
    expect(bot.messagesIn(CHAT)).toMatchObject([{ text: 'a' }]);
    expect(bot.messagesIn(CHAT)[0]?.reply_markup).toBeUndefined();
    await grammy.deleteMessage(CHAT, message_id);
    expect(bot.messagesIn(CHAT)).toEqual([]);
  });

  it('fails as requested, and passes every call to a listener', async () => {
    const heard: string[] = [];
    const stop = bot.onCall((one) => heard.push(one.method));
    bot.setFault((method) =>
      method === 'getMe'
        ? { status: 429, error_code: 429, description: 'Slow', parameters: { retry_after: 3 } }
        : 'break',
    );
    expect((await call('getMe')).body).toEqual({
      ok: false,
      error_code: 429,
      description: 'Slow',
      parameters: { retry_after: 3 },
    });
    await expect(call('getWebhookInfo')).rejects.toThrow();
    bot.setFault();
    expect((await call('getMe')).status).toBe(200);
    stop();
    await call('getMe');
    expect(heard).toEqual(['getMe', 'getWebhookInfo', 'getMe']);
  });
});

const button = (more: object) => ({
  chat_id: CHAT,
  text: 'x',
  reply_markup: { inline_keyboard: [[{ text: 'b', ...more }]] },
});

describe('updates', () => {
  let hook: Server;
  let taken: { update_id: number; text?: string; data?: string; secret: string | undefined }[];
  let refusals: number;
  beforeEach(async () => {
    taken = [];
    refusals = 0;
    hook = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (refusals > 0) {
          refusals -= 1;
          response.writeHead(503).end();
          return;
        }
        const update = JSON.parse(body);
        const secret = request.headers['x-telegram-bot-api-secret-token'] as string | undefined;
        const { text } = update.message ?? {};
        taken.push({ update_id: update.update_id, text, data: update.callback_query?.data, secret });
        response.end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    hook.closeAllConnections();
    await new Promise((resolve) => hook.close(resolve));
  });
  const url = () => `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;

  it('waits for a webhook, repeats until it accepts them, in order, with the secret token', async () => {
    const person = bot.person(PERSON);
    refusals = 2;
    const acts = [person.start('c0de'), person.write('second')];
    expect(await grammy.getWebhookInfo()).toMatchObject({ url: '', pending_update_count: 3 });
    await grammy.setWebhook(url(), { secret_token: 's3cret' });
    expect(await Promise.all(acts)).toEqual([true, true]);
    expect(taken.map((one) => one.text)).toEqual(['/start', '/start c0de', 'second']);
    expect(taken.map((one) => one.update_id)).toEqual(
      taken.map((one) => one.update_id).toSorted((a, b) => a - b),
    );
    expect(new Set(taken.map((one) => one.secret))).toEqual(new Set(['s3cret']));
  });

  it('sends one update for each press, on buttons that are or were there', async () => {
    await grammy.setWebhook(url());
    const person = bot.person(PERSON);
    const { message_id } = await grammy.sendMessage(CHAT, 'a', {
      reply_markup: {
        inline_keyboard: [
          [
            { text: 'Go', callback_data: 'go' },
            { text: 'Open', url: 'https://x.example' },
          ],
        ],
      },
    });
    await person.tap(message_id, 'Go');
    await grammy.editMessageReplyMarkup(CHAT, message_id);
    await person.tap(message_id, 'go');
    expect(taken.map((one) => one.data)).toEqual([undefined, 'go', 'go']);
    await expect(person.tap(message_id, 'other')).rejects.toThrow(/no such button/);
    await expect(person.tap(1, 'Go')).rejects.toThrow(/does not see/);
  });
});

describe('forms', () => {
  const type = 'multipart/form-data; boundary="b1"';
  it.each([
    ['no boundary', '', 'multipart/form-data'],
    ['no end', '--b1\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n', type],
    ['a part without a name', '--b1\r\ncontent-disposition: form-data\r\n\r\n1\r\n--b1--', type],
  ])('refuses a form with %s', (_, body, contentType) => {
    expect(() => parseMultipart(Buffer.from(body), contentType)).toThrow();
  });

  it('keeps line ends and delimiters inside values', () => {
    const body = '--b1\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\n2\r\n--b1--\r\n';
    expect(parseMultipart(Buffer.from(body), type)).toEqual({ a: '1\r\n--b\r\n2' });
  });
});
