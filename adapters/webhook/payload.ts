/**
 * What a partner's system receives: `{ type, timestamp, data }` as Standard Webhooks recommends (§ Payload structure).
 * `timestamp` is when the thing happened, not when we tried, so a retry carries the same bytes.
 */
import type { Content, Parcel, Summary } from '../../src/domain/adapter.ts';

export type Posted = Extract<Parcel, { kind: 'message' | 'evidence' }>;

/** The bytes to post: `message.received` or `evidence.issued`. Times are RFC 3339, UTC. */
export function payload(parcel: Posted): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(
    JSON.stringify(parcel.kind === 'message' ? received(parcel) : issued(parcel)),
  );
}

const received = ({ summary, content }: Extract<Posted, { kind: 'message' }>) => ({
  type: 'message.received',
  timestamp: summary.sentAt.toISOString(),
  data: { ...carriage(summary), ...shown(content) },
});

const issued = ({ evidence, jws }: Extract<Posted, { kind: 'evidence' }>) => ({
  type: 'evidence.issued',
  timestamp: evidence.at,
  data: { message: evidence.consignment, event: evidence.event, evidence: jws },
});

/** What may be said anywhere. */
const carriage = (summary: Summary) => ({
  id: summary.message,
  thid: summary.thread,
  type: summary.type,
  urgency: summary.urgency,
  handling: summary.handling,
  from: summary.sender.did,
  to: summary.recipient.did,
  acknowledge_by: summary.acknowledgeBy.toISOString(),
  answer_by: summary.answerBy.toISOString(),
});

function shown(content: Content) {
  switch (content.shows) {
    // A consignment is for gateways, which are not reached this way.
    case 'notice':
    case 'consignment':
      return {};
    case 'sealed':
      return { sealed: content.sealed };
    case 'packet':
      return { message: content.message, jws: content.jws };
  }
}
