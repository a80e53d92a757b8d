/** One private chat with an officer's account, and the few Bot API calls that are made in it. */
import type { Api } from 'grammy';
import type { InlineKeyboardMarkup } from 'grammy/types';
import { present } from '../../src/domain/words/present.ts';
import type { ChatMessage } from './notice.ts';
import { outcomeOfApi } from './outcome.ts';

export interface BotChat {
  readonly api: Api;
  readonly id: number;
  readonly signal: AbortSignal;
}

type Rows = InlineKeyboardMarkup['inline_keyboard'];

/** What grammY's methods take: on Node they name the polyfill's type, which the platform's signal satisfies. */
type Signal = NonNullable<Parameters<Api['getMe']>[0]>;

/** How long a page waits for the bot's name, in milliseconds. */
const NAME_MS = 5_000;

/** The bot's user name; undefined where Telegram does not answer. */
export const readBotName = (api: Api): Promise<string | undefined> =>
  api.getMe(AbortSignal.timeout(NAME_MS) as unknown as Signal).then(
    ({ username }) => username,
    () => undefined,
  );

const PREVIEW = { link_preview_options: { is_disabled: true } } as const;

/** The chat id in an address. Groups (negative) and channel names are never the address of an officer. */
export const chatIdOf = (address: string): number | undefined => positive(address);

export const messageIdOf = (reference: string | undefined): number | undefined => positive(reference ?? '');

const positive = (text: string): number | undefined =>
  /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;

/**
 * Posts one message, as an answer to `about` where that still stands; resolves with its id. The Bot API has no
 * idempotency key: where the answer to an earlier try was lost, the officer is told twice. Both notices carry the same
 * delivery, so answering either settles both.
 */
export async function sendChatMessage(chat: BotChat, shown: ChatMessage, about?: number): Promise<number> {
  const { text, entities, reply_markup } = shown;
  const answers = { message_id: about ?? 0, allow_sending_without_reply: true };
  const options = {
    protect_content: true,
    ...PREVIEW,
    ...present({
      entities: entities.length > 0 ? entities : undefined,
      reply_markup: reply_markup.inline_keyboard.length > 0 ? reply_markup : undefined,
      reply_parameters: about === undefined ? undefined : answers,
    }),
  };
  const sent = await chat.api.sendMessage(chat.id, text, options, chat.signal as Signal);
  return sent.message_id;
}

/** Puts another text and other buttons in the place of a message's. */
export async function editChatMessage(chat: BotChat, message: number, shown: ChatMessage): Promise<void> {
  const { text, entities, reply_markup } = shown;
  const options = { ...PREVIEW, entities, reply_markup };
  await chat.api.editMessageText(chat.id, message, text, options, chat.signal as Signal);
}

/** Gives a message other buttons; that it has them already, after a second tap, is no fault. */
export async function replaceButtons(chat: BotChat, message: number, rows: Rows): Promise<void> {
  const options = { reply_markup: { inline_keyboard: rows } };
  try {
    await chat.api.editMessageReplyMarkup(chat.id, message, options, chat.signal as Signal);
  } catch (error) {
    if (outcomeOfApi(error).kind !== 'accepted') throw error;
  }
}

/** Answers a tap, which stops the button's spinner. False where that failed: a query lives for some minutes only. */
export async function answerTap(chat: BotChat, query: string, text?: string): Promise<boolean> {
  try {
    const options = text === undefined ? {} : { text };
    return await chat.api.answerCallbackQuery(query, options, chat.signal as Signal);
  } catch {
    return false;
  }
}
