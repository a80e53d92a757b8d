/**
 * An endpoint has at most a fixed number of attempts under way. When one of them ends, there is room again.
 */
import { expect, test } from 'vitest';
import { ATTEMPTS_AT_ONCE, createAttemptCounter } from '../../src/flow/carry/attempt-counter.ts';

test('an endpoint is full at its limit, others are not, and the loop is woken when there is capacity again', async () => {
  let rings = 0;
  const crowd = createAttemptCounter(() => {
    rings += 1;
  });
  const jobs = Array.from({ length: ATTEMPTS_AT_ONCE + 1 }, () => crowd.countWork('slow', async () => {}));
  const other = crowd.countWork('other', async () => {});
  expect(crowd.fullEndpoints()).toEqual(['slow']);
  await jobs[0]?.();
  expect([crowd.fullEndpoints(), rings]).toEqual([['slow'], 0]);
  await jobs[1]?.();
  expect([crowd.fullEndpoints(), rings]).toEqual([[], 1]);
  for (const job of [...jobs.slice(2), other]) await job();
  expect([crowd.fullEndpoints(), rings]).toEqual([[], 1]);
});
