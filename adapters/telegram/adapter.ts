/**
 * The Telegram channel: notices to officers' private chats, taps and start codes back. It shows that a message came,
 * from whom, how urgent and by when; what the message says never reaches it, whatever the parcel holds.
 */

import {
  type Adapter,
  type Arrival,
  type Outcome,
  type Parcel,
  readerOf,
} from '../../src/domain/carriage/adapter.ts';
import { JSON_BOUNDS } from '../../src/domain/message/json-bounds.ts';
import { DOORS, receiveBytes } from '../../src/domain/message/receiving.ts';
import { type ProblemCode, Refusal } from '../../src/domain/words/error.ts';
import type { Bodies } from '../../src/domain/words/held-body.ts';
import type { Words } from '../../src/domain/words/words.ts';
import { isSameText } from '../../src/seal/digest.ts';
import { valueIn } from '../../src/seal/strict-json.ts';
import { type BotOptions, checkSecrets, connect } from './bot.ts';
import { botName, type Chat, chatId, edit, messageId, post } from './chat.ts';
import { createLine, rankOf } from './line.ts';
import { noting } from './note.ts';
import { notice, type Say, telling } from './notice.ts';
import { outcomeOf, taken } from './outcome.ts';
import { reminding } from './reminder.ts';
import { reply } from './replying.ts';
import { arrivalsOf } from './updates.ts';

export interface TelegramOptions extends BotOptions {
  readonly words: Words;
  /** Where an update is held while it comes. */
  readonly bodies: Bodies;
}

/**
 * The adapter for one bot. `receive` takes the webhook's calls; `registerWebhook` in `bot.ts` asks Telegram for them.
 * @throws Refusal `channel-secret-missing` where the token or the secret token is absent or malformed
 */
export function createTelegramAdapter(options: TelegramOptions): Adapter {
  checkSecrets(options);
  const api = connect(options);
  const line = createLine();
  let bot: string | undefined;
  return {
    channel: 'telegram',
    receive: (request) => received(options, request),
    startLink: async (code) => {
      bot ??= await botName(api);
      return bot && `https://t.me/${bot}?start=${code}`;
    },
    send: async (parcel, signal) => {
      if (signal.aborted) return { kind: 'deferred', code: 'aborted' };
      const { address } = parcel.kind === 'reply' ? parcel : parcel.endpoint;
      const id = chatId(address);
      if (id === undefined) return { kind: 'rejected', code: 'address-invalid', gone: true };
      try {
        const say = sayTo(parcel, options.words);
        const outcome = await line.enter(rankOf(parcel), signal, () =>
          hand({ api, id, signal }, parcel, say),
        );
        return outcome ?? { kind: 'deferred', code: 'aborted' };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

/** An answer to somebody who just acted tells of no time, and goes to accounts of no desk as well. */
const sayTo = (parcel: Parcel, words: Words): Say =>
  parcel.kind === 'reply'
    ? (word, values) => words({ lang: parcel.lang, zone: 'UTC' }, word, values)
    : (word, values) => words(readerOf(parcel), word, values);

async function hand(chat: Chat, parcel: Parcel, say: Say): Promise<Outcome> {
  switch (parcel.kind) {
    case 'message':
      return taken(await post(chat, notice(parcel, say)));
    case 'evidence':
      await post(chat, telling(parcel.evidence, parcel.summary, say));
      return taken();
    case 'reminder': {
      const sent = await post(chat, reminding(parcel, say));
      // What becomes of one of several cannot be shown in the notice of all.
      return parcel.items.length === 1 ? taken(sent) : taken();
    }
    case 'revision': {
      const message = messageId(parcel.reference);
      if (message === undefined) return { kind: 'rejected', code: 'reference-invalid' };
      await edit(chat, message, notice(parcel, say));
      return taken(message);
    }
    case 'note':
      return taken(await post(chat, noting(parcel, say)));
    case 'reply':
      return await reply(chat, parcel, say);
  }
}

/** The caller is proven by the secret token before a byte of the body is read (Bot API: setWebhook). */
async function received(
  { secretToken, bodies }: TelegramOptions,
  request: Request,
): Promise<readonly Arrival[]> {
  if (request.method !== 'POST') return refused('method-not-allowed', 'updates are posted');
  const given = request.headers.get('x-telegram-bot-api-secret-token') ?? '';
  if (!isSameText(given, secretToken))
    return refused('signature-invalid', 'the secret token is missing or wrong');
  try {
    return arrivalsOf(valueIn(await receiveBytes(request, DOORS.update, bodies), JSON_BOUNDS.update));
  } catch (fault) {
    if (fault instanceof Refusal) return refused(fault.code, fault.detail);
    throw fault;
  }
}

const refused = (code: ProblemCode, detail: string): readonly Arrival[] => [
  { kind: 'refused', code, detail },
];
