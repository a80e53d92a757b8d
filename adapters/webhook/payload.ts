/**
 * Makes the events for a partner's system, as `partner-event.ts` defines them. `timestamp` is the time of the event and not of the
 * attempt, so that a retry sends the same bytes.
 */
import type { MessageSummary, Parcel, ParcelContent } from '../../src/domain/carriage/adapter.ts';
import type { PartnerEvent, PartnerEventOf } from '../../src/domain/carriage/partner-event.ts';
import { present } from '../../src/domain/words/present.ts';

export type PostedParcel = Extract<
  Parcel,
  { kind: 'message' | 'evidence' | 'reminder' | 'revision' | 'note' }
>;

/** Composes the posted event. Times are RFC 3339, UTC. */
export function composePartnerEvent(parcel: PostedParcel): PartnerEvent {
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

const received = ({
  summary,
  content,
}: Extract<PostedParcel, { kind: 'message' }>): PartnerEventOf<'message.received'> => ({
  type: 'message.received',
  timestamp: summary.sentAt.toISOString(),
  data: { ...carriage(summary), ...shown(content) },
});

const issued = ({
  evidence,
  jws,
  summary,
}: Extract<PostedParcel, { kind: 'evidence' }>): PartnerEventOf<'evidence.issued'> => ({
  type: 'evidence.issued',
  timestamp: evidence.at,
  data: {
    ...present({ message: evidence.consignment }),
    event: evidence.event,
    ...drill(summary),
    evidence: jws,
  },
});

/** An act that is due. The receiver computes the delay from `until`, so that a retry sends the same bytes. */
const reminder = ({
  items,
}: Extract<PostedParcel, { kind: 'reminder' }>): PartnerEventOf<'message.reminder'> => ({
  type: 'message.reminder',
  timestamp: new Date(Math.max(...items.map((one) => one.at.getTime()))).toISOString(),
  data: {
    reminders: items.map((one) => ({
      ...carriage(one.summary),
      act: one.act,
      owner: one.owner.did,
      until: one.until.toISOString(),
      step: one.step,
      officer: one.officer ?? null,
    })),
  },
});

/** The sender has recalled the message: the receiver must delete its copies. */
const recalled = ({
  summary,
  recalledAt,
}: Extract<PostedParcel, { kind: 'revision' }>): PartnerEventOf<'message.recalled'> => ({
  type: 'message.recalled',
  timestamp: (recalledAt ?? summary.sentAt).toISOString(),
  data: { id: summary.message, thid: summary.thread, from: summary.sender.did, to: summary.recipient.did },
});

/** A note: a test of an endpoint, another endpoint that was switched off, an unlinked account, or a change of a PIN. */
function noted({ says, focalPoint, endpoint, at }: Extract<PostedParcel, { kind: 'note' }>): PartnerEvent {
  const timestamp = at.toISOString();
  const data = { focal_point: focalPoint.did, endpoint: endpoint.id };
  switch (says.what) {
    case 'test':
    case 'probe':
      return { type: 'endpoint.test', timestamp, data };
    case 'endpoint-off': {
      const { what: _what, ...off } = says;
      return { type: 'endpoint.off', timestamp, data: { focal_point: focalPoint.did, ...off } };
    }
    case 'account-replaced':
    case 'account-unlinked':
      return { type: 'account.ended', timestamp, data };
    case 'pin-set':
      return { type: 'pin.set', timestamp, data: { ...data, officer: says.officer } };
    case 'pin-locked':
    case 'pin-locked-other':
      return { type: 'pin.locked', timestamp, data: { ...data, officer: says.officer } };
    case 'account-confirmed':
      return { type: 'account.confirmed', timestamp, data };
    case 'endpoint-waiting': {
      const { what: _what, ...waiting } = says;
      return { type: 'endpoint.waiting', timestamp, data: { focal_point: focalPoint.did, ...waiting } };
    }
    case 'endpoint-counts': {
      const { what: _what, ...counts } = says;
      return { type: 'endpoint.counts', timestamp, data: { focal_point: focalPoint.did, ...counts } };
    }
    case 'key-made': {
      const { what: _what, ...made } = says;
      return { type: 'key.made', timestamp, data: { focal_point: focalPoint.did, ...made } };
    }
  }
}

/** Marks a drill in every payload, for systems that do not read the type. */
const drill = ({ type }: MessageSummary): { drill?: true } => (type === 'drill' ? { drill: true } : {});

/** The members that every notice may show. */
const carriage = (summary: MessageSummary) => ({
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

function shown(content: ParcelContent): Partial<PartnerEventOf<'message.received'>['data']> {
  switch (content.shows) {
    // A consignment is for gateways, and the webhook channel does not reach them.
    case 'notice':
    case 'consignment':
      return {};
    case 'sealed':
      return { sealed: content.sealed };
    case 'packet':
      return { message: content.message, jws: content.jws };
  }
}
