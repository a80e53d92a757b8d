/** The circuit breaker: five failures in a row close an endpoint for half a minute; one probe opens it again. */
import { expect, test } from 'vitest';
import type { Outcome } from '../../src/domain/carriage/adapter.ts';
import { createBreaker } from '../../src/flow/carry/breaker.ts';

const START = Date.parse('2026-11-20T02:00:00Z');
const at = (seconds: number): Date => new Date(START + seconds * 1_000);
const failed: Outcome = { kind: 'deferred', code: 'http-503' };

test('opens after five failures in a row, lets one probe through, and closes on success', () => {
  const breaker = createBreaker();
  for (let n = 0; n < 4; n += 1) breaker.noteOutcome('e', failed, at(0));
  expect(breaker.secondsToRest('e', at(0))).toBe(0);
  breaker.noteOutcome('e', failed, at(0));
  expect(breaker.secondsToRest('e', at(10))).toBe(20);
  expect(breaker.secondsToRest('other', at(10))).toBe(0);
  expect(breaker.secondsToRest('e', at(30))).toBe(0);
  expect(breaker.secondsToRest('e', at(31))).toBe(29);
  breaker.noteOutcome('e', { kind: 'accepted', code: 'ok', reach: 'delivered' }, at(32));
  expect(breaker.secondsToRest('e', at(32))).toBe(0);
});

test('neither a refusal nor a peer that asks for time counts as a failure', () => {
  const breaker = createBreaker();
  for (let n = 0; n < 9; n += 1) breaker.noteOutcome('e', { ...failed, retryAfter: 60 }, at(n));
  for (let n = 0; n < 9; n += 1) breaker.noteOutcome('f', { kind: 'rejected', code: 'http-410' }, at(n));
  expect([breaker.secondsToRest('e', at(9)), breaker.secondsToRest('f', at(9))]).toEqual([0, 0]);
});

test('a sign of life after the last failure closes it at once; an older one does not', () => {
  const breaker = createBreaker();
  for (let n = 0; n < 5; n += 1) breaker.noteOutcome('e', failed, at(10));
  expect(breaker.secondsToRest('e', at(11), at(9))).toBe(29);
  expect(breaker.secondsToRest('e', at(12), at(11))).toBe(0);
  // It was one sign of life: failures after it are counted from the start.
  for (let n = 0; n < 5; n += 1) breaker.noteOutcome('e', failed, at(13));
  expect(breaker.secondsToRest('e', at(14), at(11))).toBe(29);
});
