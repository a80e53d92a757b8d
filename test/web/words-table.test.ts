/**
 * The locale files compared with docs/words.md: one word for each thing in each language, and none of the forbidden
 * words.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '../../src/domain/words/vocabulary.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/words.md'), 'utf8');

type Phrases = ReadonlyMap<string, string>;

/** Every phrase of a language by its id, on whatever surface. */
const phrasesOf = (lang: Language): Phrases =>
  new Map(
    globSync(`src/web/locales/*.${lang}.ftl`, { cwd: ROOT }).flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^([a-zA-Z][\w-]*) *= *(.*(?:\n[ \t]+.*)*)/gm)].map(
        ([, id = '', text = '']) => [id, text] as const,
      ),
    ),
  );

const ALL = new Map(LANGUAGES.map((lang) => [lang, phrasesOf(lang)]));

/** The rows of the table under a heading, without its head. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = PAGE.split(/^## /m).find((one) => one.startsWith(heading)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim()),
  );
}

interface Thing {
  readonly name: string;
  readonly forms: Readonly<Record<Language, readonly string[]>>;
  readonly ids: readonly string[];
}

const forms = (cell: string): readonly string[] => cell.split(' / ');

const THINGS: readonly Thing[] = rowsUnder('The words').map(
  ([name = '', en = '', id = '', ms = '', km = '', ids = '']) => ({
    name,
    forms: { en: forms(en), id: forms(id), ms: forms(ms), km: forms(km) },
    ids: ids.split(', '),
  }),
);

const FORBIDDEN = rowsUnder('Not to be used').map(([lang = '', not = '', say = '', except = '']) => ({
  lang: lang as Language,
  not,
  say,
  except: except.split(', '),
}));

const fits = (pattern: string, id: string): boolean =>
  pattern.includes('*') ? new RegExp(`^${pattern.replaceAll('*', '[\\w-]*')}$`).test(id) : pattern === id;

/** The phrases that name a thing and have not its word. */
const without = ({ ids, forms: all }: Thing, lang: Language, phrases: Phrases): readonly string[] =>
  [...phrases]
    .filter(([id]) => ids.some((pattern) => fits(pattern, id)))
    .filter(([, text]) => !all[lang].some((form) => text.toLowerCase().includes(form.toLowerCase())))
    .map(([id, text]) => `${id} = ${text}`);

/** Latin words are whole ones; Khmer has no spaces between words. What a phrase is filled with is no text of it. */
const finds = (not: string, text: string): boolean => {
  const said = text.replaceAll(/\{[^}]*\}/g, ' ');
  return /^[a-z]/i.test(not)
    ? new RegExp(`(?<!\\p{L})${not}(?!\\p{L})`, 'iu').test(said)
    : said.includes(not);
};

/** The phrases that have a word which is not to be used. */
const wrong = ({ not, except }: (typeof FORBIDDEN)[number], phrases: Phrases): readonly string[] =>
  [...phrases]
    .filter(([id, text]) => !except.includes(id) && finds(not, text))
    .map(([id, text]) => `${id} = ${text}`);

const inAll = (lang: Language): Phrases => ALL.get(lang) ?? new Map();

test('the page has a word for each thing of the field in every language', () => {
  expect(THINGS.length).toBeGreaterThan(50);
  for (const { name, forms: all } of THINGS)
    for (const lang of LANGUAGES) expect(all[lang].join(''), `${name} in ${lang}`).toMatch(/\S/);
});

test('each pattern on the page matches existing phrases', () => {
  const ids = [...inAll('en').keys()];
  const patterns = [...THINGS.flatMap((one) => one.ids), ...FORBIDDEN.flatMap((one) => one.except)];
  const idle = patterns.filter((one) => one !== '' && !ids.some((id) => fits(one, id)));
  expect(idle).toEqual([]);
});

describe.each(LANGUAGES)('in %s', (lang) => {
  test.each(THINGS)('$name has its word in each phrase that names it', (thing) => {
    expect(without(thing, lang, inAll(lang))).toEqual([]);
  });

  test('no phrase has a forbidden word', () => {
    const rows = FORBIDDEN.filter((one) => one.lang === lang);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.flatMap((one) => wrong(one, inAll(lang)))).toEqual([]);
  });

  test('the phrases are the same as in English', () => {
    expect([...inAll(lang).keys()].sort()).toEqual([...inAll('en').keys()].sort());
  });
});

test.each([
  ['en', 'confirm-desk', 'Desk'],
  ['id', 'telegram-contested', 'Seorang petugas kantor ini harus menyelesaikannya.'],
  ['ms', 'email-thread', 'Bebenang kes'],
  ['km', 'page-acknowledge', 'ទទួលស្គាល់'],
] as const)('a wrong word in %s is found, and so is a missing right one', (lang, id, text) => {
  const planted = new Map([...inAll(lang), [id, text]]);
  const said = `${id} = ${text}`;
  expect(FORBIDDEN.filter((one) => one.lang === lang).flatMap((one) => wrong(one, planted))).toContain(said);
  expect(THINGS.flatMap((one) => without(one, lang, planted))).toContain(said);
});
