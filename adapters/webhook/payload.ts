/**
 * What a partner's system receives: `{ type, timestamp, data }` as Standard Webhooks recommends (§ Payload structure).
 * `timestamp` is when the thing happened, not when we tried, so a retry carries the same bytes.
 */
import type { Content, Parcel, Summary } from '../../src/domain/adapter.ts';

export type Posted = Extract<Parcel, { kind: 'message' | 'evidence' | 'reminder' | 'revision' | 'note' }>;

/**
 * The bytes to post: `message.received`, `evidence.issued`, `message.reminder`, `message.recalled`, `endpoint.test` or
 * `endpoint.off`. Times are RFC 3339, UTC.
 */
export const payload = (parcel: Posted): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(said(parcel)));

function said(parcel: Posted) {
  switch (parcel.kind) {
    case 'message':
      return received(parcel);
    case 'evidence':
      return issued(parcel);
    case 'reminder':
      return reminder(parcel);
    case 'revision':
      return recalled(parcel);
    case 'note':
      return noted(parcel);
  }
}

const received = ({ summary, content }: Extract<Posted, { kind: 'message' }>) => ({
  type: 'message.received',
  timestamp: summary.sentAt.toISOString(),
  data: { ...carriage(summary), ...shown(content) },
});

const issued = ({ evidence, jws, summary }: Extract<Posted, { kind: 'evidence' }>) => ({
  type: 'evidence.issued',
  timestamp: evidence.at,
  data: { message: evidence.consignment, event: evidence.event, ...drill(summary), evidence: jws },
});

/** What is still owed. How late it is, its receiver can tell from `until`: a retry carries the same bytes. */
const reminder = ({ items }: Extract<Posted, { kind: 'reminder' }>) => ({
  type: 'message.reminder',
  timestamp: new Date(Math.max(...items.map((one) => one.at.getTime()))).toISOString(),
  data: {
    reminders: items.map((one) => ({
      ...carriage(one.summary),
      act: one.act,
      owner: one.owner.did,
      until: one.until.toISOString(),
      step: one.rung,
      officer: one.officer ?? null,
    })),
  },
});

/** The sender took it back: what was kept of it is to be deleted. */
const recalled = ({ summary, recalledAt }: Extract<Posted, { kind: 'revision' }>) => ({
  type: 'message.recalled',
  timestamp: recalledAt?.toISOString(),
  data: { id: summary.message, thid: summary.thread, from: summary.sender.did, to: summary.recipient.did },
});

const NOTE_TYPES = {
  test: 'endpoint.test',
  probe: 'endpoint.test',
  'endpoint-off': 'endpoint.off',
  'account-replaced': 'account.ended',
  'account-unlinked': 'account.ended',
} as const;

/** That an endpoint is tried, or that another one of the desk went off. */
const noted = ({ says, desk, endpoint, at }: Extract<Posted, { kind: 'note' }>) => {
  const { what, ...more } = says;
  return {
    type: NOTE_TYPES[what],
    timestamp: at.toISOString(),
    data: { focal_point: desk.did, endpoint: endpoint.id, ...more },
  };
};

/** An exercise says so in every payload, for systems that do not look at the type. */
const drill = ({ type }: Summary): { drill?: true } => (type === 'drill' ? { drill: true } : {});

/** What may be said anywhere. */
const carriage = (summary: Summary) => ({
  id: summary.message,
  thid: summary.thread,
  type: summary.type,
  ...drill(summary),
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
