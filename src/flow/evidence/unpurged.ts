/**
 * Recalled messages of which copies remain out of reach. They are listed until somebody has dealt with them.
 */

import { unpurgedCopiesOf } from '../../domain/carriage/unpurged-copies.ts';
import type { UnpurgedCopy } from '../../domain/message/purging.ts';
import type { Verifying } from '../../gateway-parts.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import { readProvenMessage } from './proven-messages.ts';
import { readAllClaims } from './readable.ts';

const PAGE = 200;

/** A copy out of reach, and whether an officer of that focal point has acknowledged the recall since. */
interface UnreachableCopy extends UnpurgedCopy {
  readonly recall_acknowledged: boolean;
}

/** A recalled message with copies out of reach. */
export interface UnpurgedRecall {
  readonly message: string;
  readonly recall: string;
  readonly thread: string;
  readonly recalled_at: string;
  readonly unpurged: readonly UnreachableCopy[];
}

/**
 * Lists the copies of a recalled message that are out of this gateway's reach. A copy at another gateway
 * counts as such until that gateway has signed what it purged. After that, the copies that it names as out of
 * its own reach count.
 */
export function listUnreachableCopies(
  view: MessageView,
  recall: MessageView | undefined,
): readonly UnreachableCopy[] {
  const rows = recall === undefined ? view.evidence : [...view.evidence, ...recall.evidence];
  const words = readAllClaims(
    rows.filter((row) => row.event === 'ContentPurge' && row.recipient !== undefined),
  ).filter((one) => one.consignment === view.message.id);
  const since = recall?.message.acceptedAt ?? view.message.acceptedAt;
  const left = unpurgedCopiesOf(view.deliveries, since).flatMap((one): readonly UnpurgedCopy[] => {
    if (one.channel !== 'relay') return [one];
    const theirs = words.filter((word) => word.recipient === one.to && word.purge?.cause === 'recall');
    return theirs.length === 0 ? [one] : theirs.flatMap((word) => word.purge?.unpurged ?? []);
  });
  return left.map((one) => ({
    ...one,
    recall_acknowledged:
      recall?.recipients.find(({ to }) => to === one.to)?.effectiveAcknowledgement?.decision === 'accepted',
  }));
}

/** Every recall that left copies behind, oldest first. */
export async function listUnpurgedRecalls(gateway: Verifying): Promise<readonly UnpurgedRecall[]> {
  const found: UnpurgedRecall[] = [];
  let after = '';
  for (;;) {
    const page = await gateway.store.content.recalls(after, PAGE);
    for (const recall of page) found.push(...(await unpurgedOf(gateway, recall)));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return found;
    after = last.id;
  }
}

async function unpurgedOf(gateway: Verifying, recall: MessageRow): Promise<readonly UnpurgedRecall[]> {
  if (recall.about === undefined || recall.isTampered === true) return [];
  const [view, own] = await Promise.all([
    readProvenMessage(gateway, recall.about),
    readProvenMessage(gateway, recall.id),
  ]);
  if (view === undefined || view.message.sender !== recall.sender) return [];
  const unpurged = listUnreachableCopies(view, own);
  if (unpurged.length === 0) return [];
  const { id, thread, acceptedAt } = recall;
  return [{ message: view.message.id, recall: id, thread, recalled_at: acceptedAt.toISOString(), unpurged }];
}
