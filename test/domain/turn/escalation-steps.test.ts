/**
 * The events of a delivery: what is recorded for every outcome, on every channel, whatever it shows (DESIGN: the life
 * of a delivery). A step that ends nothing and reaches nobody leaves no evidence.
 */
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/domain/carriage/adapter.ts';
import { advanceDelivery, type Delivery, type DeliveryEvent } from '../../../src/domain/carriage/delivery.ts';
import { ETSI_EVENTS, type EvidenceEvent, eventOfDelivery } from '../../../src/domain/evidence/evidence.ts';
import { ALL_CHANNELS, type Channel, SHOWN_CONTENT, type Shows } from '../../../src/domain/party/channel.ts';

const NOW = new Date('2026-11-20T02:00:00Z');

/** The two events of a way: it got there, or it did not. */
const WAYS: Readonly<Record<Channel, Readonly<Record<Shows, readonly [EvidenceEvent, EvidenceEvent]>>>> = {
  webhook: {
    sealed: ['ContentConsignment', 'ContentConsignmentFailure'],
    packet: ['ContentConsignment', 'ContentConsignmentFailure'],
    notice: ['ConsignmentNotification', 'ConsignmentNotificationFailure'],
  },
  telegram: {
    sealed: ['RelayToNonERDS', 'RelayToNonERDSFailure'],
    packet: ['RelayToNonERDS', 'RelayToNonERDSFailure'],
    notice: ['ConsignmentNotification', 'ConsignmentNotificationFailure'],
  },
  email: {
    sealed: ['RelayToNonERDS', 'RelayToNonERDSFailure'],
    packet: ['RelayToNonERDS', 'RelayToNonERDSFailure'],
    notice: ['ConsignmentNotification', 'ConsignmentNotificationFailure'],
  },
  relay: {
    sealed: ['RelayAcceptance', 'RelayFailure'],
    packet: ['RelayAcceptance', 'RelayFailure'],
    notice: ['RelayAcceptance', 'RelayFailure'],
  },
  none: {
    sealed: ['ContentConsignmentFailure', 'ContentConsignmentFailure'],
    packet: ['ContentConsignmentFailure', 'ContentConsignmentFailure'],
    notice: ['ContentConsignmentFailure', 'ContentConsignmentFailure'],
  },
};

const ended = (outcome: Outcome, tried: Delivery['state'] = 'queued'): DeliveryEvent => ({
  kind: 'outcome',
  outcome,
  tried,
  ms: 1,
  jitter: 0,
});

/** What may come of a delivery that waits, and which of the two events that is; none where it only waits on. */
const OUTCOMES: readonly (readonly [string, DeliveryEvent, Partial<Delivery>, 0 | 1 | undefined])[] = [
  ['handed to a carrier', ended({ kind: 'accepted', code: 'ok', reach: 'sent' }), {}, 0],
  ['taken by a system', ended({ kind: 'accepted', code: 'ok', reach: 'delivered' }), {}, 0],
  ['put off, with time to try again', ended({ kind: 'deferred', code: 'busy' }), {}, undefined],
  ['put off for the last time', ended({ kind: 'deferred', code: 'busy' }), { expiresAt: NOW }, 1],
  ['refused', ended({ kind: 'rejected', code: 'refused' }), {}, 1],
  ['bounced at once: the address is dead', ended({ kind: 'rejected', code: 'gone', gone: true }), {}, 1],
  ['at an endpoint that was disabled', ended({ kind: 'rejected', code: 'endpoint-disabled' }), {}, 1],
  ['to a desk whose designation ended', ended({ kind: 'rejected', code: 'designation-ended' }), {}, 1],
  ['expired', { kind: 'expired' }, {}, 1],
  ['expired after it was sent', { kind: 'expired' }, { state: 'sent' }, undefined],
  [
    'overtaken by an officer’s word, yet carried',
    ended({ kind: 'accepted', code: 'ok', reach: 'sent' }),
    { state: 'acknowledged' },
    0,
  ],
  [
    'overtaken by an officer’s word, and refused',
    ended({ kind: 'rejected', code: 'refused' }),
    { state: 'acknowledged' },
    undefined,
  ],
];

const delivery = (channel: Channel, shows: Shows, over: Partial<Delivery>): Delivery => ({
  id: 'd1',
  kind: 'message',
  message: 'm1',
  to: 'did:web:gateway.test:fp:desk',
  endpoint: 'e1',
  channel,
  shows,
  state: 'queued',
  tries: 0,
  attempts: [],
  dueAt: NOW,
  revisable: false,
  expiresAt: new Date(NOW.getTime() + 86_400_000),
  ...over,
});

describe.each(ALL_CHANNELS)('by %s', (channel) => {
  describe.each(SHOWN_CONTENT)('showing %s', (shows) => {
    test.each(OUTCOMES)('%s', (_name, event, over, which) => {
      const { consequence } = advanceDelivery(delivery(channel, shows, over), event, NOW);
      const recorded =
        consequence === 'none' ? undefined : eventOfDelivery(channel, shows, consequence === 'reached');
      expect(recorded).toBe(which === undefined ? undefined : WAYS[channel][shows][which]);
    });
  });
});

test('every event comes from carriage, a person, a gateway’s API, or a clock', () => {
  const carriage = Object.values(WAYS).flatMap((shows) => Object.values(shows).flat());
  const others: readonly EvidenceEvent[] = [
    'SubmissionAcceptance',
    'SubmissionRejection',
    'RelayRejection',
    'ConsignmentAcceptance',
    'ConsignmentRejection',
    'AcceptanceRejectionExpiry',
    'ContentHandover',
    'ContentHandoverFailure',
  ];
  expect(new Set([...carriage, ...others])).toEqual(new Set(ETSI_EVENTS));
});
