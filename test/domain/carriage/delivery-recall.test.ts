/** A recall of a delivery in any state. */
import { describe, expect, test } from 'vitest';
import { advanceDelivery, type Delivery } from '../../../src/domain/carriage/delivery.ts';
import { ACCEPTED, DEFERRED, DUE, makeDelivery, outcomeOf } from '../../support/deliveries.ts';

describe('a recall', () => {
  const recalled = (over: Partial<Delivery>) =>
    advanceDelivery(makeDelivery(over), { kind: 'recalled' }, DUE).delivery;

  test('stops a delivery that was not sent', () => {
    expect(recalled({ channel: 'email' })).toMatchObject({ state: 'recalled', dueAt: null });
    expect(recalled({ channel: 'relay', tries: 3 })).toMatchObject({ state: 'recalled', dueAt: null });
  });

  test('changes what a chat shows, and is posted to a system; mail cannot be recalled', () => {
    const shownBefore = { state: 'sent', dueAt: null } as const;
    expect(recalled({ ...shownBefore, revisable: true })).toMatchObject({ state: 'recalled', dueAt: DUE });
    expect(recalled({ ...shownBefore, channel: 'webhook' })).toMatchObject({ dueAt: DUE });
    expect(recalled({ ...shownBefore, channel: 'email' })).toMatchObject({ dueAt: null });
  });

  test('is posted to a system that may have received the message, if no answer came', () => {
    const attempts = [{ at: DUE.toISOString(), outcome: 'deferred', code: 'timeout', ms: 1 }] as const;
    expect(recalled({ channel: 'webhook', attempts })).toMatchObject({ state: 'recalled', dueAt: DUE });
    expect(recalled({ channel: 'email', attempts })).toMatchObject({ state: 'recalled', dueAt: null });
  });

  test('that comes before an attempt ends that attempt, and nothing else', () => {
    const before = recalled({ channel: 'webhook' });
    const { delivery: after, consequence } = advanceDelivery(before, { kind: 'withheld', ms: 3 }, DUE);
    const attempts = [{ at: DUE.toISOString(), outcome: 'deferred', code: 'recalled', ms: 3 }];
    expect([after, consequence]).toEqual([{ ...before, tries: 1, attempts }, 'none']);
  });

  test('changes neither an acknowledgement nor a failure', () => {
    for (const state of ['acknowledged', 'declined', 'superseded'] as const)
      expect(recalled({ state, revisable: true, dueAt: null })).toMatchObject({ state, dueAt: DUE });
    for (const state of ['failed', 'expired'] as const)
      expect(recalled({ state, revisable: true, dueAt: null })).toMatchObject({ state, dueAt: null });
  });

  test('that comes during an attempt is shown after it; the attempt keeps its own outcome', () => {
    const before = recalled({ channel: 'webhook' });
    const { delivery: after, consequence } = advanceDelivery(before, outcomeOf(ACCEPTED), DUE);
    expect([after.state, after.dueAt, consequence]).toEqual(['recalled', DUE, 'reached']);
    const told = advanceDelivery(after, outcomeOf(ACCEPTED, 'recalled'), DUE);
    expect([told.delivery.dueAt, told.consequence]).toEqual([null, 'none']);
  });

  test('is posted again until a system accepts it, or the message has expired', () => {
    const waiting = recalled({ state: 'delivered', channel: 'webhook', dueAt: null });
    const later = advanceDelivery(waiting, outcomeOf(DEFERRED, 'recalled'), DUE).delivery.dueAt;
    expect(later?.getTime()).toBeGreaterThan(DUE.getTime());
  });

  test('is not undone by resending', () => {
    expect(advanceDelivery(recalled({}), { kind: 'again' }, DUE).delivery.state).toBe('recalled');
  });
});
