/** How a delivery changes: the states one by one, then what must be true after any events in any order. */
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
  nextAttemptAt,
  RETRY_SECONDS,
} from '../../../src/domain/carriage/delivery.ts';
import { assertProperty } from '../../support/property.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DAY = 86_400_000;

const delivery = (over: Partial<Delivery> = {}): Delivery => ({
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
  dueAt: NOW,
  revisable: false,
  expiresAt: new Date(NOW.getTime() + 7 * DAY),
  ...over,
});

const accepted: Outcome = { kind: 'accepted', code: 'ok', reach: 'delivered' };
const shown: Outcome = { kind: 'accepted', code: 'ok', reach: 'sent', reference: '7', revisable: true };
const deferred: Outcome = { kind: 'deferred', code: 'busy' };
const rejected: Outcome = { kind: 'rejected', code: 'no' };

const outcome = (what: Outcome, tried: DeliveryState = 'queued'): DeliveryEvent => ({
  kind: 'outcome',
  outcome: what,
  tried,
  ms: 1,
  jitter: 0,
});

describe('a recall', () => {
  const recalled = (over: Partial<Delivery>) =>
    advanceDelivery(delivery(over), { kind: 'recalled' }, NOW).delivery;

  test('stops a delivery that was not sent', () => {
    expect(recalled({ channel: 'email' })).toMatchObject({ state: 'recalled', dueAt: null });
    expect(recalled({ channel: 'relay', tries: 3 })).toMatchObject({ state: 'recalled', dueAt: null });
  });

  test('changes what a chat shows, and is posted to a system; mail cannot be recalled', () => {
    const shownBefore = { state: 'sent', dueAt: null } as const;
    expect(recalled({ ...shownBefore, revisable: true })).toMatchObject({ state: 'recalled', dueAt: NOW });
    expect(recalled({ ...shownBefore, channel: 'webhook' })).toMatchObject({ dueAt: NOW });
    expect(recalled({ ...shownBefore, channel: 'email' })).toMatchObject({ dueAt: null });
  });

  test('is posted to a system that may have received the message, if no answer came', () => {
    const attempts = [{ at: NOW.toISOString(), outcome: 'deferred', code: 'timeout', ms: 1 }] as const;
    expect(recalled({ channel: 'webhook', attempts })).toMatchObject({ state: 'recalled', dueAt: NOW });
    expect(recalled({ channel: 'email', attempts })).toMatchObject({ state: 'recalled', dueAt: null });
  });

  test('that comes before an attempt ends that attempt, and nothing else', () => {
    const before = recalled({ channel: 'webhook' });
    const { delivery: after, consequence } = advanceDelivery(before, { kind: 'withheld', ms: 3 }, NOW);
    const attempts = [{ at: NOW.toISOString(), outcome: 'deferred', code: 'recalled', ms: 3 }];
    expect([after, consequence]).toEqual([{ ...before, tries: 1, attempts }, 'none']);
  });

  test('changes neither an acknowledgement nor a failure', () => {
    for (const state of ['acknowledged', 'declined', 'superseded'] as const)
      expect(recalled({ state, revisable: true, dueAt: null })).toMatchObject({ state, dueAt: NOW });
    for (const state of ['failed', 'expired'] as const)
      expect(recalled({ state, revisable: true, dueAt: null })).toMatchObject({ state, dueAt: null });
  });

  test('that comes during an attempt is shown after it; the attempt keeps its own outcome', () => {
    const before = recalled({ channel: 'webhook' });
    const { delivery: after, consequence } = advanceDelivery(before, outcome(accepted), NOW);
    expect([after.state, after.dueAt, consequence]).toEqual(['recalled', NOW, 'reached']);
    const told = advanceDelivery(after, outcome(accepted, 'recalled'), NOW);
    expect([told.delivery.dueAt, told.consequence]).toEqual([null, 'none']);
  });

  test('is posted again until a system accepts it, or the message has expired', () => {
    const waiting = recalled({ state: 'delivered', channel: 'webhook', dueAt: null });
    const later = advanceDelivery(waiting, outcome(deferred, 'recalled'), NOW).delivery.dueAt;
    expect(later?.getTime()).toBeGreaterThan(NOW.getTime());
  });

  test('is not undone by resending', () => {
    expect(advanceDelivery(recalled({}), { kind: 'again' }, NOW).delivery.state).toBe('recalled');
  });
});

describe('one step', () => {
  const steps: readonly [string, Partial<Delivery>, DeliveryEvent, Partial<Delivery>, string][] = [
    ['taken by a system', {}, outcome(accepted), { state: 'delivered', dueAt: null }, 'reached'],
    ['shown in a chat', {}, outcome(shown), { state: 'sent', dueAt: null, reference: '7' }, 'reached'],
    ['refused', {}, outcome(rejected), { state: 'failed', dueAt: null }, 'failed'],
    ['expired unsent', {}, { kind: 'expired' }, { state: 'expired', dueAt: null }, 'failed'],
    ['expired after it was sent', { state: 'sent' }, { kind: 'expired' }, { state: 'sent' }, 'none'],
    ['opened', { state: 'sent' }, { kind: 'opened' }, { state: 'opened', dueAt: null }, 'none'],
    ['opened, and shown so', { state: 'sent', revisable: true }, { kind: 'opened' }, { dueAt: NOW }, 'none'],
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
      { state: 'superseded', dueAt: NOW },
      'none',
    ],
  ];

  test.each(steps)('%s', (_name, before, event, after, consequence) => {
    const moved = advanceDelivery(delivery(before), event, NOW);
    expect(moved.delivery).toMatchObject(after);
    expect(moved.consequence).toBe(consequence);
  });

  test('a receipt after an acknowledgement changes what is shown, not the acknowledgement, and is on record once', () => {
    const first = advanceDelivery(delivery({ state: 'acknowledged', dueAt: null }), outcome(shown), NOW);
    expect(first).toMatchObject({
      delivery: { state: 'acknowledged', reference: '7', dueAt: NOW },
      consequence: 'reached',
    });
    expect(advanceDelivery(first.delivery, outcome(shown), NOW).consequence).toBe('none');
    const refused = delivery({ state: 'acknowledged', dueAt: null });
    expect(advanceDelivery(refused, outcome({ kind: 'rejected', code: 'x' }), NOW).consequence).toBe('none');
    const later = delivery({ state: 'acknowledged', reference: '7', revisable: true, dueAt: null });
    expect(advanceDelivery(later, outcome(shown, 'opened'), NOW).delivery.dueAt).toEqual(NOW);
    expect(advanceDelivery(later, outcome(shown, 'acknowledged'), NOW).delivery.dueAt).toBeNull();
  });

  test('a finished delivery that shows nothing is not attempted again', () => {
    const late = advanceDelivery(delivery({ state: 'superseded', dueAt: null }), outcome(deferred), NOW);
    expect(late.delivery.dueAt).toBeNull();
  });

  test('an attempt that would come after expiry is not made', () => {
    const soon = delivery({ expiresAt: new Date(NOW.getTime() + 5_000) });
    expect(advanceDelivery(soon, outcome(deferred), NOW)).toMatchObject({
      delivery: { state: 'failed', dueAt: null },
      consequence: 'failed',
    });
  });
});

const anyOutcome = fc.oneof<fc.Arbitrary<Outcome>[]>(
  fc.constantFrom(accepted, shown, rejected),
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
  let one = delivery();
  let at = NOW;
  for (const [event, seconds] of story) {
    at = new Date(at.getTime() + seconds * 1_000);
    const moved = advanceDelivery(one, event, at);
    each(one, event, moved, at);
    one = moved.delivery;
  }
  return one;
}

describe('a relay is asked for its receipt until the receipt is here', () => {
  const relay = { channel: 'relay', shows: 'sealed' } as const;
  const word: DeliveryEvent = { kind: 'decided', decision: 'accepted' };
  const decided = advanceDelivery(delivery(relay), word, NOW).delivery;

  test('evidence from there overtakes the receipt, and the next attempt stays due', () => {
    expect(advanceDelivery(delivery(relay), { kind: 'opened' }, NOW).delivery).toMatchObject({
      state: 'opened',
      dueAt: NOW,
    });
    expect(decided).toMatchObject({ state: 'acknowledged', dueAt: NOW });
    const again = advanceDelivery(decided, outcome(deferred, 'acknowledged'), NOW);
    expect(again).toMatchObject({ delivery: { state: 'acknowledged' }, consequence: 'none' });
    expect(again.delivery.dueAt?.getTime()).toBe(NOW.getTime() + (RETRY_SECONDS[0] ?? 0) * 1_000);
  });

  test('a late receipt is recorded once, and nothing more is asked', () => {
    const late = advanceDelivery(decided, outcome(accepted, 'acknowledged'), NOW);
    expect(late).toMatchObject({ delivery: { state: 'acknowledged', dueAt: null }, consequence: 'reached' });
    expect(advanceDelivery(late.delivery, outcome(accepted, 'acknowledged'), NOW).consequence).toBe('none');
    const refused = advanceDelivery(decided, outcome(rejected, 'acknowledged'), NOW);
    expect(refused).toMatchObject({ delivery: { state: 'acknowledged', dueAt: null }, consequence: 'none' });
  });

  test('an acknowledgement neither restarts a failed delivery nor asks again for a known receipt', () => {
    for (const before of [outcome(rejected), outcome(accepted)]) {
      const over = advanceDelivery(delivery(relay), before, NOW).delivery;
      expect(advanceDelivery(over, word, NOW).delivery).toMatchObject({ state: 'acknowledged', dueAt: null });
    }
  });
});

describe('resent by an operator', () => {
  const again = (over: Partial<Delivery>, at = NOW) =>
    advanceDelivery(delivery(over), { kind: 'again' }, at).delivery;

  test('a failed delivery restarts, due at once, and keeps its attempts', () => {
    const failed = advanceDelivery(delivery({ tries: 6 }), outcome(rejected), NOW).delivery;
    const moved = again(failed);
    expect(moved).toMatchObject({ state: 'queued', tries: 0, dueAt: NOW, attempts: failed.attempts });
    const deferredOnce = advanceDelivery(moved, outcome(deferred), NOW).delivery;
    expect(deferredOnce.dueAt?.getTime()).toBe(NOW.getTime() + (RETRY_SECONDS[0] ?? 0) * 1_000);
    expect(deferredOnce.attempts).toHaveLength(2);
    expect(advanceDelivery(moved, outcome(accepted), NOW)).toMatchObject({
      delivery: { state: 'delivered' },
      consequence: 'reached',
    });
  });

  test('no other delivery restarts, and none after its expiry', () => {
    for (const state of DELIVERY_STATES.filter((one) => one !== 'failed'))
      expect(again({ state })).toEqual(delivery({ state }));
    expect(again({ state: 'failed', dueAt: null, expiresAt: NOW }).state).toBe('failed');
  });
});

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
      const one = delivery({ state, dueAt: null, revisable: true });
      const shows = ['acknowledged', 'declined', 'superseded'].includes(state);
      expect(advanceDelivery(one, { kind: 'contested' }, NOW)).toEqual({
        delivery: { ...one, dueAt: shows ? NOW : null },
        consequence: 'none',
      });
    }
  });

  test('a settlement is shown where it was made, and replaces the acknowledgement shown elsewhere', () => {
    const elsewhere: DeliveryEvent = { kind: 'settled-elsewhere', settles: true };
    const here: DeliveryEvent = { kind: 'decided', decision: 'declined', settles: true };
    const moved = (state: DeliveryState, event: DeliveryEvent) =>
      advanceDelivery(delivery({ state, revisable: true }), event, NOW).delivery;
    expect(moved('acknowledged', here)).toMatchObject({ state: 'declined', dueAt: NOW });
    expect(moved('superseded', here)).toMatchObject({ state: 'declined', dueAt: NOW });
    for (const state of ['acknowledged', 'declined', 'superseded', 'sent'] as const)
      expect(moved(state, elsewhere)).toMatchObject({ state: 'superseded', dueAt: NOW });
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
    let one = delivery();
    for (let n = 0; n < 50; n += 1)
      one = advanceDelivery(one, outcome({ kind: 'deferred', code: `n${n}` }), NOW).delivery;
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

test('the retry schedule, its jitter, and a channel’s Retry-After of at most a day', () => {
  const any = fc.record({
    tries: fc.integer({ min: 1, max: 100 }),
    jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
    wish: fc.integer({ min: 0, max: 10 * 86_400 }),
  });
  const property = fc.property(any, ({ tries, jitter, wish }) => {
    const seconds =
      (nextAttemptAt(NOW, { tries, jitter, retryAfter: wish }).getTime() - NOW.getTime()) / 1_000;
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
          (nextAttemptAt(NOW, { tries, jitter: 0, retryAfter: wish, longest }).getTime() - NOW.getTime()) /
            1_000,
        ).toBeLessThanOrEqual(longest);
  expect([...RETRY_SECONDS]).toEqual([5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000]);
});
