/** Phrases for people, from Fluent resources: one bundle for each language; English where a phrase is missing. */
import { FluentBundle, FluentResource, type FluentValue, type FluentVariable } from '@fluent/bundle';
import type { Phrases, PhraseValues, Reader } from '../domain/words/phrases.ts';
import { countryName } from '../domain/words/platform-names.ts';
import { LANGUAGES, type Language } from '../domain/words/vocabulary.ts';
import { writtenDate, writtenHour, writtenNumber, zoneName } from '../domain/words/written.ts';

/** Fluent source texts by language, several areas for each. The runtime decides where it reads them. */
export type PhraseSources = Readonly<Record<Language, readonly string[]>>;

/** The areas of locale files: `locales/<area>.<language>.ftl`. */
export const PHRASE_AREAS = [
  'common',
  'content',
  'pages',
  'email',
  'telegram',
  'reminder',
  'note',
  'letter',
  'report',
  'verify',
] as const;

function bundle(lang: Language, sources: readonly string[]): FluentBundle {
  const made = new FluentBundle(lang, {
    useIsolating: false,
    functions: {
      // Times are already formatted in the reader's zone: this function only shows translators that a value is a time.
      DATETIME: ([value]: FluentValue[]): FluentValue => String(value),
    },
  });
  for (const source of sources) {
    const faults = made.addResource(new FluentResource(source));
    if (faults.length > 0) throw new Error(`locale ${lang}: ${faults.map(String).join('; ')}`);
  }
  return made;
}

/**
 * Builds the phrase function. A phrase that no language has throws an error, because it is a fault of the program; a test covers
 * all phrases.
 */
export function createPhrases(sources: PhraseSources): Phrases {
  const bundles = new Map(LANGUAGES.map((lang) => [lang as string, bundle(lang, sources[lang])]));
  const english = bundles.get('en');
  return (reader: Reader | string, id: string, values?: PhraseValues): string => {
    const { lang, zone } = typeof reader === 'string' ? { lang: reader, zone: undefined } : reader;
    if (id.startsWith('country-')) return countryName(id.slice('country-'.length), lang);
    const chosen = bundles.get(lang)?.hasMessage(id) ? bundles.get(lang) : english;
    const pattern = chosen?.getMessage(id)?.value;
    if (!chosen || !pattern) throw new Error(`no phrase ${id}`);
    return chosen.formatPattern(pattern, filled(values, chosen, zone));
  };
}

/** The values, with times and numbers in the format of the phrase's language. */
function filled(
  values: PhraseValues = {},
  words: FluentBundle,
  zone: string | undefined,
): Record<string, FluentVariable> {
  const [lang = 'en'] = words.locales;
  const text = (value: string | number | Date): string => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return writtenNumber(value, lang);
    if (zone === undefined) throw new Error('a phrase with a time needs the zone of its reader');
    return moment(value, words, lang, zone);
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
}

/** Date, time and zone, in the order and with the words of the language. */
function moment(at: Date, words: FluentBundle, lang: string, zone: string): string {
  const pattern = words.getMessage('date-time')?.value;
  if (!pattern) throw new Error('no phrase date-time');
  return words.formatPattern(pattern, {
    date: writtenDate(at, lang, zone),
    hour: writtenHour(at, lang, zone),
    zone: zoneName(at, zone),
  });
}
