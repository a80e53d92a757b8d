/** Dates, hours and numbers as a language writes them. */
import { expect, test } from 'vitest';
import { LANGUAGES } from '../../../src/domain/words/vocabulary.ts';
import { offsetName, writtenDay, writtenNumber } from '../../../src/domain/words/written.ts';

test('a date has its month in letters, a Gregorian year and Latin digits in every language', () => {
  expect(LANGUAGES.map((lang) => writtenDay('2026-04-03', lang))).toEqual([
    '3 April 2026',
    '3 April 2026',
    '3 មេសា 2026',
    '3 April 2026',
  ]);
});

test.each(['2026-02-30', '2026-13-01', '03/04/2026', '2026', '2026-11-30T10:00:00Z', ''])(
  '%j is no calendar date',
  (text) => {
    expect(writtenDay(text, 'id')).toBeUndefined();
  },
);

test('numbers lose nothing but what they are rounded by', () => {
  expect(writtenNumber(1_234_567.89, 'id')).toBe('1.234.567,89');
  expect(writtenNumber(1_234_567.89, 'ms')).toBe('1,234,567.89');
  expect(writtenNumber(0.1, 'id')).toBe('0,1');
  expect(writtenNumber(2.55, 'id', 1)).toMatch(/^2,[56]$/);
});

test.each([
  [0, 'UTC'],
  [8 * 3_600_000, 'UTC+8'],
  [-3.5 * 3_600_000, 'UTC-3:30'],
  [5.75 * 3_600_000, 'UTC+5:45'],
])('%d ms ahead of UTC are %s', (ahead, name) => {
  expect(offsetName(ahead)).toBe(name);
});
