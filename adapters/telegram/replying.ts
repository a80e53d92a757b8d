/** Replies to an officer who has just tapped or written. */
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

/** Sends one reply: as the answer to the tap while that is possible, else as a message in the chat. */
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

/** Replaces the reasons by the first buttons. The notice's text always has the link. */
async function goBack(
  chat: BotChat,
  query: string,
  back: NonNullable<TapHandle['back']>,
  translate: Translate,
): Promise<void> {
  await replaceButtons(chat, back.message, makeFirstButtons(back.delivery, translate));
  await answerTap(chat, query);
}

/** Replaces the notice's buttons by the reasons; where the notice is not known, asks for the reason in a new message. */
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

/** Asks whether to link the account to this officer, with yes and no; or confirms the link, with a button to undo it. */
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

/** Replies that are always sent as a message: they correct an earlier message, which said that the account is linked. */
const STAYS: readonly ReplyParcel['word'][] = ['unlinked'];

/** Answers a tap. If the query has expired, for example while the gateway was down, sends a message instead. */
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
