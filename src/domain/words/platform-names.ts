/** Names of countries and languages, from the platform: a list of our own would not be complete. */
import { createBoundedMemory } from './bounded-memory.ts';

/** Making a list costs a thousand times more than using it. There are four languages of readers and two kinds. */
const lists = createBoundedMemory<Intl.DisplayNames>(100);

function listOf(type: 'region' | 'language', lang: string): Intl.DisplayNames {
  const name = `${type} ${lang}`;
  const known = lists.get(name);
  if (known !== undefined) return known;
  const made = new Intl.DisplayNames([lang, 'en'], { type, fallback: 'code' });
  lists.keep(name, made);
  return made;
}

/** The name of a country in a reader's language. @param code two capital letters (ISO 3166-1) */
export const countryName = (code: string, lang: string): string => listOf('region', lang).of(code) ?? code;

/** The name of a language (ISO 639 code) in the reader's language; the code itself if the platform does not know it. */
export function languageName(code: string, lang: string): string {
  try {
    return listOf('language', lang).of(code) ?? code;
  } catch {
    return code;
  }
}
