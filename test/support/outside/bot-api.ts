/**
 * A local Bot API server on loopback, for the demo and the tests: real HTTP, real forms, real errors, and persons who
 * press buttons. What it says of a call is what core.telegram.org/bots/api says; it simulates no Telegram client.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BotApiError, type BotMessage, type BotWorld, type ChatPerson, callMethod } from './bot-api-chats.ts';
import { type CallParameters, readParameters, type UploadedFile } from './bot-api-form.ts';
import { createUpdateCourier, type UpdateCourier } from './bot-api-updates.ts';

/** One call, with its parameters as received; a file is given by its name, type and size. */
export interface BotApiCall {
  readonly method: string;
  readonly parameters: CallParameters;
}

/** The effect of a fault on a call: an error in Telegram's form, no answer at all, or a broken connection. */
export type BotApiFault =
  | {
      readonly status: number;
      readonly error_code: number;
      readonly description: string;
      readonly parameters?: CallParameters;
    }
  | 'hang'
  | 'break'
  | undefined;

export type FaultFor = (method: string, parameters: CallParameters) => BotApiFault;

/** A person with Telegram. Each act resolves with true after the bot's webhook has accepted it. */
export interface TelegramPerson {
  /** Presses start on `https://t.me/<bot>?start=<code>`. */
  start(code?: string): Promise<boolean>;
  write(text: string): Promise<boolean>;
  /** Agrees to be linked, after the bot has asked. */
  agree(): Promise<boolean>;
  /** Blocks the bot, or unblocks it. While it is blocked, its calls for this chat are refused with 403. */
  block(): Promise<boolean>;
  unblock(): Promise<boolean>;
  /**
   * Presses a button by its text or its callback data. Data of earlier buttons is accepted, too: on a bad connection
   * people press buttons that are gone.
   */
  tap(messageId: number, button: string): Promise<boolean>;
}

export interface BotApi {
  /** The `apiRoot`. */
  readonly root: string;
  readonly calls: readonly BotApiCall[];
  /** Calls the listener for each call from now on; returns a function that stops it. */
  onCall(listener: (call: BotApiCall) => void): () => void;
  setFault(fault?: FaultFor): void;
  /** The bot's messages in a chat in their current form, in order. */
  messagesIn(chatId: number): readonly BotMessage[];
  person(chat: ChatPerson): TelegramPerson;
  close(): Promise<void>;
}

interface State {
  readonly token: string;
  readonly world: BotWorld;
  readonly calls: BotApiCall[];
  readonly listeners: Set<(call: BotApiCall) => void>;
  /** `<message>/<data>` of every button that ever existed. */
  readonly offered: Set<string>;
  taps: number;
  fault: FaultFor | undefined;
}

/** Starts the server for one bot on a free port of loopback. */
export async function startBotApi(options: { readonly token: string }): Promise<BotApi> {
  const state: State = {
    token: options.token,
    world: newWorld(options.token),
    calls: [],
    listeners: new Set(),
    offered: new Set(),
    taps: 0,
    fault: undefined,
  };
  const closed = new AbortController();
  const courier = createUpdateCourier(state.world, closed.signal);
  const server = createServer((request, response) => void answer(state, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    root: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: state.calls,
    onCall: (listener) => {
      state.listeners.add(listener);
      return () => state.listeners.delete(listener);
    },
    setFault: (fault) => {
      state.fault = fault;
    },
    messagesIn: (chatId) => [...(state.world.chats.get(chatId)?.messages.values() ?? [])],
    person: (chat) => newPerson(state, courier, chat),
    close: async () => {
      closed.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function newWorld(token: string): BotWorld {
  const id = Number.parseInt(token, 10) || 1;
  return {
    bot: { id, is_bot: true, first_name: 'Amanat', username: 'amanat_demo_bot' },
    chats: new Map(),
    queries: new Set(),
    blockedBy: new Set(),
    webhook: undefined,
    lastMessageId: 1000,
    pending: 0,
    seconds: () => Math.floor(Date.now() / 1_000),
  };
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, token, method] = /^\/bot([^/?]+)\/([^/?]+)/.exec(request.url ?? '') ?? [];
  if (method === undefined) return failed(response, new BotApiError(404, 'Not Found'));
  if (token !== state.token) return failed(response, new BotApiError(401, 'Unauthorized'));
  const parameters = await readParameters(request).catch(() => undefined);
  if (parameters === undefined)
    return failed(response, new BotApiError(400, "Bad Request: can't parse the request"));
  noted(state, { method, parameters });
  const fault = state.fault?.(method, parameters);
  if (fault === 'hang') return;
  if (fault === 'break') {
    request.socket.destroy();
    return;
  }
  if (fault !== undefined) {
    return failed(
      response,
      new BotApiError(fault.error_code, fault.description, fault.parameters),
      fault.status,
    );
  }
  run(state, { method, parameters }, response);
}

function run(state: State, call: BotApiCall, response: ServerResponse): void {
  try {
    const result = callMethod(state.world, call.method, call.parameters);
    remember(state, result);
    write(response, 200, { ok: true, result });
  } catch (error) {
    failed(response, error instanceof BotApiError ? error : new BotApiError(500, 'Internal Server Error'));
  }
}

function noted(state: State, { method, parameters }: BotApiCall): void {
  const shown = Object.entries(parameters).map(([name, value]): [string, unknown] => [
    name,
    withoutBytes(value),
  ]);
  const call = { method, parameters: Object.fromEntries(shown) };
  state.calls.push(call);
  for (const listener of state.listeners) listener(call);
}

function withoutBytes(value: unknown): unknown {
  const file = value as Partial<UploadedFile> | null;
  if (typeof value !== 'object' || !(file?.bytes instanceof Uint8Array)) return value;
  return { filename: file.filename, contentType: file.contentType, size: file.bytes.length };
}

/** Records every button that a message ever had. */
function remember(state: State, result: unknown): void {
  const message = result as Partial<BotMessage> | null;
  for (const button of message?.reply_markup?.inline_keyboard.flat() ?? []) {
    if (button.callback_data !== undefined)
      state.offered.add(`${message?.message_id}/${button.callback_data}`);
  }
}

function failed(response: ServerResponse, fault: BotApiError, status = fault.code): void {
  const parameters = fault.parameters === undefined ? {} : { parameters: fault.parameters };
  write(response, status, { ok: false, error_code: fault.code, description: fault.message, ...parameters });
}

function write(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function newPerson(state: State, courier: UpdateCourier, chat: ChatPerson): TelegramPerson {
  const { world } = state;
  const from = { id: chat.id, is_bot: false, first_name: chat.first_name, language_code: chat.language_code };
  const where = { id: chat.id, type: 'private', first_name: chat.first_name };
  const write = (text: string): Promise<boolean> => {
    if (!world.chats.has(chat.id)) world.chats.set(chat.id, { person: chat, messages: new Map() });
    world.lastMessageId += 1;
    const command = /^\/\w+/.exec(text)?.[0];
    const entities =
      command === undefined ? {} : { entities: [{ type: 'bot_command', offset: 0, length: command.length }] };
    const message = {
      message_id: world.lastMessageId,
      from,
      chat: where,
      date: world.seconds(),
      text,
      ...entities,
    };
    return courier.bring(chat.id, { message });
  };
  const member = (status: 'kicked' | 'member'): Promise<boolean> => {
    if (status === 'kicked') world.blockedBy.add(chat.id);
    else world.blockedBy.delete(chat.id);
    const user = world.bot;
    const old_chat_member = { status: status === 'kicked' ? 'member' : 'kicked', user };
    const new_chat_member = { status, user };
    return courier.bring(chat.id, {
      my_chat_member: { chat: where, from, date: world.seconds(), old_chat_member, new_chat_member },
    });
  };
  const tap = async (messageId: number, button: string): Promise<boolean> => {
    const message = world.chats.get(chat.id)?.messages.get(messageId);
    if (message === undefined) throw new Error('the person does not see this message');
    const data = pressed(state, message, button);
    state.taps += 1;
    const id = String(4_000_000_000_000 + state.taps);
    world.queries.add(id);
    return await courier.bring(chat.id, {
      callback_query: { id, from, message, chat_instance: String(chat.id), data },
    });
  };
  return {
    start: (code) => write(code === undefined ? '/start' : `/start ${code}`),
    write,
    agree: async () => {
      const { message, button } = await asked(world, chat.id);
      return tap(message, button);
    },
    block: () => member('kicked'),
    unblock: () => member('member'),
    tap,
  };
}

/** The newest question whether to link; waits for it, because a running gateway asks by itself. */
async function asked(world: BotWorld, chat: number): Promise<{ message: number; button: string }> {
  for (let waited = 0; waited < ASKED_WITHIN_MS; waited += 25) {
    const messages = [...(world.chats.get(chat)?.messages.values() ?? [])];
    const questions = messages.flatMap(({ message_id: message, reply_markup: markup }) =>
      (markup?.inline_keyboard.flat() ?? []).flatMap(({ callback_data: button = '' }) =>
        button.startsWith('y:') ? [{ message, button }] : [],
      ),
    );
    const newest = questions.at(-1);
    if (newest !== undefined) return newest;
    await sleep(25);
  }
  throw new Error('the bot did not ask whether to link');
}

const ASKED_WITHIN_MS = 300_000;

function pressed(state: State, message: BotMessage, button: string): string {
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
  const found = buttons.find((one) => one.text === button || one.callback_data === button);
  if (found?.callback_data !== undefined) return found.callback_data;
  if (found?.url !== undefined) throw new Error('this button opens a page');
  if (state.offered.has(`${message.message_id}/${button}`)) return button;
  throw new Error('the message has no such button');
}
