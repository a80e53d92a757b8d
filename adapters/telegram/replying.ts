/** Words back to an officer who has just tapped or written. */
import type { LinkedAs, Outcome, Parcel } from '../../src/domain/carriage/adapter.ts';
import { answerTap, type BotChat, messageIdOf, replaceButtons, sendChatMessage } from './chat.ts';
import {
  composeReplyText,
  makeFirstButtons,
  makeReasonButtons,
  singleLineOf,
  type Translate,
} from './notice.ts';
import { makeSentOutcome } from './outcome.ts';
import { dataOfTap, readHandle, type TapHandle } from './taps.ts';

type ReplyParcel = Extract<Parcel, { kind: 'reply' }>;

/** Says one word back: under the finger where a tap can still be answered, else in the chat. */
export async function sendReply(chat: BotChat, parcel: ReplyParcel, translate: Translate): Promise<Outcome> {
  const handle = parcel.reply === undefined ? undefined : readHandle(parcel.reply);
  if (handle?.back !== undefined) await goBack(chat, handle.query, handle.back, translate);
  else if (parcel.link !== undefined)
    await tellLink(chat, { word: parcel.word, link: parcel.link }, handle, translate);
  else if (parcel.word === 'ask-ground' && parcel.about)
    await askGround(chat, parcel.about, handle, translate);
  else await tell(chat, parcel, handle, composeReplyText(parcel, translate));
  return makeSentOutcome();
}

/** The grounds make room for the first buttons again. The link to open is in the notice's text all the time. */
async function goBack(
  chat: BotChat,
  query: string,
  back: NonNullable<TapHandle['back']>,
  translate: Translate,
): Promise<void> {
  await replaceButtons(chat, back.message, makeFirstButtons(back.delivery, translate));
  await answerTap(chat, query);
}

/** The grounds take the place of the notice's buttons; where the notice is not known they come as a question. */
async function askGround(
  chat: BotChat,
  about: NonNullable<ReplyParcel['about']>,
  handle: TapHandle | undefined,
  translate: Translate,
): Promise<void> {
  const rows = makeReasonButtons(about.delivery, translate);
  const text = composeReplyText({ word: 'ask-ground' }, translate);
  const message = messageIdOf(about.reference);
  if (message !== undefined) await replaceButtons(chat, message, rows);
  else await sendChatMessage(chat, { text, entities: [], reply_markup: { inline_keyboard: rows } });
  if (handle !== undefined) await answerTap(chat, handle.query, text);
}

const LINK_TEXTS: Partial<Record<ReplyParcel['word'], string>> = {
  'link-ask': 'telegram-link-ask',
  'link-waits': 'telegram-link-waits',
};

/** As whom the account is to be linked, with a yes and a no; or that it is, with the way to undo it. */
async function tellLink(
  chat: BotChat,
  { word, link }: { readonly word: ReplyParcel['word']; readonly link: LinkedAs },
  handle: TapHandle | undefined,
  translate: Translate,
): Promise<void> {
  const { endpoint, officer, desk: focalPoint } = link;
  const button = (act: 'yes' | 'no' | 'undo') => [
    { text: translate(`telegram-button-link-${act}`), callback_data: dataOfTap({ act, delivery: endpoint }) },
  ];
  const who = { officer: singleLineOf(officer), desk: singleLineOf(focalPoint) };
  const text = translate(LINK_TEXTS[word] ?? 'telegram-link-done', who);
  const inline_keyboard = word === 'link-ask' ? [button('yes'), button('no')] : [button('undo')];
  await sendChatMessage(chat, { text, entities: [], reply_markup: { inline_keyboard } });
  if (handle !== undefined) await answerTap(chat, handle.query);
}

/** Said in the chat, where it stays: what stands above it, that the account is linked, is true no more. */
const STAYS: readonly ReplyParcel['word'][] = ['unlinked'];

/** A query too old to be answered, as after a gateway that was down, gets a message: nobody is left without a word. */
async function tell(
  chat: BotChat,
  parcel: ReplyParcel,
  handle: TapHandle | undefined,
  text: string,
): Promise<void> {
  const stays = STAYS.includes(parcel.word);
  if (handle !== undefined && (await answerTap(chat, handle.query, text)) && !stays) return;
  const shown = { text, entities: [], reply_markup: { inline_keyboard: [] } };
  await sendChatMessage(chat, shown, messageIdOf(parcel.about?.reference));
}
