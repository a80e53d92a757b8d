/**
 * Measures are part of the content. They are counted only if this gateway may open the message, and nothing
 * but the code is read. A message that cannot be opened is counted as unread, never guessed.
 */
import { CHECKPOINT_MEASURES } from '../../domain/message/case-codes.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';
import { openForParty } from '../content/opening.ts';

/** The measure in an indication; undefined if this gateway may not read it, or it is no longer kept. */
export async function readMeasure(
  gateway: Unsealing,
  { message, recipients }: Pick<ThreadMessage, 'message' | 'recipients'>,
): Promise<string | undefined> {
  if (message.type !== 'indication') return undefined;
  for (const party of [message.sender, ...recipients.map((one) => one.to)]) {
    const measure = await readBy(gateway, message, party);
    if (measure !== undefined) return measure;
  }
  return undefined;
}

async function readBy(gateway: Unsealing, message: MessageRow, party: string): Promise<string | undefined> {
  try {
    const measure = (await openForParty(gateway, message, party))?.message.body['measure'];
    // A sealed text may contain anything: only codes of the list are counted.
    return CHECKPOINT_MEASURES.find((one) => one === measure);
  } catch (fault) {
    if (fault instanceof Refusal) return undefined;
    throw fault;
  }
}
