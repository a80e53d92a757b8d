/** How a delivery changes from state to state. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  advanceDelivery,
  DELIVERY_STATES,
  type Delivery,
  type DeliveryEvent,
  nextAttemptAt,
  RETRY_SECONDS,
} from '../../../src/domain/carriage/delivery.ts';
import {
  ACCEPTED,
  DEFERRED,
  DUE,
  makeDelivery,
  outcomeOf,
  REJECTED,
  SHOWN,
} from '../../support/deliveries.ts';
import { assertProperty } from '../../support/property.ts';

describe('one step', () => {
  const steps: readonly [string, Partial<Delivery>, DeliveryEvent, Partial<Delivery>, string][] = [
    ['taken by a system', {}, outcomeOf(ACCEPTED), { state: 'delivered', dueAt: null }, 'reached'],
    ['shown in a chat', {}, outcomeOf(SHOWN), { state: 'sent', dueAt: null, reference: '7' }, 'reached'],
    ['refused', {}, outcomeOf(REJECTED), { state: 'failed', dueAt: null }, 'failed'],
    ['expired unsent', {}, { kind: 'expired' }, { state: 'expired', dueAt: null }, 'failed'],
    ['expired after it was sent', { state: 'sent' }, { kind: 'expired' }, { state: 'sent' }, 'none'],
    ['opened', { state: 'sent' }, { kind: 'opened' }, { state: 'opened', dueAt: null }, 'none'],
    ['opened, and shown so', { state: 'sent', revisable: true }, { kind: 'opened' }, { dueAt: DUE }, 'none'],
    ['opened too late', { state: 'acknowledged' }, { kind: 'opened' }, { state: 'acknowledged' }, 'none'],
    [
      'accepted',
      { state: 'opened' },
      { kind: 'decided', decision: 'accepted' },
      { state: 'acknowledged' },
      'none',
    ],
    [
      'declined',
      { state: 'delivered' },
      { kind: 'decided', decision: 'declined' },
      { state: 'declined' },
      'none',
    ],
    [
      'decided after we gave up',
      { state: 'failed' },
      { kind: 'decided', decision: 'accepted' },
      { state: 'acknowledged' },
      'none',
    ],
    [
      'settled elsewhere',
      { state: 'sent', revisable: true },
      { kind: 'settled-elsewhere' },
      { state: 'superseded', dueAt: DUE },
      'none',
    ],
  ];

  test.each(steps)('%s', (_name, before, event, after, consequence) => {
    const moved = advanceDelivery(makeDelivery(before), event, DUE);
    expect(moved.delivery).toMatchObject(after);
    expect(moved.consequence).toBe(consequence);
  });

  test('a receipt after an acknowledgement changes what is shown, not the acknowledgement, and is on record once', () => {
    const first = advanceDelivery(
      makeDelivery({ state: 'acknowledged', dueAt: null }),
      outcomeOf(SHOWN),
      DUE,
    );
    expect(first).toMatchObject({
      delivery: { state: 'acknowledged', reference: '7', dueAt: DUE },
      consequence: 'reached',
    });
    expect(advanceDelivery(first.delivery, outcomeOf(SHOWN), DUE).consequence).toBe('none');
    const refused = makeDelivery({ state: 'acknowledged', dueAt: null });
    expect(advanceDelivery(refused, outcomeOf({ kind: 'rejected', code: 'x' }), DUE).consequence).toBe(
      'none',
    );
    const later = makeDelivery({ state: 'acknowledged', reference: '7', revisable: true, dueAt: null });
    expect(advanceDelivery(later, outcomeOf(SHOWN, 'opened'), DUE).delivery.dueAt).toEqual(DUE);
    expect(advanceDelivery(later, outcomeOf(SHOWN, 'acknowledged'), DUE).delivery.dueAt).toBeNull();
  });

  test('a finished delivery that shows nothing is not attempted again', () => {
    const late = advanceDelivery(
      makeDelivery({ state: 'superseded', dueAt: null }),
      outcomeOf(DEFERRED),
      DUE,
    );
    expect(late.delivery.dueAt).toBeNull();
  });

  test('an attempt that would come after expiry is not made', () => {
    const soon = makeDelivery({ expiresAt: new Date(DUE.getTime() + 5_000) });
    expect(advanceDelivery(soon, outcomeOf(DEFERRED), DUE)).toMatchObject({
      delivery: { state: 'failed', dueAt: null },
      consequence: 'failed',
    });
  });
});

describe('a relay is asked for its receipt until the receipt is here', () => {
  const relay = { channel: 'relay', shows: 'sealed' } as const;
  const word: DeliveryEvent = { kind: 'decided', decision: 'accepted' };
  const decided = advanceDelivery(makeDelivery(relay), word, DUE).delivery;

  test('evidence from there overtakes the receipt, and the next attempt stays due', () => {
    expect(advanceDelivery(makeDelivery(relay), { kind: 'opened' }, DUE).delivery).toMatchObject({
      state: 'opened',
      dueAt: DUE,
    });
    expect(decided).toMatchObject({ state: 'acknowledged', dueAt: DUE });
    const again = advanceDelivery(decided, outcomeOf(DEFERRED, 'acknowledged'), DUE);
    expect(again).toMatchObject({ delivery: { state: 'acknowledged' }, consequence: 'none' });
    expect(again.delivery.dueAt?.getTime()).toBe(DUE.getTime() + (RETRY_SECONDS[0] ?? 0) * 1_000);
  });

  test('a late receipt is recorded once, and nothing more is asked', () => {
    const late = advanceDelivery(decided, outcomeOf(ACCEPTED, 'acknowledged'), DUE);
    expect(late).toMatchObject({ delivery: { state: 'acknowledged', dueAt: null }, consequence: 'reached' });
    expect(advanceDelivery(late.delivery, outcomeOf(ACCEPTED, 'acknowledged'), DUE).consequence).toBe('none');
    const refused = advanceDelivery(decided, outcomeOf(REJECTED, 'acknowledged'), DUE);
    expect(refused).toMatchObject({ delivery: { state: 'acknowledged', dueAt: null }, consequence: 'none' });
  });

  test('an acknowledgement neither restarts a failed delivery nor asks again for a known receipt', () => {
    for (const before of [outcomeOf(REJECTED), outcomeOf(ACCEPTED)]) {
      const over = advanceDelivery(makeDelivery(relay), before, DUE).delivery;
      expect(advanceDelivery(over, word, DUE).delivery).toMatchObject({ state: 'acknowledged', dueAt: null });
    }
  });
});

describe('resent by an operator', () => {
  const again = (over: Partial<Delivery>, at = DUE) =>
    advanceDelivery(makeDelivery(over), { kind: 'again' }, at).delivery;

  test('a failed delivery restarts, due at once, and keeps its attempts', () => {
    const failed = advanceDelivery(makeDelivery({ tries: 6 }), outcomeOf(REJECTED), DUE).delivery;
    const moved = again(failed);
    expect(moved).toMatchObject({ state: 'queued', tries: 0, dueAt: DUE, attempts: failed.attempts });
    const deferredOnce = advanceDelivery(moved, outcomeOf(DEFERRED), DUE).delivery;
    expect(deferredOnce.dueAt?.getTime()).toBe(DUE.getTime() + (RETRY_SECONDS[0] ?? 0) * 1_000);
    expect(deferredOnce.attempts).toHaveLength(2);
    expect(advanceDelivery(moved, outcomeOf(ACCEPTED), DUE)).toMatchObject({
      delivery: { state: 'delivered' },
      consequence: 'reached',
    });
  });

  test('no other delivery restarts, and none after its expiry', () => {
    for (const state of DELIVERY_STATES.filter((one) => one !== 'failed'))
      expect(again({ state })).toEqual(makeDelivery({ state }));
    expect(again({ state: 'failed', dueAt: null, expiresAt: DUE }).state).toBe('failed');
  });
});

test('the retry schedule, its jitter, and a channel’s Retry-After of at most a day', () => {
  const any = fc.record({
    tries: fc.integer({ min: 1, max: 100 }),
    jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
    wish: fc.integer({ min: 0, max: 10 * 86_400 }),
  });
  const property = fc.property(any, ({ tries, jitter, wish }) => {
    const seconds =
      (nextAttemptAt(DUE, { tries, jitter, retryAfter: wish }).getTime() - DUE.getTime()) / 1_000;
    const step = RETRY_SECONDS[Math.min(tries, RETRY_SECONDS.length) - 1] ?? 0;
    const asked = Math.min(wish, 86_400);
    expect(seconds).toBeGreaterThanOrEqual(Math.max(step, asked));
    expect(seconds).toBeLessThanOrEqual(Math.max(step * 1.2, asked));
  });
  assertProperty(property);
  for (const longest of [60, 300, 1_800])
    for (const tries of [1, 5, 9])
      for (const wish of [0, 9_999_999_999])
        expect(
          (nextAttemptAt(DUE, { tries, jitter: 0, retryAfter: wish, longest }).getTime() - DUE.getTime()) /
            1_000,
        ).toBeLessThanOrEqual(longest);
  expect([...RETRY_SECONDS]).toEqual([5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000]);
});
