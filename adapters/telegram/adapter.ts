/**
 * The Telegram channel: notices to officers' private chats, and taps and start codes from them. A notice shows that a message
 * arrived, its sender, urgency and deadline. Content never reaches this channel, also where the parcel has it.
 */

import {
  type Adapter,
  type Arrival,
  type Outcome,
  type Parcel,
  readerOf,
} from '../../src/domain/carriage/adapter.ts';
import { JSON_BOUNDS } from '../../src/domain/message/json-bounds.ts';
import { BODY_LIMIT_BY_ROUTE, receiveSmallBody } from '../../src/domain/message/receive-body.ts';
import { type ProblemCode, Refusal } from '../../src/domain/words/error.ts';
import type { Bodies } from '../../src/domain/words/held-body.ts';
import type { Phrases } from '../../src/domain/words/phrases.ts';
import { isSameText } from '../../src/seal/digest.ts';
import { tryParseValue } from '../../src/seal/strict-json.ts';
import { type BotOptions, checkBotSecrets, connectBot } from './bot.ts';
import {
  type BotChat,
  chatIdOf,
  editChatMessage,
  messageIdOf,
  readBotName,
  sendChatMessage,
} from './chat.ts';
import { createSendingLine, rankOfParcel } from './line.ts';
import { composeNote } from './note.ts';
import { composeEvidenceNotice, composeNotice, type Translate } from './notice.ts';
import { makeSentOutcome, outcomeOfApi } from './outcome.ts';
import { composeReminder } from './reminder.ts';
import { sendReply } from './replying.ts';
import { arrivalsOf } from './updates.ts';

interface TelegramOptions extends BotOptions {
  readonly translate: Phrases;
  /** Holds an update while it is received. */
  readonly bodies: Bodies;
}

/**
 * Makes the adapter of one bot. `receive` takes Telegram's calls; `registerWebhook` in `bot.ts` asks Telegram to make them.
 * @throws Refusal `channel-secret-missing` where the token or the secret token is missing or malformed
 */
export function createTelegramAdapter(options: TelegramOptions): Adapter {
  checkBotSecrets(options);
  const api = connectBot(options);
  const line = createSendingLine();
  let bot: string | undefined;
  return {
    channel: 'telegram',
    receive: (request) => received(options, request),
    startLink: async (code) => {
      bot ??= await readBotName(api);
      return bot && `https://t.me/${bot}?start=${code}`;
    },
    send: async (parcel, signal) => {
      if (signal.aborted) return { kind: 'deferred', code: 'aborted' };
      const { address } = parcel.kind === 'reply' ? parcel : parcel.endpoint;
      const id = chatIdOf(address);
      if (id === undefined) return { kind: 'rejected', code: 'address-invalid', gone: true };
      try {
        const translate = sayTo(parcel, options.translate);
        const outcome = await line.enter(rankOfParcel(parcel), signal, () =>
          hand({ api, id, signal }, parcel, translate),
        );
        return outcome ?? { kind: 'deferred', code: 'aborted' };
      } catch (error) {
        return outcomeOfApi(error);
      }
    },
  };
}

/** The translator for a parcel. A reply contains no time, so it needs no zone; it may go to accounts without a focal point. */
const sayTo = (parcel: Parcel, translate: Phrases): Translate =>
  parcel.kind === 'reply'
    ? (word, values) => translate({ lang: parcel.lang, zone: 'UTC' }, word, values)
    : (word, values) => translate(readerOf(parcel), word, values);

async function hand(chat: BotChat, parcel: Parcel, translate: Translate): Promise<Outcome> {
  switch (parcel.kind) {
    case 'message':
      return makeSentOutcome(await sendChatMessage(chat, composeNotice(parcel, translate)));
    case 'evidence':
      await sendChatMessage(chat, composeEvidenceNotice(parcel.evidence, parcel.summary, translate));
      return makeSentOutcome();
    case 'reminder': {
      const sent = await sendChatMessage(chat, composeReminder(parcel, translate));
      // A notice of several messages cannot be edited to show the state of one, so it keeps no reference.
      return parcel.items.length === 1 ? makeSentOutcome(sent) : makeSentOutcome();
    }
    case 'revision': {
      const message = messageIdOf(parcel.reference);
      if (message === undefined) return { kind: 'rejected', code: 'reference-invalid' };
      await editChatMessage(chat, message, composeNotice(parcel, translate));
      return makeSentOutcome(message);
    }
    case 'note':
      return makeSentOutcome(await sendChatMessage(chat, composeNote(parcel, translate)));
    case 'reply':
      return await sendReply(chat, parcel, translate);
  }
}

/** Checks the secret token before it reads a byte of the body (Bot API: setWebhook). */
async function received(
  { secretToken, bodies }: TelegramOptions,
  request: Request,
): Promise<readonly Arrival[]> {
  if (request.method !== 'POST') return refused('method-not-allowed', 'updates are posted');
  const given = request.headers.get('x-telegram-bot-api-secret-token') ?? '';
  if (!isSameText(given, secretToken))
    return refused('signature-invalid', 'the secret token is missing or wrong');
  try {
    return arrivalsOf(
      tryParseValue(await receiveSmallBody(request, BODY_LIMIT_BY_ROUTE.update, bodies), JSON_BOUNDS.update),
    );
  } catch (fault) {
    if (fault instanceof Refusal) return refused(fault.code, fault.detail);
    throw fault;
  }
}

const refused = (code: ProblemCode, detail: string): readonly Arrival[] => [
  { kind: 'refused', code, detail },
];
