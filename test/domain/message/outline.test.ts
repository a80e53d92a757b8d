/**
 * The outline of bodies that fit no schema: a gateway that carries them sealed cannot refuse them, and must show them.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outlineOfBody } from '../../../src/domain/message/outline.ts';
import type { Reader } from '../../../src/domain/words/phrases.ts';
import { phrasesFromFiles } from '../../../src/entry/phrases-from-files.ts';
import { assertProperty } from '../../support/property.ts';

const translate = phrasesFromFiles();
const EN = { lang: 'en', zone: 'UTC' };
const shown = (body: Record<string, unknown>): string => JSON.stringify(outlineOfBody(body, EN, translate));

test.each([
  ['persons that are a text', { persons: 'Melati' }],
  ['persons that are texts', { persons: ['Melati', null] }],
  ['a consent that is a text', { consent: 'Melati' }],
  ['a place that is a text', { where: 'Melati' }],
  ['a recruiter that is a list', { recruiter: [{ name: 'Melati' }] }],
  ['a member that nobody knows', { whereabouts: { last: { seen: 'Melati' } } }],
  ['a ref that is an object', { persons: [{ ref: { of: 'Melati' } }] }],
])('%s: its outline contains what it says', (_, body) => {
  expect(shown(body)).toContain('Melati');
});

test.each([
  [
    { country: 'MY', name: 'Tawau', latitude: '4.2 N', longitude: '117.8 E' },
    ['Malaysia', 'Tawau', '4.2 N', '117.8 E'],
  ],
  [{ country: 'MY', name: 'Tawau', latitude: 4.24482 }, ['Malaysia', 'Tawau', '4.24482']],
  [{ country: 'MY', name: 'Tawau', longitude: null }, ['Malaysia', 'Tawau', 'Not known']],
  [{ latitude: 4.24482, longitude: 117.8911 }, ['4.24482', '117.8911']],
  [{ name: 'Tawau' }, ['Tawau']],
  [{ country: 'MY' }, ['Malaysia']],
  [{ country: 60, name: 'Tawau' }, ['60', 'Tawau']],
  [{ country: 'MY', name: ' ' }, ['Malaysia']],
  [{ country: 'MY', name: 'Tawau', kind: 7 }, ['Malaysia', 'Tawau', '7']],
])('a place %j loses nothing and gains nothing', (place, expected) => {
  for (const body of [{ where: place }, { last_known: place }, { where: [place] }]) {
    const lines = outlineOfBody(body, EN, translate).flatMap((one) => one.lines);
    expect(lines.map(({ text }) => text)).toEqual(expected);
  }
});

test.each(['toString', 'constructor', 'valueOf', 'hasOwnProperty', '__proto__'])(
  'a member called %s is shown like any other',
  (name) => {
    const body = JSON.parse(`{"${name}":"Melati","persons":[{"${name}":"Contoh"}]}`);
    expect(shown(body)).toContain('Melati');
    expect(shown(body)).toContain('Contoh');
  },
);

test('an empty list of persons gives no line', () => {
  expect(outlineOfBody({ persons: [], text: 'Invented' }, EN, translate)).toEqual(
    outlineOfBody({ text: 'Invented' }, EN, translate),
  );
});

test('every body has an outline', () => {
  const names = fc.constantFrom(
    'persons',
    'where',
    'evaluation',
    'recruiter',
    'consent',
    'when',
    'corrected',
    'toString',
  );
  const part = fc.dictionary(fc.oneof(names, fc.string()), fc.jsonValue());
  assertProperty(
    fc.property(
      fc.dictionary(fc.oneof(names, fc.string()), fc.oneof(part, fc.array(part), fc.jsonValue())),
      (body) => {
        for (const lang of ['id', 'km'])
          expect(outlineOfBody(body, { lang, zone: 'UTC' }, translate).length).toBeGreaterThan(0);
      },
    ),
  );
});

const textOf = (body: Record<string, unknown>, reader: Reader): string =>
  outlineOfBody(body, reader, translate)
    .flatMap(({ lines }) => lines)
    .map(({ text }) => text)
    .join(' | ');

test.each([
  ['id', 'Asia/Makassar', '3 Desember 2026 pukul 08.00 WITA'],
  ['id', 'Asia/Jakarta', '3 Desember 2026 pukul 08.00 UTC+8 (3 Desember 2026 pukul 07.00 WIB)'],
  ['en', 'Asia/Phnom_Penh', '3 December 2026, 08:00 UTC+8 (3 December 2026, 07:00 ICT)'],
  ['ms', 'Asia/Kuala_Lumpur', '3 Disember 2026, 08:00 MYT'],
  ['en', 'America/New_York', '3 December 2026, 08:00 UTC+8 (2 December 2026, 19:00 UTC-5)'],
])('a time at a place is shown as there, and to a reader in %s of %s as here: %s', (lang, zone, text) => {
  expect(textOf({ when: '2026-12-03T08:00:00+08:00' }, { lang, zone })).toBe(text);
});

test('a time in UTC has no place, and one without an offset is no exact instant', () => {
  const reader = { lang: 'id', zone: 'Asia/Makassar' };
  expect(textOf({ when: '2026-12-03T00:00:00Z' }, reader)).toBe('3 Desember 2026 pukul 08.00 WITA');
  for (const when of ['2026-12-03T08:00:00', 'tomorrow at 8', '2026', '2026-12-03T08:00:00+99:99'])
    expect(textOf({ when }, reader)).toBe(when);
});

test('dates and amounts are written as in the reader’s language; ids, years and coordinates keep their digits', () => {
  const body = {
    since: '2026-04-03',
    from: 'Nunukan',
    checklist: { money: { debt: 'yes', amount: 15_000_000.5, currency: 'IDR' }, companions: 1_200 },
    where: { country: 'MY', name: 'Tawau', latitude: 4.24482, longitude: 117.8911 },
    case_number: '2026-000417',
    newer_member: 2026,
  };
  const read = (lang: string) => textOf(body, { lang, zone: 'UTC' });
  for (const part of [
    '3 April 2026',
    '15.000.000,5',
    'IDR',
    '1.200',
    'Nunukan',
    '4.24482',
    '2026-000417',
    '| 2026',
  ])
    expect(read('id')).toContain(part);
  for (const part of ['3 April 2026', '15,000,000.5', '1,200', '4.24482']) expect(read('ms')).toContain(part);
  expect(read('km')).toContain('3 មេសា 2026');
  expect(read('en')).not.toMatch(/\d\/\d|-04-03/);
});

test.each([
  ['persons.0.prs_Citizenship.0', 'MY', 'Malaysia'],
  ['languages.1', 'km', 'Khmer'],
  ['vic_MethodsOfControl.0', 'amanat:RestrictsMovement', 'Membatasi kebebasan bergerak'],
  ['persons.0.minor', 'true', 'ya'],
  ['persons.0.minor', 'false', 'tidak'],
  ['consent.con_Consent', 'false', 'tidak'],
  ['manifest.medical_needs', 'true', 'ya'],
  ['checklist.money.amount', '15000000.5', '15.000.000,5'],
  ['overstay_days', '1200', '1.200'],
  ['overstay_days', 'about 1200', 'about 1200'],
  ['money.amount', '12345678901234567890', '12345678901234567890'],
  ['case_number', '1200', '1200'],
  ['persons.0.prs_FirstName', 'true', 'true'],
])('a correction of %s to %s is shown in words: %s', (member, now, expected) => {
  const shown = textOf({ corrected: [{ member, now }] }, { lang: 'id', zone: 'UTC' });
  expect(shown.toLowerCase()).toContain(expected.toLowerCase());
});

test('the end of a day is the beginning of the next', () => {
  const reader = { lang: 'en', zone: 'Asia/Jayapura' };
  expect(textOf({ when: '2026-12-31T24:00:00+09:00' }, reader)).toBe('1 January 2027, 00:00 WIT');
});

test('headings stay short, however long the path to a part is and however many parts there are', () => {
  const ref = 'R'.repeat(20_000);
  const body = { persons: [{ ref, x: Array.from({ length: 2_000 }, (_, a) => ({ a })) }] };
  const groups = outlineOfBody(body, { lang: 'en', zone: 'UTC' }, translate);
  expect(groups.length).toBeGreaterThanOrEqual(2_000);
  for (const { heading = '' } of groups) expect(heading.length).toBeLessThanOrEqual(200);
  expect(groups.flatMap(({ lines }) => lines).filter(({ text }) => text === ref)).toHaveLength(1);
  const deep = Array.from({ length: 30 }).reduce<object>((inner) => ({ ['n'.repeat(500)]: inner }), { a: 1 });
  for (const { heading = '' } of outlineOfBody({ deep }, { lang: 'en', zone: 'UTC' }, translate))
    expect(heading.length).toBeLessThanOrEqual(200);
});

test('an impossible date is shown as it was written', () => {
  for (const when of ['2026-02-31T10:00:00+08:00', '2026-02-30T10:00:00Z', '2026-02-30T24:00:00+09:00'])
    expect(textOf({ when }, { lang: 'en', zone: 'Asia/Phnom_Penh' })).toBe(when);
});

test.each(['0000-01-01', '0050-06-30', '0999-12-31'])('a date in %s is shown as it was written', (day) => {
  const reader = { lang: 'en', zone: 'Asia/Phnom_Penh' };
  expect(textOf({ since: day }, reader)).toBe(day);
  for (const when of [`${day}T10:00:00Z`, `${day}T10:00:00+08:00`])
    expect(textOf({ when }, reader)).toBe(when);
});

test('the path of a correction stays short, however long what was sealed', () => {
  for (const member of ['now.'.repeat(50_000), '7.'.repeat(50_000), 'x'.repeat(200_000)]) {
    const corrected = [{ member, now: 'Melati' }];
    const lines = outlineOfBody({ corrected }, EN, translate).flatMap((one) => one.lines);
    expect(lines.map(({ label }) => label.length <= 200)).toEqual([true]);
    expect(lines[0]?.text).toBe('Melati');
  }
});

test.each(['\r\n', '\r', '\u000B', '\u000C', '\u0085', '\u2028', '\u2029'])(
  'a text that breaks its lines with %j has the line breaks that every surface knows',
  (end) => {
    expect(textOf({ text: `Melati${end}Contoh` }, EN)).toBe('Melati\nContoh');
    expect(textOf({ needs: [`Melati${end}Contoh`] }, EN)).toBe('Melati Contoh');
  },
);

test('a tab goes on parting words', () => {
  expect(textOf({ text: 'Melati\t17' }, EN)).toBe('Melati 17');
});
