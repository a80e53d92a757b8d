/** A delivery as the rules of the domain see it, and what a channel answers to an attempt. */
import type { Outcome } from '../../src/domain/carriage/adapter.ts';
import type { Delivery, DeliveryEvent, DeliveryState } from '../../src/domain/carriage/delivery.ts';

/** When all of them are due. */
export const DUE = new Date('2026-11-20T02:00:00Z');
export const DAY_MS = 86_400_000;

/** A notice that waits for its first attempt and expires in a week. */
export const makeDelivery = (over: Partial<Delivery> = {}): Delivery => ({
  id: 'd1',
  kind: 'message',
  message: 'm1',
  to: 'did:web:gateway.test:fp:desk',
  endpoint: 'e1',
  channel: 'telegram',
  shows: 'notice',
  state: 'queued',
  tries: 0,
  attempts: [],
  dueAt: DUE,
  revisable: false,
  expiresAt: new Date(DUE.getTime() + 7 * DAY_MS),
  ...over,
});

export const ACCEPTED: Outcome = { kind: 'accepted', code: 'ok', reach: 'delivered' };
export const SHOWN: Outcome = {
  kind: 'accepted',
  code: 'ok',
  reach: 'sent',
  reference: '7',
  revisable: true,
};
export const DEFERRED: Outcome = { kind: 'deferred', code: 'busy' };
export const REJECTED: Outcome = { kind: 'rejected', code: 'no' };

/** An attempt that was made in this state ended so. */
export const outcomeOf = (what: Outcome, tried: DeliveryState = 'queued'): DeliveryEvent => ({
  kind: 'outcome',
  outcome: what,
  tried,
  ms: 1,
  jitter: 0,
});
