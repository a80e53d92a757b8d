/** What a Bot API server keeps, and the methods the gateway uses, with the checks and the errors of the real one. */

import { present } from '../../../src/domain/words/present.ts';
import type { CallParameters, UploadedFile } from './bot-api-form.ts';

/** A person's private chat with the bot, as Telegram knows it. */
export interface ChatPerson {
  readonly id: number;
  readonly first_name: string;
  readonly language_code: string;
}

export interface BotButton {
  readonly text: string;
  readonly url?: string;
  readonly callback_data?: string;
}

/** Bot API `Message`, the members that are used here. */
export interface BotMessage {
  readonly message_id: number;
  readonly from: {
    readonly id: number;
    readonly is_bot: true;
    readonly first_name: string;
    readonly username: string;
  };
  readonly chat: { readonly id: number; readonly type: 'private'; readonly first_name: string };
  readonly date: number;
  readonly edit_date?: number;
  readonly text?: string;
  readonly entities?: readonly Record<string, unknown>[];
  readonly document?: { readonly file_id: string; readonly file_name: string; readonly file_size: number };
  readonly has_protected_content?: true;
  readonly reply_markup?: { readonly inline_keyboard: readonly (readonly BotButton[])[] };
}

/** A call that is answered with an error, in Telegram's shape. */
export class BotApiError extends Error {
  readonly code: number;
  readonly parameters: Record<string, unknown> | undefined;
  constructor(code: number, description: string, parameters?: Record<string, unknown>) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

export interface BotWorld {
  readonly bot: BotMessage['from'];
  /** Chats exist once the person has pressed start. */
  readonly chats: Map<number, { readonly person: ChatPerson; readonly messages: Map<number, BotMessage> }>;
  /** Persons who blocked the bot, by their chat. */
  readonly blockedBy: Set<number>;
  /** Taps that still wait for their answer. */
  readonly queries: Set<string>;
  webhook: { url: string; secret: string } | undefined;
  lastMessageId: number;
  /** Updates that the webhook has not taken yet. */
  pending: number;
  readonly seconds: () => number;
}

interface Method {
  readonly required: readonly string[];
  readonly run: (world: BotWorld, call: CallParameters) => unknown;
}

const METHODS: Readonly<Record<string, Method>> = {
  getMe: {
    required: [],
    run: (world) => ({ ...world.bot, can_join_groups: false, can_read_all_group_messages: false }),
  },
  setWebhook: { required: ['url'], run: setWebhook },
  deleteWebhook: { required: [], run: (world) => setWebhook(world, { url: '' }) },
  getWebhookInfo: { required: [], run: webhookInfo },
  sendMessage: { required: ['chat_id', 'text'], run: sendMessage },
  sendDocument: { required: ['chat_id', 'document'], run: sendDocument },
  editMessageText: {
    required: ['chat_id', 'message_id', 'text'],
    run: (world, call) => edit(world, call, textOf(call)),
  },
  editMessageReplyMarkup: {
    required: ['chat_id', 'message_id'],
    run: (world, call) => edit(world, call, {}),
  },
  deleteMessage: { required: ['chat_id', 'message_id'], run: deleteMessage },
  answerCallbackQuery: { required: ['callback_query_id'], run: answerCallbackQuery },
};

/** Runs one method. Throws {@link BotApiError} for every refusal. */
export function callMethod(world: BotWorld, name: string, call: CallParameters): unknown {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (method === undefined) throw new BotApiError(404, 'Not Found: method not found');
  const missing = method.required.find((one) => call[one] === undefined || call[one] === null);
  if (missing !== undefined) throw bad(MISSING[missing] ?? `parameter "${missing}" is required`);
  return method.run(world, call);
}

const MISSING: Readonly<Record<string, string>> = {
  chat_id: 'chat_id is empty',
  text: 'message text is empty',
  message_id: 'message identifier is not specified',
};

const bad = (description: string): BotApiError => new BotApiError(400, `Bad Request: ${description}`);

function setWebhook(world: BotWorld, call: CallParameters): boolean {
  const url = String(call['url']);
  const secret = call['secret_token'] === undefined ? '' : String(call['secret_token']);
  if (!/^[A-Za-z0-9_-]{0,256}$/.test(secret)) throw bad('secret token contains unallowed characters');
  if (url !== '' && !URL.canParse(url)) throw bad('bad webhook: invalid URL specified');
  world.webhook = url === '' ? undefined : { url, secret };
  return true;
}

function webhookInfo(world: BotWorld) {
  const url = world.webhook?.url ?? '';
  return { url, has_custom_certificate: false, pending_update_count: world.pending };
}

function sendMessage(world: BotWorld, call: CallParameters): BotMessage {
  return keep(world, call, textOf(call));
}

function sendDocument(world: BotWorld, call: CallParameters): BotMessage {
  const file = call['document'] as Partial<UploadedFile>;
  if (!(file.bytes instanceof Uint8Array)) throw bad('wrong file identifier/HTTP URL specified');
  const document = {
    file_id: `file-${world.lastMessageId + 1}`,
    file_name: file.filename ?? '',
    file_size: file.bytes.length,
  };
  return keep(world, call, { document });
}

function keep(world: BotWorld, call: CallParameters, content: Partial<BotMessage>): BotMessage {
  const chat = chatOf(world, call);
  world.lastMessageId += 1;
  const message: BotMessage = {
    message_id: world.lastMessageId,
    from: world.bot,
    chat: { id: chat.person.id, type: 'private', first_name: chat.person.first_name },
    date: world.seconds(),
    ...content,
    ...present({ has_protected_content: flag(call['protect_content']) ? (true as const) : undefined }),
    ...markupOf(call),
  };
  chat.messages.set(message.message_id, message);
  return message;
}

function edit(world: BotWorld, call: CallParameters, content: Partial<BotMessage>): BotMessage {
  const { messages } = chatOf(world, call);
  const old = messages.get(Number(call['message_id']));
  if (old === undefined) throw bad('message to edit not found');
  const { message_id, from, chat, date, text, entities, document, has_protected_content } = old;
  const before = {
    ...present({
      text: text || undefined,
      entities: entities || undefined,
      document: document || undefined,
    }),
  };
  const fresh: BotMessage = {
    message_id,
    from,
    chat,
    date,
    ...present({ has_protected_content: has_protected_content || undefined }),
    ...('text' in content ? content : before),
    ...markupOf(call),
  };
  if (picture(fresh) === picture(old)) {
    throw bad(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  }
  const edited = { ...fresh, edit_date: world.seconds() };
  messages.set(old.message_id, edited);
  return edited;
}

/** What a person would see differ. */
const picture = ({ text, entities, reply_markup }: BotMessage): string =>
  JSON.stringify([text, entities, reply_markup]);

function deleteMessage(world: BotWorld, call: CallParameters): boolean {
  if (!chatOf(world, call).messages.delete(Number(call['message_id'])))
    throw bad('message to delete not found');
  return true;
}

function answerCallbackQuery(world: BotWorld, call: CallParameters): boolean {
  if (String(call['text'] ?? '').length > 200) throw bad('MESSAGE_TOO_LONG');
  if (!world.queries.delete(String(call['callback_query_id']))) {
    throw bad('query is too old and response timeout expired or query ID is invalid');
  }
  return true;
}

function chatOf(world: BotWorld, call: CallParameters) {
  const chat = world.chats.get(Number(call['chat_id']));
  if (chat === undefined) throw bad('chat not found');
  if (world.blockedBy.has(chat.person.id))
    throw new BotApiError(403, 'Forbidden: bot was blocked by the user');
  return chat;
}

function textOf(call: CallParameters): Pick<BotMessage, 'text' | 'entities'> {
  const text = String(call['text']);
  if (text.trim() === '') throw bad('message text is empty');
  if (text.length > 4096) throw bad('message is too long');
  const entities = structure(call['entities']) as Record<string, unknown>[] | undefined;
  return {
    text,
    ...present({ entities: Array.isArray(entities) && entities.length > 0 ? entities : undefined }),
  };
}

function markupOf(call: CallParameters): Pick<BotMessage, 'reply_markup'> {
  const markup = structure(call['reply_markup']) as { inline_keyboard?: BotButton[][] } | undefined;
  const rows = (markup?.inline_keyboard ?? []).filter((row) => row.length > 0);
  for (const button of rows.flat()) checkButton(button);
  return rows.length === 0 ? {} : { reply_markup: { inline_keyboard: rows } };
}

function checkButton(button: BotButton): void {
  if (typeof button.text !== 'string' || button.text === '')
    throw bad('inline keyboard button text must be non-empty');
  if ((button.url === undefined) === (button.callback_data === undefined)) {
    throw bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  const bytes = Buffer.byteLength(button.callback_data ?? 'x');
  if (bytes < 1 || bytes > 64) throw bad('BUTTON_DATA_INVALID');
}

/** Objects come as JSON text in forms and as they are in JSON bodies. */
function structure(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw bad("object expected as reply markup or can't parse entities");
  }
}

const flag = (value: unknown): boolean =>
  value === true || value === 'true' || value === 'True' || value === '1';
