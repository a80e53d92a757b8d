/**
 * Formats dates, hours and numbers in a language: always Gregorian years and Latin digits, which `Intl` does not
 * choose by itself for every language of the region. No other file may ask `Intl` for them.
 */
import { createBoundedMemory } from './bounded-memory.ts';
import { LANGUAGES } from './vocabulary.ts';
import { startOfDate, zoneOffsetAt } from './zone.ts';

const MINUTE = 60_000;

/** The zone names that people use. `Intl` has the Indonesian ones only in Indonesian, and the others not at all. */
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

/** The locale of a language: day before month, also in English. Any other language gets English. */
const localeOf = (lang: string): string => {
  const known = LANGUAGES.find((one) => one === lang) ?? 'en';
  return `${known === 'en' ? 'en-GB' : known}-u-ca-gregory-nu-latn`;
};

/** Making a format costs a thousand times more than using it. There are four languages and about 600 zones. */
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

const DAY = 86_400_000;
/** A day inside the years of four digits, because a zone may be a day ahead or behind. */
const FIRST = Date.parse('1000-01-01T00:00:00Z') + DAY;
const LAST = Date.parse('9999-12-31T00:00:00Z') - DAY;

/** Whether the year has four digits, as people write years. `Intl` writes 1 BC for the year 0, without saying so. */
export const hasUsualYear = (at: Date): boolean => at.getTime() >= FIRST && at.getTime() <= LAST;

/** The local date of an instant, with the month in letters: `30 November 2026`; in other years its UTC date in figures. */
export const writtenDate = (at: Date, lang: string, zone: string): string =>
  hasUsualYear(at) ? formatOf(lang, zone, 'date').format(at) : (at.toISOString().split('T')[0] ?? '');

/** The local hour and minute of an instant, in 24 hours: `10:00`, in Indonesian `10.00`. */
export const writtenHour = (at: Date, lang: string, zone: string): string =>
  formatOf(lang, zone, 'hour').format(at);

/** Formats a calendar date `YYYY-MM-DD`, which has no zone. Returns undefined if the text is no date of a usual year. */
export function writtenDay(text: string, lang: string): string | undefined {
  const start = startOfDate(text);
  const at = new Date(start ?? Number.NaN);
  return start !== undefined && hasUsualYear(at) ? writtenDate(at, lang, 'UTC') : undefined;
}

/** The name of an offset, given in milliseconds ahead of UTC: `UTC+8`, `UTC-3:30`, `UTC`. */
export function offsetName(ahead: number): string {
  const minutes = Math.round(Math.abs(ahead) / MINUTE);
  if (minutes === 0) return 'UTC';
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `UTC${ahead < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

/** The usual name of a zone, or its offset at that instant if it has none. */
export const zoneName = (at: Date, zone: string): string =>
  NAMES[zone] ?? offsetName(zoneOffsetAt(at.getTime(), zone));

/** Number formats by language and places, kept for the same reason as {@link formats}. */
const numberFormats = createBoundedMemory<Intl.NumberFormat>(100);

function numberFormatOf(lang: string, decimals: number): Intl.NumberFormat {
  const name = `${decimals} ${localeOf(lang)}`;
  const known = numberFormats.get(name);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(localeOf(lang), { maximumFractionDigits: decimals });
  numberFormats.keep(name, made);
  return made;
}

/** From here on JavaScript writes a number with an exponent, and it has more digits than it is exact to. */
const HUGE = 1e21;

/**
 * Formats a number with the separators of the language: `1.234,5` in Indonesian, `1,234.5` in Malay. It is rounded
 * to `decimals` places. A huge one keeps its exponent, `1e+300`, and does not become 300 digits.
 */
export const writtenNumber = (value: number, lang: string, decimals = 20): string =>
  Math.abs(value) >= HUGE ? String(value) : numberFormatOf(lang, decimals).format(value);
