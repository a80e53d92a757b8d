/** Dates, times and numbers in the form of a language. */
import { expect, test } from 'vitest';
import { LANGUAGES } from '../../../src/domain/words/vocabulary.ts';
import { offsetName, writtenDate, writtenDay, writtenNumber } from '../../../src/domain/words/written.ts';
import { zoneOffsetAt } from '../../../src/domain/words/zone.ts';

test('a date has its month in letters, a Gregorian year and Latin digits in every language', () => {
  expect(LANGUAGES.map((lang) => writtenDay('2026-04-03', lang))).toEqual([
    '3 April 2026',
    '3 April 2026',
    '3 មេសា 2026',
    '3 April 2026',
  ]);
});

test.each([
  ...['2026-02-30', '2026-13-01', '03/04/2026', '2026', '2026-11-30T10:00:00Z', ''],
  ...['0000-01-01', '0001-01-01', '0999-12-31'],
])('%j is not a calendar date that can be written in words', (text) => {
  expect(writtenDay(text, 'id')).toBeUndefined();
});

test.each(['0000-01-01', '0050-06-30', '+010000-01-01'])(
  'a date of %s, whose year is unusual, stays in figures',
  (day) => {
    const at = new Date(`${day}T00:00:00Z`);
    for (const lang of LANGUAGES) expect(writtenDate(at, lang, 'Asia/Jakarta')).toBe(day);
  },
);

test('a zone has the same offset in every year before its first rule', () => {
  const ahead = zoneOffsetAt(Date.parse('1750-01-01T00:00:00Z'), 'Asia/Jakarta');
  expect(ahead).toBeGreaterThan(0);
  for (const year of ['0000', '0050', '0999'])
    expect(zoneOffsetAt(Date.parse(`${year}-01-01T00:00:00Z`), 'Asia/Jakarta')).toBe(ahead);
});

test('numbers lose nothing but what they are rounded by', () => {
  expect(writtenNumber(1_234_567.89, 'id')).toBe('1.234.567,89');
  expect(writtenNumber(1_234_567.89, 'ms')).toBe('1,234,567.89');
  expect(writtenNumber(0.1, 'id')).toBe('0,1');
  expect(writtenNumber(2.55, 'id', 1)).toMatch(/^2,[56]$/);
  expect(writtenNumber(-15_000_000, 'id')).toBe('-15.000.000');
  expect(writtenNumber(Number.MAX_SAFE_INTEGER, 'id')).toBe('9.007.199.254.740.991');
});

test('a number with more digits than it is exact to is no row of zeros', () => {
  for (const lang of LANGUAGES) {
    expect(writtenNumber(1e300, lang)).toBe('1e+300');
    expect(writtenNumber(-1.5e21, lang)).toBe('-1.5e+21');
  }
});

test.each([
  [0, 'UTC'],
  [8 * 3_600_000, 'UTC+8'],
  [-3.5 * 3_600_000, 'UTC-3:30'],
  [5.75 * 3_600_000, 'UTC+5:45'],
])('%d ms ahead of UTC are written %s', (ahead, name) => {
  expect(offsetName(ahead)).toBe(name);
});
