/**
 * Messages and their recipients as they were kept. A row that says otherwise than its MAC is not believed: the message is marked
 * as spoilt where that can be told to somebody, and counts as absent everywhere else.
 */

import type { MessageRow, RecipientRow } from './contracts/message-rows.ts';
import type { Grants, MessageSealed, RecipientSealed } from './grants.ts';
import { messageFrom, recipientFrom } from './rows.ts';

/** A message with the rows of its recipients. */
export interface PartsRecord {
  readonly message: MessageSealed;
  readonly recipients: readonly RecipientSealed[];
}

const SPOILT = { spoilt: true } as const;

/** A message, marked where its row is not what was kept. */
export const markedMessage = async (grants: Grants, record: MessageSealed): Promise<MessageRow> => ({
  ...messageFrom(record),
  ...((await grants.holds('message', record)) ? {} : SPOILT),
});

/** Those messages whose rows are what was kept. */
export async function soundMessages(
  grants: Grants,
  records: readonly MessageSealed[],
): Promise<readonly MessageRow[]> {
  const marked = await Promise.all(records.map((one) => markedMessage(grants, one)));
  return marked.filter((one) => one.spoilt !== true);
}

/** A message with its recipients, marked where one of these rows is not what was kept. */
export async function markedParts(
  grants: Grants,
  { message, recipients }: PartsRecord,
): Promise<{ readonly message: MessageRow; readonly recipients: readonly RecipientRow[] }> {
  const [marked, sound] = await Promise.all([
    markedMessage(grants, message),
    Promise.all(recipients.map((one) => grants.holds('recipient', one))),
  ]);
  return {
    message: { ...marked, ...(sound.every(Boolean) ? {} : SPOILT) },
    recipients: recipients.map(recipientFrom),
  };
}

/** Whether the rows of a message and of the recipient that something is about are what was kept. */
export const areSound = async (
  grants: Grants,
  { message, recipient }: { readonly message: MessageSealed; readonly recipient: RecipientSealed | null },
): Promise<boolean> =>
  (await grants.holds('message', message)) &&
  (recipient === null || (await grants.holds('recipient', recipient)));
