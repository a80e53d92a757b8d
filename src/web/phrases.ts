/** Words for people, from Fluent resources: one bundle a language, English where a phrase is missing. */
import { FluentBundle, FluentResource, type FluentValue, type FluentVariable } from '@fluent/bundle';
import type { Phrases, PhraseValues, Reader } from '../domain/words/phrases.ts';
import { LANGUAGES, type Language } from '../domain/words/vocabulary.ts';
import { writtenDate, writtenHour, writtenNumber, zoneName } from '../domain/words/written.ts';

/** Fluent source texts by language; several areas a language. Where they are read from is the runtime's business. */
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
      // Times come written out, in the reader's zone: the function only shows a translator where one stands.
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
 * Builds the phrase function. A phrase that is in no language throws: it is a fault of ours, and a test asks for all.
 */
export function createPhrases(sources: PhraseSources): Phrases {
  const bundles = new Map(LANGUAGES.map((lang) => [lang as string, bundle(lang, sources[lang])]));
  const english = bundles.get('en');
  return (reader: Reader | string, id: string, values?: PhraseValues): string => {
    const { lang, zone } = typeof reader === 'string' ? { lang: reader, zone: undefined } : reader;
    if (id.startsWith('country-')) return countryName(lang, id.slice('country-'.length));
    const chosen = bundles.get(lang)?.hasMessage(id) ? bundles.get(lang) : english;
    const pattern = chosen?.getMessage(id)?.value;
    if (!chosen || !pattern) throw new Error(`no phrase ${id}`);
    return chosen.formatPattern(pattern, filled(values, chosen, zone));
  };
}

/** Country names are the platform's (`country-KH`): no list of ours would be complete. */
const countryName = (lang: string, code: string): string =>
  new Intl.DisplayNames([lang, 'en'], { type: 'region', fallback: 'code' }).of(code) ?? code;

/** The values, with times and numbers as the phrase's language writes them. */
function filled(
  values: PhraseValues = {},
  words: FluentBundle,
  zone: string | undefined,
): Record<string, FluentVariable> {
  const [lang = 'en'] = words.locales;
  const text = (value: string | number | Date): string => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return writtenNumber(value, lang);
    if (zone === undefined) throw new Error('a time is shown to a reader whose zone was not said');
    return moment(value, words, lang, zone);
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
}

/** Date, hour and zone, in the order and with the words of the language. */
function moment(at: Date, words: FluentBundle, lang: string, zone: string): string {
  const pattern = words.getMessage('date-time')?.value;
  if (!pattern) throw new Error('no phrase date-time');
  return words.formatPattern(pattern, {
    date: writtenDate(at, lang, zone),
    hour: writtenHour(at, lang, zone),
    zone: zoneName(at, zone),
  });
}
