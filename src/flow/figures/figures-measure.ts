/**
 * Measures stand in content: they are counted only where this gateway may open a message, in custody of one of its
 * parties, and no further than the one code. What it cannot read is counted as unread and never guessed.
 */
import { CHECKPOINT_MEASURES } from '../../domain/message/case-codes.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';
import { openForParty } from '../content/opening.ts';

/** The measure an indication tells of; undefined where it is not ours to read, or not kept any more. */
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
    // Whoever sealed it may have written anything: only a code of the list is counted.
    return CHECKPOINT_MEASURES.find((one) => one === measure);
  } catch (fault) {
    if (fault instanceof Refusal) return undefined;
    throw fault;
  }
}
