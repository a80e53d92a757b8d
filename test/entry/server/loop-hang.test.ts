/** A loop hangs if it stands still or computes for too long, not if the machine gives its thread no processor. */
import { expect, test } from 'vitest';
import { isLoopHanging, readMainThreadTimes, timesBetween } from '../../../src/entry/server/loop-hang.ts';

test.each([
  ['blocked without computing', 10, { ran: 0, waited: 0 }, true],
  ['computing on an idle machine', 10, { ran: 10, waited: 0.1 }, true],
  ['computing on a busy machine, for as long in all', 60, { ran: 10, waited: 60 }, true],
  ['a check too few', 9, { ran: 9, waited: 0 }, false],
  ['waiting for the processor', 10, { ran: 0.7, waited: 9.3 }, false],
  ['waiting for the processor, and its checks too', 10, { ran: 1, waited: 14 }, false],
  ['beating, after it computed a lot', 0, { ran: 40, waited: 0 }, false],
])('%s', (_, missed, since, hangs) => {
  expect(isLoopHanging(missed, since, 10)).toBe(hangs);
});

test('if the times cannot be read, the number of checks decides', () => {
  const times = { ran: 5, waited: 3600 };
  expect(timesBetween(undefined, times)).toBeUndefined();
  expect(timesBetween(times, undefined)).toBeUndefined();
  expect(timesBetween(times, { ran: 6, waited: 3602 })).toEqual({ ran: 1, waited: 2 });
  expect([9, 10].map((missed) => isLoopHanging(missed, undefined, 10))).toEqual([false, true]);
});

test('the times of a process that is not there are undefined', () => {
  expect(readMainThreadTimes(2 ** 30)).toBeUndefined();
});
