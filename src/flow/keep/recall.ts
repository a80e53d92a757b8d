/**
 * Recall: the originator takes a message back. A recall is carried out as soon as it is kept, or by the clock
 * if a crash came in between. A message that arrives after its recall is not taken.
 */

import type { MessageName } from '../../domain/message/message.ts';
import { isInForceAt } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Gateway } from '../../gateway.ts';
import type { Issuing, Judging, Storing } from '../../gateway-parts.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { purgeContent } from './purging.ts';

/** Recalls carried out in one round of the clock. */
const AT_ONCE = 100;

/** Purges the message of a recall. A fault is logged; the clock tries again. */
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

/**
 * Acts on a message that was just kept: carries out a recall, or purges a message whose recall came first.
 */
export async function heedRecalls(gateway: Issuing, row: MessageRow, isRelayed: boolean): Promise<void> {
  if (row.type === 'recall') return carryOut(gateway, row);
  const recall = isRelayed ? await gateway.store.content.recallOf(row.id, row.sender) : undefined;
  if (recall !== undefined) await purgeContent(gateway, row.id, { cause: 'recall', recall, isLate: true });
}

/** Carries out the recalls that a crashed process left. */
export async function carryOutRecalls(gateway: Issuing): Promise<void> {
  for (const recall of await gateway.store.content.openRecalls(AT_ONCE)) await carryOut(gateway, recall);
}

/** Whether its sender has recalled it, as far as is known here. */
export const isRecalled = async (
  { store }: Pick<Gateway, 'store'>,
  { id, sender }: Pick<MessageRow, 'id' | 'sender'>,
): Promise<boolean> => (await store.content.recallOf(id, sender)) !== undefined;

/** @throws Refusal `recalled` if its sender has recalled it */
export async function checkNotRecalled(
  gateway: Storing,
  message: Pick<MessageRow, 'id' | 'sender'>,
): Promise<void> {
  if (await isRecalled(gateway, message))
    throw new Refusal('recalled', 'the sender has recalled this message');
}

/**
 * A recall must go to every recipient of the message who can still be reached, so that each learns of it.
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
    throw new Refusal('misaddressed', 'a recall must go to every recipient of the message');
}
