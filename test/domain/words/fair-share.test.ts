/** A resource for many callers: no caller can take it from all others. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairShare } from '../../../src/domain/words/fair-share.ts';
import { assertProperty } from '../../support/property.ts';

const filled = (share: FairShare, holder?: string): number => {
  let taken = 0;
  while (share.tryTake(1, holder)) taken += 1;
  return taken;
};

test('one caller gets at most a half, the next one half of the rest', () => {
  const share = new FairShare(64);
  expect(['a', 'b', 'c', 'd'].map((one) => filled(share, one))).toEqual([32, 16, 8, 4]);
});

test('unknown callers share the whole', () => {
  const share = new FairShare(64);
  expect(filled(share)).toBe(64);
  expect(share.tryTake(1, 'a')).toBe(false);
});

test('a returned share can be used by any caller', () => {
  assertProperty(
    fc.property(fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 9 })), { maxLength: 60 }), (asked) => {
      const share = new FairShare(50);
      const taken = asked.filter(([holder, amount]) => share.tryTake(amount, String(holder)));
      expect(taken.reduce((sum, [, amount]) => sum + amount, 0)).toBeLessThanOrEqual(50);
      for (const [holder, amount] of taken) share.give(amount, String(holder));
      expect(filled(share, 'a')).toBe(25);
    }),
  );
});
