/** One endpoint has so many tries under way, and then no more; when one of them ends there is room again. */
import { expect, test } from 'vitest';
import { createCrowd, TO_ONE } from '../../src/flow/carry/crowd.ts';

test('an endpoint is full at its number, others are not, and the bell rings when there is room again', async () => {
  let rings = 0;
  const crowd = createCrowd(() => {
    rings += 1;
  });
  const jobs = Array.from({ length: TO_ONE + 1 }, () => crowd.counted('slow', async () => {}));
  const other = crowd.counted('other', async () => {});
  expect(crowd.full()).toEqual(['slow']);
  await jobs[0]?.();
  expect([crowd.full(), rings]).toEqual([['slow'], 0]);
  await jobs[1]?.();
  expect([crowd.full(), rings]).toEqual([[], 1]);
  for (const job of [...jobs.slice(2), other]) await job();
  expect([crowd.full(), rings]).toEqual([[], 1]);
});
