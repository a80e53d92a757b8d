/**
 * Turns Telegram's updates (Bot API: Update) into arrivals. Reads only ids, our own codes and the language: no text that a person
 * wrote, and no name.
 */
import { z } from 'zod';
import type { Arrival, ReplyAddress } from '../../src/domain/carriage/adapter.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { type ButtonTap, readTap, textOfHandle } from './taps.ts';

const person = z.object({ id: z.int(), is_bot: z.boolean(), language_code: z.string().max(64).optional() });
const chat = z.object({ id: z.int(), type: z.string() });

const update = z.object({
  update_id: z.int().min(0),
  message: z.unknown().optional(),
  callback_query: z.unknown().optional(),
  my_chat_member: z.unknown().optional(),
});

const message = z.object({ chat, from: person, text: z.string().optional() });

/** Bot API `ChatMemberUpdated`: in a private chat the bot becomes a `member` when it is unblocked, `kicked` when blocked. */
const membership = z.object({
  chat,
  from: person,
  new_chat_member: z.object({ status: z.string().max(32) }),
});

/** `message` may be an InaccessibleMessage, which has only a chat and an id; they are enough. */
const callback = z.object({
  id: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/),
  from: person,
  message: z.object({ message_id: z.int(), chat }),
  data: z.string().max(64),
});

/** The start payload of a deep link: 1 to 64 of A-Z a-z 0-9 _ - (Bot features, Deep Linking). */
const START = /^\/start ([A-Za-z0-9_-]{1,64})$/;

/**
 * Turns one update, undefined if the body was not JSON, into arrivals. Groups, channels, bots and unknown kinds of updates give
 * no arrival. A refusal would make Telegram send them again and delay the person's next updates.
 */
export function arrivalsOf(body: unknown): readonly Arrival[] {
  if (body === undefined)
    return [{ kind: 'refused', code: 'malformed-json', detail: 'the body is not JSON' }];
  const whole = update.safeParse(body);
  if (!whole.success)
    return [{ kind: 'refused', code: 'invalid-body', detail: 'the body is not an update of the Bot API' }];
  const { update_id: id } = whole.data;
  const tapped = callback.safeParse(whole.data.callback_query);
  if (tapped.success) return fromTap(id, tapped.data);
  const member = membership.safeParse(whole.data.my_chat_member);
  if (member.success) return fromMembership(id, member.data);
  const written = message.safeParse(whole.data.message);
  return written.success ? fromText(id, written.data) : [];
}

/** Only a bot that is unblocked makes an arrival: nothing else shows that, but the next notice shows that a bot is blocked. */
const fromMembership = (id: number, one: z.infer<typeof membership>): readonly Arrival[] =>
  isPrivate(one) && one.new_chat_member.status === 'member'
    ? [{ kind: 'alive', reply: replyTo(id, one) }]
    : [];

function fromText(id: number, one: z.infer<typeof message>): readonly Arrival[] {
  if (!isPrivate(one)) return [];
  const reply = replyTo(id, one);
  const code = START.exec(one.text ?? '')?.[1];
  return [code === undefined ? { kind: 'chatter', reply } : { kind: 'link', code, reply }];
}

function fromTap(id: number, one: z.infer<typeof callback>): readonly Arrival[] {
  const where = { chat: one.message.chat, from: one.from };
  if (!isPrivate(where)) return [];
  const tap = readTap(one.data);
  const back =
    tap?.act === 'back' ? { back: { message: one.message.message_id, delivery: tap.delivery } } : {};
  return [fromButton(tap, { ...replyTo(id, where), handle: textOfHandle({ query: one.id, ...back }) })];
}

const isLinkAnswer = (tap: ButtonTap): tap is Extract<ButtonTap, { act: 'yes' | 'no' | 'undo' }> =>
  tap.act === 'yes' || tap.act === 'no' || tap.act === 'undo';

function fromButton(tap: ButtonTap | undefined, reply: ReplyAddress): Arrival {
  if (tap === undefined || tap.act === 'back') return { kind: 'chatter', reply };
  const { delivery } = tap;
  if (tap.act === 'decline') return { kind: 'ground-wanted', delivery, reply };
  if (isLinkAnswer(tap)) return { kind: 'link-answer', answer: tap.act, endpoint: delivery, reply };
  const by = { via: 'account', delivery, address: reply.address } as const;
  return tap.act === 'acknowledge'
    ? { kind: 'decision', by, decision: 'accepted', reply }
    : { kind: 'decision', by, decision: 'declined', ground: tap.ground, reply };
}

interface Where {
  readonly chat: z.infer<typeof chat>;
  readonly from: z.infer<typeof person>;
}

/** Whether the chat is private: its id is then the account's, so a tap comes from that account. */
const isPrivate = ({ chat, from }: Where): boolean =>
  chat.type === 'private' && chat.id === from.id && !from.is_bot;

const replyTo = (id: number, { chat, from }: Where): ReplyAddress => ({
  id: String(id),
  place: id,
  address: String(chat.id),
  lang: language(from.language_code),
});

function language(code = ''): string {
  const [primary] = code.toLowerCase().split('-');
  return LANGUAGES.find((one) => one === primary) ?? 'en';
}
