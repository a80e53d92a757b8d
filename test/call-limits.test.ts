/** Limits in one process and in several: memory is bounded, and together they allow what the policy says. */
import { describe, expect, test } from 'vitest';
import { createCallLimits } from '../src/call-limits.ts';
import { type CallUse, DEFAULT_POLICIES } from '../src/domain/words/limit.ts';

let clock = 1_000_000;
const now = () => new Date(clock);
const policies = { ...DEFAULT_POLICIES, 'focal-point': { quota: 100, window: 100 } };
const fresh = () => createCallLimits({ policies, now });
/** How many calls in a row are let through. */
const burst = (limits: ReturnType<typeof fresh>, caller: string): number => {
  let count = 0;
  while (count < 10_000 && limits.take('focal-point', caller)) count += 1;
  return count;
};

test('each caller has its own quota under each policy, and it refills with time', () => {
  const limits = fresh();
  expect([burst(limits, 'one'), burst(limits, 'two'), burst(limits, 'one')]).toEqual([100, 100, 0]);
  expect(limits.take('access-key', 'one')).toBe(true);
  clock += 10_000;
  expect(burst(limits, 'one')).toBe(10);
  clock += 1_000_000;
  expect(burst(limits, 'one')).toBe(100);
});

test('a million callers keep ten thousand buckets of a policy, and no other policy loses its own', () => {
  const limits = fresh();
  burst(limits, 'busy');
  for (let n = 0; n < 1_000_000; n += 1) limits.charge('unproven', `mark-${n}`);
  expect(limits.take('focal-point', 'busy')).toBe(false);
  expect(limits.left('unproven', 'mark-999999').remaining).toBe(59);
  // The longest unused was forgotten.
  expect(limits.left('unproven', 'mark-0').remaining).toBe(60);
  expect(limits.use().length).toBeLessThanOrEqual(400);
  expect(limits.use()).toEqual([]);
});

describe('several processes', () => {
  test('share the burst, and together allow what the policy says, however calls are spread', () => {
    const [first, second] = [fresh(), fresh()];
    const tell = () => {
      const [ofFirst, ofSecond] = [first.use(), second.use()];
      second.heard('first', ofFirst);
      first.heard('second', ofSecond);
    };
    tell();
    expect([burst(first, 'desk'), burst(second, 'desk')]).toEqual([50, 50]);
    tell();
    let let1 = 0;
    const started = clock;
    for (let round = 0; round < 200; round += 1) {
      clock += 2_000;
      let1 += burst(first, 'desk') + burst(second, 'desk');
      tell();
    }
    const perSecond = let1 / ((clock - started) / 1_000);
    expect(perSecond).toBeGreaterThan(0.6);
    expect(perSecond).toBeLessThan(1.1);
  });

  test('that have ended leave their share to the others', () => {
    const limits = fresh();
    limits.heard('other', []);
    expect(burst(limits, 'desk')).toBe(50);
    clock += 100_000;
    expect(burst(limits, 'desk')).toBe(100);
  });

  test('that report impossible numbers take nothing permanently', () => {
    const limits = fresh();
    const lie: CallUse = ['focal-point', 'desk', 1_000_000_000];
    limits.heard('liar', [lie, lie]);
    expect(burst(limits, 'desk')).toBe(0);
    clock += 300_000;
    expect(burst(limits, 'desk')).toBe(100);
  });
});
