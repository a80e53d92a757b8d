/**
 * Verifies messages and their recipients. A row whose MAC does not verify is not trusted: where it can be
 * reported, its message is marked as tampered; everywhere else it counts as absent.
 */

import type { MessageRow, RecipientRow } from './contracts/message-rows.ts';
import type { SealedMessageRecord, SealedRecipientRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { messageRowFrom, recipientRowFrom } from './message-records.ts';

/** A message with the rows of its recipients. */
export interface MessageWithRecipients {
  readonly message: SealedMessageRecord;
  readonly recipients: readonly SealedRecipientRecord[];
}

const TAMPERED = { isTampered: true } as const;

/** A message, marked if its row is tampered. */
export const markTamperedMessage = async (
  grants: Grants,
  record: SealedMessageRecord,
): Promise<MessageRow> => ({
  ...messageRowFrom(record),
  ...((await grants.isValid('message', record)) ? {} : TAMPERED),
});

/** The messages whose rows are valid. */
export async function onlyValidMessages(
  grants: Grants,
  records: readonly SealedMessageRecord[],
): Promise<readonly MessageRow[]> {
  const marked = await Promise.all(records.map((one) => markTamperedMessage(grants, one)));
  return marked.filter((one) => one.isTampered !== true);
}

/** A message with its recipients, marked if one of these rows is tampered. */
export async function markTamperedParts(
  grants: Grants,
  { message, recipients }: MessageWithRecipients,
): Promise<{ readonly message: MessageRow; readonly recipients: readonly RecipientRow[] }> {
  const [marked, valid] = await Promise.all([
    markTamperedMessage(grants, message),
    Promise.all(recipients.map((one) => grants.isValid('recipient', one))),
  ]);
  return {
    message: { ...marked, ...(valid.every(Boolean) ? {} : TAMPERED) },
    recipients: recipients.map(recipientRowFrom),
  };
}

/** Whether the rows of a message and of the recipient of something are valid. */
export const areRowsValid = async (
  grants: Grants,
  {
    message,
    recipient,
  }: { readonly message: SealedMessageRecord; readonly recipient: SealedRecipientRecord | null },
): Promise<boolean> =>
  (await grants.isValid('message', message)) &&
  (recipient === null || (await grants.isValid('recipient', recipient)));
