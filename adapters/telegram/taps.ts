/**
 * Taps: the `callback_data` of a notice's buttons (Bot API InlineKeyboardButton, 1 to 64 bytes), and the handle with which a tap is
 * answered. They contain only the delivery's id and our own codes.
 */
import { DECLINE_REASONS, type DeclineReason } from '../../src/domain/words/vocabulary.ts';

export type ButtonTap =
  | { readonly act: 'acknowledge'; readonly delivery: string }
  | { readonly act: 'decline'; readonly delivery: string }
  | { readonly act: 'back'; readonly delivery: string }
  /** About linking: `delivery` is the id of the new endpoint. */
  | { readonly act: 'yes' | 'no' | 'undo'; readonly delivery: string }
  | { readonly act: 'ground'; readonly delivery: string; readonly ground: DeclineReason };

const LETTERS = { acknowledge: 'a', decline: 'd', back: 'b', yes: 'y', no: 'n', undo: 'u' } as const;
const ACTS = { a: 'acknowledge', d: 'decline', b: 'back', y: 'yes', n: 'no', u: 'undo' } as const;

/** The longest data, `g:` with a delivery of 40 characters and the longest reason, has 59 bytes. */
const DATA = /^([adbgynu]):([0-9A-Za-z-]{1,40})(?::([a-z-]{1,20}))?$/;

export const dataOfTap = (tap: ButtonTap): string =>
  tap.act === 'ground' ? `g:${tap.delivery}:${tap.ground}` : `${LETTERS[tap.act]}:${tap.delivery}`;

/** Reads the data of a button; undefined if it is not one of ours. */
export function readTap(data: string): ButtonTap | undefined {
  const [, letter, delivery, named] = DATA.exec(data) ?? [];
  if (letter === undefined || delivery === undefined) return undefined;
  if (letter === 'g') {
    const ground = DECLINE_REASONS.find((one) => one === named);
    return ground && { act: 'ground', delivery, ground };
  }
  if (named !== undefined) return undefined;
  return { act: ACTS[letter as keyof typeof ACTS], delivery };
}

/** What a reply needs to know about its tap. */
export interface TapHandle {
  readonly query: string;
  /** The officer went back from the reasons: the notice `message` gets its first buttons again. */
  readonly back?: { readonly message: number; readonly delivery: string };
}

/**
 * The handle of a tap: the callback query's id. Only this channel knows the step back to the first buttons, so the handle itself
 * says which notice to restore.
 */
export const textOfHandle = (one: TapHandle): string =>
  one.back === undefined ? one.query : `${one.query}:${one.back.message}:${one.back.delivery}`;

export function readHandle(text: string): TapHandle {
  const [query = '', message, delivery] = text.split(':');
  return message === undefined || delivery === undefined
    ? { query }
    : { query, back: { message: Number(message), delivery } };
}
