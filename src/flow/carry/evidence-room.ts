/**
 * How much another gateway may tell of one message to one desk. Honest ones stay far below; one that signs without end
 * fills neither the case nor the chats and mailboxes of the sender's people.
 */

import type { Evidence } from '../../domain/evidence/evidence.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';

/** Pieces of one event: twice as many as a desk may have officers. */
const KEPT_OF_ONE_EVENT = 400;

/** Of so many pieces of one event people are told; their systems are told of all. */
const TOLD_OF_ONE_EVENT = 10;

/**
 * Judges whether there is room for one more piece beside what is kept about its message.
 * @returns whether people are told of it
 * @throws Refusal `too-large`
 */
export function checkEvidenceRoom(
  claims: Evidence,
  kept: readonly EvidenceRow[],
): { readonly isForPeople: boolean } {
  const { event, recipient, by } = claims;
  const alike = kept.filter(
    (one) => one.event === event && one.recipient === recipient && one.signer === by,
  ).length;
  if (alike >= KEPT_OF_ONE_EVENT)
    throw new Refusal(
      'too-large',
      `${KEPT_OF_ONE_EVENT} pieces of evidence of this event are kept of the message, and no more are taken`,
    );
  return { isForPeople: alike < TOLD_OF_ONE_EVENT };
}
