/** Token buckets: never more than the policy allows in any period, and a debt that ends. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Bucket,
  DEFAULT_POLICIES,
  drawFromBucket,
  formatLimitField,
  formatPolicyField,
  refillBucket,
  remainingOf,
} from '../../../src/domain/words/limit.ts';
import { assertProperty } from '../../support/property.ts';

const policy = { quota: 60, window: 60 };

test('the calls allowed in any period are at most a full bucket and the rate for that period', () => {
  const waits = fc.array(fc.integer({ min: -2_000, max: 20_000 }), { minLength: 1, maxLength: 300 });
  assertProperty(
    fc.property(waits, (steps) => {
      let bucket: Bucket | undefined;
      let now = 1_000_000;
      let latest = now;
      let taken = 0;
      for (const step of steps) {
        now += step;
        latest = Math.max(latest, now);
        bucket = refillBucket(bucket, policy, policy.quota, now);
        if (bucket.tokens < 1) continue;
        bucket = drawFromBucket(bucket, 1, policy.quota);
        taken += 1;
      }
      // A clock set back and forward again gives no more than time that passed both ways.
      const passed = steps.reduce((sum, step) => sum + Math.max(0, step), 0) / 1_000;
      expect(taken).toBeLessThanOrEqual(policy.quota + passed * (policy.quota / policy.window));
    }),
  );
});

test('a debt is never larger than the bucket, and is gone after one window', () => {
  const full = refillBucket(undefined, policy, 60, 0);
  const broke = drawFromBucket(full, 1_000_000, 60);
  expect(broke.tokens).toBe(-60);
  expect(remainingOf(broke, 'unproven', policy)).toEqual({ policy: 'unproven', remaining: 0, more: 61 });
  expect(refillBucket(broke, policy, 60, 60_000).tokens).toBe(0);
  expect(refillBucket(broke, policy, 60, 61_000).tokens).toBe(1);
});

test('the header fields are lists of strings with parameters, as in the draft', () => {
  expect(formatPolicyField('focal-point', DEFAULT_POLICIES['focal-point'])).toBe('"focal-point";q=3000;w=60');
  const bucket = drawFromBucket(
    refillBucket(undefined, DEFAULT_POLICIES['focal-point'], 3_000, 0),
    0.5,
    3_000,
  );
  expect(formatLimitField(remainingOf(bucket, 'focal-point', DEFAULT_POLICIES['focal-point']))).toBe(
    '"focal-point";r=2999;t=1',
  );
});
