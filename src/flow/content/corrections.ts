/**
 * Corrections that the sender of a message sent later. They are shown beside the message wherever it is
 * opened.
 */

import type { Message } from '../../domain/message/message.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import { openForParty } from './opening.ts';

/**
 * The corrections of a message that a party may read, the oldest first. Recalled ones are left out, and those
 * without content.
 */
export async function readCorrections(
  gateway: Unsealing,
  row: MessageRow,
  party: string,
): Promise<readonly Message[]> {
  const thread = await gateway.store.threads.readThread(row.thread);
  const recalled = thread
    .filter((one) => one.type === 'recall' && one.sender === row.sender)
    .map((one) => one.about);
  const rows = thread.filter(
    (one) =>
      one.type === 'correction' &&
      one.about === row.id &&
      one.sender === row.sender &&
      !recalled.includes(one.id),
  );
  const opened = await Promise.all(rows.map((one) => openCorrection(gateway, one, party)));
  return opened.filter((one) => one !== undefined);
}

/** A correction that does not open must not prevent reading the message. */
async function openCorrection(
  gateway: Unsealing,
  row: MessageRow,
  party: string,
): Promise<Message | undefined> {
  try {
    return (await openForParty(gateway, row, party))?.message;
  } catch (fault) {
    if (fault instanceof Refusal) return undefined;
    throw fault;
  }
}
