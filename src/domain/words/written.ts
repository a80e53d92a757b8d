/**
 * Dates, hours and numbers as a language writes them: Gregorian years and Latin digits in all, which `Intl` would not choose for
 * every language of the region. This is the one place that asks `Intl` for them.
 */
import { createBoundedMemory } from './bounded-memory.ts';
import { LANGUAGES } from './vocabulary.ts';
import { zoneOffsetAt } from './zone.ts';

const MINUTE = 60_000;

/** Zones by the names that people there use. `Intl` knows the Indonesian ones in Indonesian only, and the others in none. */
const NAMES: Readonly<Record<string, string>> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT',
  'Asia/Kuala_Lumpur': 'MYT',
  'Asia/Kuching': 'MYT',
  'Asia/Bangkok': 'ICT',
  'Asia/Ho_Chi_Minh': 'ICT',
  'Asia/Phnom_Penh': 'ICT',
  'Asia/Vientiane': 'ICT',
};

/** The day before the month, in English too; a language that is none of ours reads English. */
const localeOf = (lang: string): string => {
  const known = LANGUAGES.find((one) => one === lang) ?? 'en';
  return `${known === 'en' ? 'en-GB' : known}-u-ca-gregory-nu-latn`;
};

/** Making a format costs a thousand times what using it does. There are four languages and some 600 zones. */
const formats = createBoundedMemory<Intl.DateTimeFormat>(1_000);

const PARTS = {
  date: { dateStyle: 'long' },
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
} as const;

function formatOf(lang: string, zone: string, part: keyof typeof PARTS): Intl.DateTimeFormat {
  const name = `${part} ${localeOf(lang)} ${zone}`;
  const known = formats.get(name);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(localeOf(lang), { timeZone: zone, ...PARTS[part] });
  formats.keep(name, made);
  return made;
}

/** The day on which an instant falls in a zone, its month in letters: `30 November 2026`. */
export const writtenDate = (at: Date, lang: string, zone: string): string =>
  formatOf(lang, zone, 'date').format(at);

/** The hour and minute, of 24 hours: `10:00`, in Indonesian `10.00`. */
export const writtenHour = (at: Date, lang: string, zone: string): string =>
  formatOf(lang, zone, 'hour').format(at);

/** A calendar date `YYYY-MM-DD`, which is of no zone; undefined where the text is none. */
export function writtenDay(text: string, lang: string): string | undefined {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = new Date(isDate ? text : Number.NaN);
  // `Date` takes 31 February for a day of March.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
    ? writtenDate(at, lang, 'UTC')
    : undefined;
}

/** An offset of so many milliseconds ahead of UTC: `UTC+8`, `UTC-3:30`, `UTC`. */
export function offsetName(ahead: number): string {
  const minutes = Math.round(Math.abs(ahead) / MINUTE);
  if (minutes === 0) return 'UTC';
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `UTC${ahead < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

/** The name of a zone where people have one for it, else its offset at that instant. */
export const zoneName = (at: Date, zone: string): string =>
  NAMES[zone] ?? offsetName(zoneOffsetAt(at.getTime(), zone));

/** A number with the separators of the language: `1.234,5` in Indonesian, `1,234.5` in Malay; rounded where `decimals` says so. */
export const writtenNumber = (value: number, lang: string, decimals = 20): string =>
  new Intl.NumberFormat(localeOf(lang), { maximumFractionDigits: decimals }).format(value);
