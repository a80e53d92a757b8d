/** Locale files, read from the folder beside the pages. */
import { readFileSync } from 'node:fs';
import { LANGUAGES, type Language } from '../domain/words/vocabulary.ts';
import type { Words } from '../domain/words/words.ts';
import { createWords, WORD_AREAS } from '../web/words.ts';

const read = (area: string, lang: Language): string =>
  readFileSync(new URL(`../web/locales/${area}.${lang}.ftl`, import.meta.url), 'utf8');

/** The phrase function over all locale files. */
export const wordsFromFiles = (): Words => {
  const sources = LANGUAGES.map((lang) => [lang, WORD_AREAS.map((area) => read(area, lang))] as const);
  return createWords(Object.fromEntries(sources) as Record<Language, string[]>);
};
