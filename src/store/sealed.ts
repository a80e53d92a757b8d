/** Reads the sealed parts of a message as they came. */
import type { PendingQuery, Row, Sql } from 'postgres';
import { type LongText, textOf } from '../domain/words/long-text.ts';
import type { ContentStore } from './contracts/content.ts';
import { isLargeText } from './large-texts.ts';

export const sealed = (sql: Sql): Pick<ContentStore, 'sealedMessage' | 'consignment'> => ({
  async sealedMessage(message, to) {
    return textIn(sql`select jwe from sealed_message where message = ${message} and party = ${to}`);
  },

  async consignment(message) {
    return textIn(sql`select jws from consignment where message = ${message}`);
  },
});

/** The text in the only column of the only row, if there is one. A large one is returned as bytes. */
async function textIn(query: PendingQuery<Row[]>): Promise<LongText | undefined> {
  const [[bytes] = []] = await query.raw();
  if (bytes === undefined || bytes === null) return undefined;
  return isLargeText(bytes) ? bytes : textOf(bytes);
}
