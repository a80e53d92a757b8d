/**
 * Whether a message's content has reached a focal point. It first arrives by a step that leaves evidence: the
 * focal point's system took it, its mailbox took it, or an officer opened it. Before that, no other route may
 * show the content there.
 */
import type { EvidenceEvent } from '../../domain/evidence/evidence.ts';
import type { MessageView } from '../../store/contracts/messages.ts';

/** Events by which the content itself reached a focal point, not only a notice of it. */
const CONTENT_EVENTS: readonly EvidenceEvent[] = ['ContentConsignment', 'ContentHandover', 'RelayToNonERDS'];

/** Also true for a message that the focal point (DID) sent itself. */
export const hasReached = (
  { message, evidence }: Pick<MessageView, 'message' | 'evidence'>,
  focalPoint: string,
): boolean =>
  message.sender === focalPoint ||
  evidence.some((one) => one.recipient === focalPoint && CONTENT_EVENTS.includes(one.event));
