/** One private chat with an officer's account, and the Bot API calls in it. */
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

/** The signal of grammY's methods: on Node it has the polyfill's type, and the platform's signal satisfies it. */
type Signal = NonNullable<Parameters<Api['getMe']>[0]>;

/** How long a page waits for the bot's name, in milliseconds. */
const NAME_MS = 5_000;

/** Reads the bot's user name; undefined where Telegram does not answer. */
export const readBotName = (api: Api): Promise<string | undefined> =>
  api.getMe(AbortSignal.timeout(NAME_MS) as unknown as Signal).then(
    ({ username }) => username,
    () => undefined,
  );

const PREVIEW = { link_preview_options: { is_disabled: true } } as const;

/** The chat id in an address; undefined for groups (negative) and channel names, which no officer has. */
export const chatIdOf = (address: string): number | undefined => positive(address);

export const messageIdOf = (reference: string | undefined): number | undefined => positive(reference ?? '');

const positive = (text: string): number | undefined =>
  /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;

/**
 * Posts one message, as an answer to `about` if that still exists, and resolves with its id. The Bot API has no idempotency key:
 * if the answer to an earlier attempt was lost, the officer gets the notice twice. Both notices carry the same delivery, so an
 * answer to either is the answer to both.
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

/** Replaces the text and the buttons of a message. */
export async function editChatMessage(chat: BotChat, message: number, shown: ChatMessage): Promise<void> {
  const { text, entities, reply_markup } = shown;
  const options = { ...PREVIEW, entities, reply_markup };
  await chat.api.editMessageText(chat.id, message, text, options, chat.signal as Signal);
}

/** Replaces the buttons of a message. It is not a fault if it already has them after a second tap. */
export async function replaceButtons(chat: BotChat, message: number, rows: Rows): Promise<void> {
  const options = { reply_markup: { inline_keyboard: rows } };
  try {
    await chat.api.editMessageReplyMarkup(chat.id, message, options, chat.signal as Signal);
  } catch (error) {
    if (outcomeOfApi(error).kind !== 'accepted') throw error;
  }
}

/** Answers a tap, which stops the button's spinner. @returns false if it failed, because a query expires after some minutes */
export async function answerTap(chat: BotChat, query: string, text?: string): Promise<boolean> {
  try {
    const options = text === undefined ? {} : { text };
    return await chat.api.answerCallbackQuery(query, options, chat.signal as Signal);
  } catch {
    return false;
  }
}
