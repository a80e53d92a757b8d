import { expect, it } from 'vitest';
import { readRetryAfter } from '../../../src/domain/words/retry-after.ts';

const now = new Date('2026-11-20T03:00:00.000Z');

it.each([
  ['120', 120],
  [' 120 ', 120],
  ['Fri, 20 Nov 2026 03:02:00 GMT', 120],
  ['Friday, 20-Nov-26 03:02:00 GMT', 120],
  ['Fri Nov 20 03:02:00 2026', 120],
  ['9999999999', 86_400],
  ['Fri, 20 Nov 2099 03:02:00 GMT', 86_400],
  ['0', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['soon', undefined],
  ['', undefined],
  ['Fri, 20 Nov 2026 02:59:00 GMT', undefined],
  ['2026-11-20T03:02:00Z', undefined],
  ['120, 240', undefined],
  [null, undefined],
])('reads %j as %s', (header, seconds) => {
  expect(readRetryAfter(header, now)).toBe(seconds);
});
