/** Words for people, from Fluent resources: one bundle a language, English where a phrase is missing. */
import {
  FluentBundle,
  FluentDateTime,
  FluentResource,
  type FluentValue,
  type FluentVariable,
} from '@fluent/bundle';
import { LANGUAGES, type Language } from '../domain/words/vocabulary.ts';
import type { Words, WordValues } from '../domain/words/words.ts';

/** Fluent source texts by language; several areas a language. Where they are read from is the runtime's business. */
export type WordSources = Readonly<Record<Language, readonly string[]>>;

/** The areas of locale files: `locales/<area>.<language>.ftl`. */
export const WORD_AREAS = [
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

/** The zone an officer reading this language works in; the zone is always named beside the time. */
const ZONES: Readonly<Record<Language, string>> = {
  id: 'Asia/Jakarta',
  ms: 'Asia/Kuala_Lumpur',
  km: 'Asia/Phnom_Penh',
  en: 'UTC',
};

/** `Intl` would print Buddhist years and local digits for some languages of the region: both are forced. */
function dateTime(lang: Language): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(`${lang}-u-ca-gregory-nu-latn`, {
    timeZone: ZONES[lang],
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZoneName: 'short',
  });
}

function bundle(lang: Language, sources: readonly string[]): FluentBundle {
  const format = dateTime(lang);
  const made = new FluentBundle(lang, {
    useIsolating: false,
    functions: {
      DATETIME: ([value]: FluentValue[]): FluentValue =>
        value instanceof FluentDateTime ? format.format(value.toNumber()) : String(value),
      NUMBER: ([value]: FluentValue[]): FluentValue => String(value),
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
export function createWords(sources: WordSources): Words {
  const bundles = new Map(LANGUAGES.map((lang) => [lang as string, bundle(lang, sources[lang])]));
  const english = bundles.get('en');
  return (lang, id, values) => {
    if (id.startsWith('country-')) return countryName(lang, id.slice('country-'.length));
    const chosen = bundles.get(lang)?.hasMessage(id) ? bundles.get(lang) : english;
    const pattern = chosen?.getMessage(id)?.value;
    if (!chosen || !pattern) throw new Error(`no phrase ${id}`);
    return chosen.formatPattern(pattern, filled(values));
  };
}

/** Country names are the platform's (`country-KH`): no list of ours would be complete. */
const countryName = (lang: string, code: string): string =>
  new Intl.DisplayNames([lang, 'en'], { type: 'region', fallback: 'code' }).of(code) ?? code;

const filled = (values: WordValues = {}): Record<string, FluentVariable> => ({ ...values });
