/** A note in a chat: a test, or news about the focal point's own endpoints. */
import type { Parcel } from '../../src/domain/carriage/adapter.ts';
import { sentenceOfNote } from '../../src/domain/carriage/endpoint-note.ts';
import { type ChatMessage, singleLineOf, type Translate, webLinkOf } from './notice.ts';

/** Composes the note. It names the focal point, because one account may be linked to several. */
export function composeNote(
  { says, focalPoint, link }: Extract<Parcel, { kind: 'note' }>,
  translate: Translate,
): ChatMessage {
  const text = [
    translate('note-desk', { name: singleLineOf(focalPoint.name) }),
    sentenceOfNote(says, translate),
  ].join('\n');
  const url = webLinkOf(link);
  const inline_keyboard = url === undefined ? [] : [[{ text: translate('telegram-button-open'), url }]];
  return { text, entities: [], reply_markup: { inline_keyboard } };
}
