/** A note in a chat: a test, or news of the desk's own endpoints. */
import type { Parcel } from '../../src/domain/carriage/adapter.ts';
import { noteLine } from '../../src/domain/carriage/note.ts';
import { oneLine, type Say, type Shown, webLink } from './notice.ts';

/** The desk is named: one account may be linked to several. */
export function noting({ says, desk, link }: Extract<Parcel, { kind: 'note' }>, say: Say): Shown {
  const text = [say('note-desk', { name: oneLine(desk.name) }), noteLine(says, say)].join('\n');
  const url = webLink(link);
  const inline_keyboard = url === undefined ? [] : [[{ text: say('telegram-button-open'), url }]];
  return { text, entities: [], reply_markup: { inline_keyboard } };
}
