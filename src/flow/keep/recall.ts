/**
 * Recall: its originator takes a message back. What it asks is done as soon as it is kept, and by the clock where a crash
 * came in between; a message that comes after its recall is not taken.
 */

import type { MessageName } from '../../domain/message/message.ts';
import { isInForceAt } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Gateway } from '../../gateway.ts';
import type { Issuing, Judging, Storing } from '../../gateway-parts.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { purgeContent } from './purging.ts';

/** Recalls looked at in one round of the clock. */
const AT_ONCE = 100;

/** Purges what a recall is about. A fault is logged: the clock comes back to it. */
async function carryOut(gateway: Issuing, recall: MessageRow): Promise<void> {
  if (recall.about === undefined) return;
  try {
    await purgeContent(gateway, recall.about, { cause: 'recall', recall });
  } catch (fault) {
    gateway.log.error('recall.fault', {
      message: recall.id,
      fault: fault instanceof Error ? fault.name : 'unknown',
    });
  }
}

/** What a message that was just kept asks for: a recall is carried out; one that was recalled on its way here goes. */
export async function heedRecalls(gateway: Issuing, row: MessageRow, isRelayed: boolean): Promise<void> {
  if (row.type === 'recall') return carryOut(gateway, row);
  const recall = isRelayed ? await gateway.store.content.recallOf(row.id, row.sender) : undefined;
  if (recall !== undefined) await purgeContent(gateway, row.id, { cause: 'recall', recall, isLate: true });
}

/** Carries out what a process that crashed did not. */
export async function carryOutRecalls(gateway: Issuing): Promise<void> {
  for (const recall of await gateway.store.content.openRecalls(AT_ONCE)) await carryOut(gateway, recall);
}

/** Whether its sender has taken it back, as far as is known here. */
export const isRecalled = async (
  { store }: Pick<Gateway, 'store'>,
  { id, sender }: Pick<MessageRow, 'id' | 'sender'>,
): Promise<boolean> => (await store.content.recallOf(id, sender)) !== undefined;

/** @throws Refusal `recalled` where its sender has taken it back */
export async function checkNotRecalled(
  gateway: Storing,
  message: Pick<MessageRow, 'id' | 'sender'>,
): Promise<void> {
  if (await isRecalled(gateway, message))
    throw new Refusal('recalled', 'the sender has taken this message back');
}

/**
 * A recall goes to every recipient of the message who can still be reached: whoever was sent it must learn of it.
 * @throws Refusal `misaddressed`
 */
export async function checkRecall(
  gateway: Judging,
  { name, about, to }: { name: MessageName; about: string | undefined; to: readonly string[] },
): Promise<void> {
  if (name !== 'recall' || about === undefined) return;
  const left = ((await gateway.store.messages.readMessage(about))?.message.addressees ?? []).filter(
    (one) => !to.includes(one),
  );
  if (left.length === 0) return;
  const directory = await readDirectory(gateway, left);
  const now = gateway.now();
  const isReachable = (did: string): boolean => {
    const designation = findDesignation(directory, did);
    return designation !== undefined && isInForceAt(designation, now);
  };
  if (left.some(isReachable))
    throw new Refusal('misaddressed', 'a recall goes to every recipient of the message');
}
