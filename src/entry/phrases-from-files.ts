/** Reads the locale files from the folder of the pages. */
import { readFileSync } from 'node:fs';
import type { Phrases } from '../domain/words/phrases.ts';
import { LANGUAGES, type Language } from '../domain/words/vocabulary.ts';
import { createPhrases, PHRASE_AREAS } from '../web/phrases.ts';

const read = (area: string, lang: Language): string =>
  readFileSync(new URL(`../web/locales/${area}.${lang}.ftl`, import.meta.url), 'utf8');

/** Makes the phrase function from all locale files. */
export const phrasesFromFiles = (): Phrases => {
  const sources = LANGUAGES.map((lang) => [lang, PHRASE_AREAS.map((area) => read(area, lang))] as const);
  return createPhrases(Object.fromEntries(sources) as Record<Language, string[]>);
};
