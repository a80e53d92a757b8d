/** Rules that hold for a delivery whatever happens to it, in whatever order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/domain/carriage/adapter.ts';
import {
  advanceDelivery,
  DELIVERY_STATES,
  type Delivery,
  type DeliveryEvent,
  type DeliveryState,
  isAcknowledgedState,
  isFinishedState,
} from '../../../src/domain/carriage/delivery.ts';
import { ACCEPTED, DUE, makeDelivery, outcomeOf, REJECTED, SHOWN } from '../../support/deliveries.ts';
import { assertProperty } from '../../support/property.ts';

const anyOutcome = fc.oneof<fc.Arbitrary<Outcome>[]>(
  fc.constantFrom(ACCEPTED, SHOWN, REJECTED),
  fc.record({
    kind: fc.constant('deferred' as const),
    code: fc.constant('busy'),
    retryAfter: fc.integer({ min: 0, max: 10 * 86_400 }),
  }),
  fc.constant({ kind: 'rejected', code: 'gone', gone: true }),
);

const anyEvent = fc.oneof<fc.Arbitrary<DeliveryEvent>[]>(
  fc.record({
    kind: fc.constant('outcome' as const),
    outcome: anyOutcome,
    tried: fc.constantFrom(...DELIVERY_STATES),
    ms: fc.nat(1_000),
    jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
  fc.constantFrom<DeliveryEvent[]>(
    { kind: 'opened' },
    { kind: 'decided', decision: 'accepted' },
    { kind: 'decided', decision: 'declined' },
    { kind: 'decided', decision: 'declined', settles: true },
    { kind: 'settled-elsewhere' },
    { kind: 'settled-elsewhere', settles: true },
    { kind: 'contested' },
    { kind: 'expired' },
    { kind: 'again' },
  ),
);

/** A story: events with the seconds between them. */
const anyStory = fc.array(fc.tuple(anyEvent, fc.nat(40_000)), { maxLength: 40 });

/** Plays a story and calls `each` with what was before and what came. */
function play(
  story: readonly (readonly [DeliveryEvent, number])[],
  each: (before: Delivery, event: DeliveryEvent, moved: ReturnType<typeof advanceDelivery>, at: Date) => void,
): Delivery {
  let one = makeDelivery();
  let at = DUE;
  for (const [event, seconds] of story) {
    at = new Date(at.getTime() + seconds * 1_000);
    const moved = advanceDelivery(one, event, at);
    each(one, event, moved, at);
    one = moved.delivery;
  }
  return one;
}

describe('whatever happens, in whatever order', () => {
  test('an acknowledgement is final, except for one that settles a contradiction', () => {
    const property = fc.property(anyStory, (story) => {
      play(story, (before, event, { delivery: after }) => {
        const settles = 'settles' in event && event.settles === true;
        if (isAcknowledgedState(before.state) && !settles) expect(after.state).toBe(before.state);
        if (isFinishedState(before.state) && event.kind !== 'again')
          expect(isFinishedState(after.state)).toBe(true);
      });
    });
    assertProperty(property);
  });

  test('a contradiction changes no state, and is shown wherever an acknowledgement is shown', () => {
    for (const state of DELIVERY_STATES) {
      const one = makeDelivery({ state, dueAt: null, revisable: true });
      const shows = ['acknowledged', 'declined', 'superseded'].includes(state);
      expect(advanceDelivery(one, { kind: 'contested' }, DUE)).toEqual({
        delivery: { ...one, dueAt: shows ? DUE : null },
        consequence: 'none',
      });
    }
  });

  test('a settlement is shown where it was made, and replaces the acknowledgement shown elsewhere', () => {
    const elsewhere: DeliveryEvent = { kind: 'settled-elsewhere', settles: true };
    const here: DeliveryEvent = { kind: 'decided', decision: 'declined', settles: true };
    const moved = (state: DeliveryState, event: DeliveryEvent) =>
      advanceDelivery(makeDelivery({ state, revisable: true }), event, DUE).delivery;
    expect(moved('acknowledged', here)).toMatchObject({ state: 'declined', dueAt: DUE });
    expect(moved('superseded', here)).toMatchObject({ state: 'declined', dueAt: DUE });
    for (const state of ['acknowledged', 'declined', 'superseded', 'sent'] as const)
      expect(moved(state, elsewhere)).toMatchObject({ state: 'superseded', dueAt: DUE });
    for (const state of ['failed', 'expired'] as const) expect(moved(state, elsewhere).state).toBe(state);
  });

  test('an outcome changes a delivery only while one is awaited; that it was reached is reported once at most', () => {
    const property = fc.property(anyStory, (story) => {
      let reached = 0;
      play(story.slice(0, 10), (before, event, { delivery: after, consequence }) => {
        if (event.kind === 'outcome' && before.state !== 'queued') expect(after.state).toBe(before.state);
        if (before.state !== 'queued') expect(consequence).not.toBe('failed');
        if (consequence === 'reached') reached += 1;
      });
      expect(reached).toBeLessThanOrEqual(1);
    });
    assertProperty(property);
  });

  test('tries are counted, attempts are bounded, and the first and the last are kept', () => {
    const property = fc.property(anyStory, (story) => {
      const outcomes = story.filter(([event]) => event.kind === 'outcome').length;
      let since = 0;
      const end = play(story, (before, event, { delivery: after }) => {
        if (event.kind === 'outcome') since += 1;
        if (before.state === 'failed' && after.state === 'queued') since = 0;
      });
      expect(end.tries).toBe(since);
      expect(end.attempts.length).toBe(Math.min(outcomes, 20));
    });
    assertProperty(property);
    let one = makeDelivery();
    for (let n = 0; n < 50; n += 1)
      one = advanceDelivery(one, outcomeOf({ kind: 'deferred', code: `n${n}` }), DUE).delivery;
    const codes = one.attempts.map((attempt) => attempt.code);
    expect(codes).toHaveLength(20);
    expect([codes[0], codes[9], codes[10], codes[19]]).toEqual(['n0', 'n9', 'n40', 'n49']);
  });

  test('a waiting delivery is due before it expires, and a finished one has nothing left but to show', () => {
    const property = fc.property(anyStory, (story) => {
      play(story, (_before, event, { delivery: after }, at) => {
        if (event.kind === 'outcome' && after.dueAt !== null && after.dueAt > at) {
          expect(after.dueAt.getTime()).toBeLessThan(after.expiresAt.getTime());
        }
        if (isFinishedState(after.state) && after.dueAt !== null) expect(after.revisable).toBe(true);
        if (after.state === 'queued') expect(after.dueAt).not.toBeNull();
      });
    });
    assertProperty(property);
  });
});
