/** The phrases: every phrase in all four languages with the same variables, and dates that nobody can misread. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ETSI_EVENTS } from '../../src/domain/evidence/evidence.ts';
import { MESSAGE_NAMES } from '../../src/domain/message/message.ts';
import { CODED, LABELLED, valueId } from '../../src/domain/message/outline-members.ts';
import { DECLINE_REASONS, HANDLING_CODES, LANGUAGES, URGENCIES } from '../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { PHRASE_AREAS } from '../../src/web/phrases.ts';

const ROOT = join(import.meta.dirname, '../..');
const translate = phrasesFromFiles();

/** A locale file as its phrases: id, and the variables its text is filled with. */
function phrases(area: string, lang: string): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(ROOT, `src/web/locales/${area}.${lang}.ftl`), 'utf8');
  const found = [...text.matchAll(/^([a-zA-Z][\w-]*) *=((?:.*)(?:\n[ \t]+.*)*)/gm)];
  return new Map(
    found.map(([, id = '', value = '']) => [
      id,
      [...new Set([...value.matchAll(/\$(\w+)/g)].map(([, name = '']) => name))].sort(),
    ]),
  );
}

/** Every phrase of a language, as it stands in the files. */
const textIn = (lang: string): string =>
  globSync(`src/web/locales/*.${lang}.ftl`, { cwd: ROOT })
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('');

const english = new Map(PHRASE_AREAS.flatMap((area) => [...phrases(area, 'en')]));

describe.each(PHRASE_AREAS)('%s', (area) => {
  test.each(LANGUAGES)('in %s has every phrase, none more, with the same variables', (lang) => {
    expect(Object.fromEntries(phrases(area, lang))).toEqual(Object.fromEntries(phrases(area, 'en')));
  });
});

test.each([
  ['ms', /\boperator\b|pengendali get laluan/i, 'pengendali sistem'],
  ['km', /អ្នកគ្រប់គ្រងប្រព័ន្ធ/, 'ប្រតិបត្តិករ'],
] as const)('in %s the operator has one name on every surface', (lang, another, name) => {
  expect(textIn(lang)).not.toMatch(another);
  expect(textIn(lang)).toContain(name);
});

test.each([
  ['id', /mendesak|kemendesakan|utas|rangkaian|titik (kontak|fokus)|^email-.*\bsurat ini/im],
  ['ms', /keutamaan|bebenang|rangkaian|penghantar\b|pernyataan/i],
  ['km', /អ្នកត្រួតពិនិត្យ|ទទួលស្គាល់|(លេខ|ស្ថានភាព|បិទ)ករណី/],
] as const)('in %s no surface uses another word for a thing that has one', (lang, another) => {
  expect(textIn(lang)).not.toMatch(another);
});

test.each(LANGUAGES)(
  'in %s a page, a mail, a letter and a chat have the same label for the same thing',
  (lang) => {
    const say = (phrase: string, values = {}) => translate(lang, phrase, values);
    expect(say('email-urgency')).toBe(say('page-urgency'));
    expect(say('letter-urgency')).toBe(say('page-urgency'));
    expect(say('email-handling')).toBe(say('page-handling'));
    expect(say('telegram-reference', { reference: '' })).toContain(say('page-reference'));
    expect(say('telegram-button-acknowledge')).toBe(say('page-acknowledge'));
  },
);

test('no phrase is in two areas', () => {
  const all = PHRASE_AREAS.flatMap((area) => [...phrases(area, 'en').keys()]);
  expect(all.length).toBe(english.size);
});

test('every locale file belongs to an area that is loaded', () => {
  const files = globSync('src/web/locales/*', { cwd: ROOT }).map((path) => basename(path));
  const known = PHRASE_AREAS.flatMap((area) => LANGUAGES.map((lang) => `${area}.${lang}.ftl`));
  expect(files.sort()).toEqual(known.sort());
});

/** Phrase ids in the sources: whole ones, and the beginnings of those that end in a code. */
const uses = globSync(
  [
    'src/web/*.ts',
    'src/paper/*.ts',
    'src/domain/*/*.ts',
    'src/flow/case/caveats.ts',
    'src/flow/drill/drill.ts',
    'src/flow/figures/page.ts',
    'src/flow/figures/section.ts',
    'src/cli/verify-lines.ts',
    'adapters/*/*.ts',
  ],
  { cwd: ROOT },
).flatMap((path) => {
  const source = readFileSync(join(ROOT, path), 'utf8');
  return [...source.matchAll(/['`]([a-z]+(?:-[a-zA-Z0-9]+)*-?)(['`]|\$\{)/g)].map(([, id = '', end]) => ({
    id,
    whole: end !== '${',
  }));
});

test('every phrase that the code names exists', () => {
  const asked = globSync(
    ['src/{web,paper}/*.ts', 'src/cli/verify-lines.ts', 'adapters/*/*.ts', 'src/domain/message/outline*.ts'],
    { cwd: ROOT },
  ).flatMap((path) => {
    const source = readFileSync(join(ROOT, path), 'utf8');
    const calls = source.matchAll(/\b(?:say|words|line)\((?:[\w.]*lang, )?'([a-z][\w-]+)'/g);
    return [...calls].map(([, id = '']) => id);
  });
  expect(asked.length).toBeGreaterThan(40);
  expect(asked.filter((id) => !english.has(id) && !id.startsWith('country-'))).toEqual([]);
});

test('every existing phrase is used', () => {
  const unused = [...english.keys()].filter(
    (id) => !uses.some((one) => (one.whole ? one.id === id : one.id.endsWith('-') && id.startsWith(one.id))),
  );
  expect(unused).toEqual([]);
});

test.each(LANGUAGES)('every code has a phrase in %s', (lang) => {
  const ids = [
    ...MESSAGE_NAMES.map((one) => `type-${one}`),
    ...URGENCIES.map((one) => `urgency-${one}`),
    ...HANDLING_CODES.map((one) => `handling-${one}`),
    ...DECLINE_REASONS.map((one) => `ground-${one}`),
    ...ETSI_EVENTS.map((one) => `email-event-${one}`),
    ...Object.values(CODED).flat().map(valueId),
    ...[...Object.keys(CODED), ...LABELLED].map((one) => `field-${one}`),
  ];
  for (const id of ids) expect(translate(lang, id)).toMatch(/\S/);
});

describe('moments', () => {
  const at = new Date('2026-11-20T20:05:00Z');
  test.each([
    ['id', 'Asia/Jakarta', '21 November 2026 pukul 03.05 WIB'],
    ['id', 'Asia/Makassar', '21 November 2026 pukul 04.05 WITA'],
    ['id', 'Asia/Jayapura', '21 November 2026 pukul 05.05 WIT'],
    ['id', 'Asia/Kuala_Lumpur', '21 November 2026 pukul 04.05 MYT'],
    ['ms', 'Asia/Kuala_Lumpur', '21 November 2026, 04:05 MYT'],
    ['ms', 'Asia/Kuching', '21 November 2026, 04:05 MYT'],
    ['km', 'Asia/Phnom_Penh', '21 វិច្ឆិកា 2026 ម៉ោង 03:05 ICT'],
    ['en', 'Asia/Phnom_Penh', '21 November 2026, 03:05 ICT'],
    ['en', 'Asia/Makassar', '21 November 2026, 04:05 WITA'],
    ['en', 'Asia/Yangon', '21 November 2026, 02:35 UTC+6:30'],
    ['en', 'America/New_York', '20 November 2026, 15:05 UTC-5'],
    ['en', 'UTC', '20 November 2026, 20:05 UTC'],
  ])('in %s on the clock of %s: %s', (lang, zone, text) => {
    expect(translate({ lang, zone }, 'moment', { at })).toBe(text);
  });

  test('the offset is that of the day, if clocks are changed', () => {
    const read = (text: string) =>
      translate({ lang: 'en', zone: 'Europe/Berlin' }, 'moment', { at: new Date(text) });
    expect(read('2026-10-25T00:30:00Z')).toBe('25 October 2026, 02:30 UTC+2');
    expect(read('2026-10-25T01:30:00Z')).toBe('25 October 2026, 02:30 UTC+1');
  });

  test('midnight is the beginning of a day', () => {
    const midnight = new Date('2026-11-29T16:00:00Z');
    expect(translate({ lang: 'id', zone: 'Asia/Makassar' }, 'moment', { at: midnight })).toBe(
      '30 November 2026 pukul 00.00 WITA',
    );
  });

  test('other languages read English', () => {
    const zone = 'Asia/Bangkok';
    for (const lang of ['th', 'my', 'fr', '', 'xx-invalid'])
      expect(translate({ lang, zone }, 'moment', { at })).toBe('21 November 2026, 03:05 ICT');
  });

  test('a language alone does not give a zone: that is a fault', () => {
    // @ts-expect-error: the compiler says so as well.
    expect(() => translate('id', 'moment', { at })).toThrow('zone');
  });
});

test('numbers have the separators of their language', () => {
  const many = (lang: string): string => translate(lang, 'reminder-title-many', { count: 1_234 });
  expect(LANGUAGES.map(many).map((text) => text.match(/[\d.,]+/)?.[0])).toEqual([
    '1.234',
    '1,234',
    '1,234',
    '1,234',
  ]);
});

test('a country has its name in the reader’s language; an unknown phrase is a fault', () => {
  expect(translate('id', 'country-KH')).toBe('Kamboja');
  expect(translate('km', 'country-ID')).toMatch(/[ក-៿]/);
  expect(() => translate('en', 'no-such-phrase')).toThrow('no phrase');
});
