/** The languages of a letter, its number, who signs it, and how digests are compared. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  formatLetterNumber,
  letterReaders,
  readLanguages,
  shortenDigest,
  signatoryOf,
  yearInCountry,
} from '../../../src/domain/message/letter.ts';

const focalPoint = (country: string, zone = `zone of ${country}`) => ({ country, zone });
const reads = (lang: string, country: string) => ({ lang, zone: `zone of ${country}` });

test.each([
  ['KH', 'ID', ['km', 'id']],
  ['ID', 'MY', ['id', 'ms']],
  ['BN', 'KH', ['ms', 'km']],
  ['TH', 'ID', ['en', 'id']],
  ['VN', 'LA', ['en', 'en']],
])('from %s to %s: %j, each in its own zone', (from, to, [first = '', second = '']) => {
  expect(letterReaders(focalPoint(from), focalPoint(to))).toEqual([reads(first, from), reads(second, to)]);
});

test('one language and one zone are one reader, one language and two zones are two', () => {
  expect(letterReaders(focalPoint('ID', 'Asia/Jakarta'), focalPoint('ID', 'Asia/Jakarta'))).toEqual([
    { lang: 'id', zone: 'Asia/Jakarta' },
  ]);
  expect(letterReaders(focalPoint('ID', 'Asia/Makassar'), focalPoint('ID', 'Asia/Jakarta'))).toEqual([
    { lang: 'id', zone: 'Asia/Makassar' },
    { lang: 'id', zone: 'Asia/Jakarta' },
  ]);
});

test('requested languages go to the office whose language it is, else in the order of the offices', () => {
  const [id, kh] = [focalPoint('ID'), focalPoint('KH')];
  expect(letterReaders(id, kh, ['km', 'en'])).toEqual([reads('km', 'KH'), reads('en', 'ID')]);
  expect(letterReaders(id, kh, ['en', 'id'])).toEqual([reads('en', 'KH'), reads('id', 'ID')]);
  expect(letterReaders(id, kh, ['ms', 'en'])).toEqual([reads('ms', 'ID'), reads('en', 'KH')]);
  expect(letterReaders(id, kh, ['en'])).toEqual([reads('en', 'ID'), reads('en', 'KH')]);
});

test('one or two language codes of the program may be requested', () => {
  expect(readLanguages(['km', 'en'])).toEqual(['km', 'en']);
  expect(readLanguages(['en', 'en'])).toEqual(['en']);
  for (const codes of [[], ['th'], ['id', 'th'], ['id', 'ms', 'en']])
    expect(readLanguages(codes)).toBeUndefined();
});

test('a number has office, year and place, and may grow beyond four digits', () => {
  expect(formatLetterNumber('pts-imi', 2026, 12)).toBe('PTS-IMI/2026/0012');
  expect(formatLetterNumber('pts-imi', 2026, 12_345)).toBe('PTS-IMI/2026/12345');
});

test('the year is that of the office’s zone', () => {
  const newYear = new Date('2026-12-31T17:30:00Z');
  expect(yearInCountry('Asia/Phnom_Penh', newYear)).toBe(2027);
  expect(yearInCountry('Asia/Yangon', new Date('2026-12-31T17:15:00Z'))).toBe(2026);
  expect(yearInCountry('UTC', newYear)).toBe(2026);
  expect(yearInCountry('Asia/Makassar', new Date('2026-12-31T16:00:00Z'))).toBe(2027);
  expect(yearInCountry('Asia/Jakarta', new Date('2026-12-31T16:00:00Z'))).toBe(2026);
});

test('the highest role signs for the office', () => {
  const one = (id: string, role: 'officer' | 'deputy' | 'supervisor') => ({
    id,
    name: id,
    role,
    lang: 'id' as const,
  });
  expect(signatoryOf([one('a', 'officer'), one('b', 'supervisor'), one('c', 'deputy')])?.id).toBe('b');
  expect(signatoryOf([one('a', 'officer'), one('c', 'deputy')])?.id).toBe('c');
  expect(signatoryOf([])).toBeUndefined();
});

test('a digest is compared by its first 16 hex digits', () => {
  const hash = createHash('sha256').update('an invented consignment');
  const bytes = hash.digest();
  const digits = shortenDigest(bytes.toString('base64url'));
  expect(digits).toMatch(/^[0-9A-F]{4}(?: [0-9A-F]{4}){3}$/);
  expect(digits.replaceAll(' ', '').toLowerCase()).toBe(bytes.toString('hex').slice(0, 16));
});
