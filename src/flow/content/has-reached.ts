/**
 * Whether a message has come to a desk. Content first comes to it by a door that leaves evidence: to its system, to its
 * mailbox, or opened by an officer. What was only announced is told there in no other way before.
 */
import type { EvidenceEvent } from '../../domain/evidence/evidence.ts';
import type { MessageView } from '../../store/contracts/messages.ts';

/** Events by which content, and not only word of it, came to a desk. */
const CAME: readonly EvidenceEvent[] = ['ContentConsignment', 'ContentHandover', 'RelayToNonERDS'];

/** True of what the desk (DID) sent itself. */
export const hasReached = (
  { message, evidence }: Pick<MessageView, 'message' | 'evidence'>,
  focalPoint: string,
): boolean =>
  message.sender === focalPoint ||
  evidence.some((one) => one.recipient === focalPoint && CAME.includes(one.event));
