/** Words back to an officer who has just tapped or written. */
import type { LinkTold, Outcome, Parcel } from '../../src/domain/carriage/adapter.ts';
import { answerTap, type Chat, messageId, post, rebutton } from './chat.ts';
import { firstButtons, groundButtons, oneLine, replyText, type Say } from './notice.ts';
import { taken } from './outcome.ts';
import { type Handle, readHandle, tapData } from './taps.ts';

type ReplyParcel = Extract<Parcel, { kind: 'reply' }>;

/** Says one word back: under the finger where a tap can still be answered, else in the chat. */
export async function reply(chat: Chat, parcel: ReplyParcel, say: Say): Promise<Outcome> {
  const handle = parcel.reply === undefined ? undefined : readHandle(parcel.reply);
  if (handle?.back !== undefined) await goBack(chat, handle.query, handle.back, say);
  else if (parcel.link !== undefined) await tellLink(chat, parcel, parcel.link, handle, say);
  else if (parcel.word === 'ask-ground' && parcel.about) await askGround(chat, parcel.about, handle, say);
  else await tell(chat, parcel, handle, replyText(parcel, say));
  return taken();
}

/** The grounds make room for the first buttons again. The link to open is in the notice's text all the time. */
async function goBack(chat: Chat, query: string, back: NonNullable<Handle['back']>, say: Say): Promise<void> {
  await rebutton(chat, back.message, firstButtons(back.delivery, say));
  await answerTap(chat, query);
}

/** The grounds take the place of the notice's buttons; where the notice is not known they come as a question. */
async function askGround(
  chat: Chat,
  about: NonNullable<ReplyParcel['about']>,
  handle: Handle | undefined,
  say: Say,
): Promise<void> {
  const rows = groundButtons(about.delivery, say);
  const text = replyText({ word: 'ask-ground' }, say);
  const message = messageId(about.reference);
  if (message !== undefined) await rebutton(chat, message, rows);
  else await post(chat, { text, entities: [], reply_markup: { inline_keyboard: rows } });
  if (handle !== undefined) await answerTap(chat, handle.query, text);
}

const LINK_TEXTS: Partial<Record<ReplyParcel['word'], string>> = {
  'link-ask': 'telegram-link-ask',
  'link-waits': 'telegram-link-waits',
};

/** As whom the account is to be linked, with a yes and a no; or that it is, with the way to undo it. */
async function tellLink(
  chat: Chat,
  { word }: ReplyParcel,
  { endpoint, officer, desk }: LinkTold,
  handle: Handle | undefined,
  say: Say,
): Promise<void> {
  const button = (act: 'yes' | 'no' | 'undo') => [
    { text: say(`telegram-button-link-${act}`), callback_data: tapData({ act, delivery: endpoint }) },
  ];
  const who = { officer: oneLine(officer), desk: oneLine(desk) };
  const text = say(LINK_TEXTS[word] ?? 'telegram-link-done', who);
  const inline_keyboard = word === 'link-ask' ? [button('yes'), button('no')] : [button('undo')];
  await post(chat, { text, entities: [], reply_markup: { inline_keyboard } });
  if (handle !== undefined) await answerTap(chat, handle.query);
}

/** Said in the chat, where it stays: what stands above it, that the account is linked, is true no more. */
const STAYS: readonly ReplyParcel['word'][] = ['unlinked'];

/** A query too old to be answered, as after a gateway that was down, gets a message: nobody is left without a word. */
async function tell(
  chat: Chat,
  parcel: ReplyParcel,
  handle: Handle | undefined,
  text: string,
): Promise<void> {
  const stays = STAYS.includes(parcel.word);
  if (handle !== undefined && (await answerTap(chat, handle.query, text)) && !stays) return;
  const shown = { text, entities: [], reply_markup: { inline_keyboard: [] } };
  await post(chat, shown, messageId(parcel.about?.reference));
}
