/** A note in a chat: a test, or news of the desk's own endpoints. */
import type { Parcel } from '../../src/domain/adapter.ts';
import { noteLine } from '../../src/domain/note.ts';
import { oneLine, type Say, type Shown } from './notice.ts';

/** The desk is named: one account may be linked to several. */
export function noting({ says, desk }: Extract<Parcel, { kind: 'note' }>, say: Say): Shown {
  const text = [say('note-desk', { name: oneLine(desk.name) }), noteLine(says, say)].join('\n');
  return { text, entities: [], reply_markup: { inline_keyboard: [] } };
}
