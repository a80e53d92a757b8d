/**
 * Limits how much evidence another gateway may send about one message and one focal point. Honest gateways
 * stay far below. A gateway that signs without end can fill neither the case nor the chats and mailboxes of
 * the sender's officers.
 */

import type { Evidence } from '../../domain/evidence/evidence.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';

/** Most pieces kept of one event: twice as many as a focal point may have officers. */
const KEPT_OF_ONE_EVENT = 400;

/** Officers are told of this many pieces of one event. Partner systems are told of all. */
const TOLD_OF_ONE_EVENT = 10;

/**
 * Checks whether one more piece of evidence may be kept about its message.
 * @returns `isForPeople`: whether officers are told of it
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
