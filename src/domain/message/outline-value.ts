/** One value of a message in the reader's words: codes, countries, languages and places; what people wrote as it is. */

import type { Phrases, Reader } from '../words/phrases.ts';
import { languageName } from '../words/platform-names.ts';
import { INFORMATION_EVALUATION, SOURCE_EVALUATION } from '../words/vocabulary.ts';
import {
  hasUsualYear,
  offsetName,
  writtenDate,
  writtenDay,
  writtenHour,
  writtenNumber,
} from '../words/written.ts';
import { zoneOffsetAt } from '../words/zone.ts';
import {
  CODED,
  COUNTRIES,
  DAYS,
  LABELLED,
  PLACES,
  QUANTITIES,
  TONGUES,
  TRANSPARENT,
  valueId,
} from './outline-members.ts';

export type Members = Readonly<Record<string, unknown>>;

/** Every way to end a line in Unicode (UAX 14, class BK, CR, LF and NL): some programs for mail break a line at each. */
const LINE_END = /\r\n?|[\v\f\u0085\u2028\u2029]/g;

/**
 * Removes characters that could move text on a screen: control characters and direction overrides. Line breaks stay,
 * all as LF; a tab becomes a space, so that it goes on parting words.
 */
export const clean = (text: string): string =>
  text
    .replaceAll(LINE_END, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(/[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/gu, '');

/** Removes them and puts the text on one line. */
export const oneLine = (text: string): string => clean(text).replaceAll('\n', ' ').trim();

/** The label of a member. A member without a label, from a newer sender, is shown under its own name. */
export function labelOf(name: string, reader: Reader, translate: Phrases): string {
  const known = Object.hasOwn(CODED, name) || LABELLED.includes(name);
  return known ? translate(reader, `field-${name}`) : oneLine(name);
}

export const under = (heading: string | undefined, label: string): string =>
  heading === undefined ? label : `${heading} › ${label}`;

const SOURCES: readonly string[] = SOURCE_EVALUATION;
const INFORMATION: readonly string[] = INFORMATION_EVALUATION;
const PLACE_MEMBERS: readonly string[] = ['country', 'name', 'kind', 'latitude', 'longitude'];

/** Whether a value that has members is short enough for one line: a place, an evaluation, or nothing. */
export function fitsOneLine(name: string, value: Members): boolean {
  if (Object.keys(value).length === 0) return true;
  if (name === 'evaluation') return isEvaluation(value);
  return PLACES.includes(name) && isPlace(value);
}

/** Whether a part is an evaluation of known codes: of the source, of the information, or of both. */
function isEvaluation({ source, information, ...more }: Members): boolean {
  const areKnown = isAbsentOrIn(SOURCES, source) && isAbsentOrIn(INFORMATION, information);
  return areKnown && Object.keys(more).length === 0;
}

const isAbsentOrIn = (codes: readonly string[], value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && codes.includes(value));

/** Whether a part is a place as its schema has it. Any other has each member on a line, so that none is lost. */
function isPlace(place: Members): boolean {
  const { latitude, longitude } = place;
  const texts = [place['country'], place['name'], place['kind'] ?? ''];
  const hasPair = typeof latitude === 'number' && typeof longitude === 'number';
  const hasNone = latitude === undefined && longitude === undefined;
  const isKnown = Object.keys(place).every((member) => PLACE_MEMBERS.includes(member));
  return isKnown && texts.every((one) => typeof one === 'string') && (hasPair || hasNone);
}

/** A value on one line, or as it was written. @param value one that {@link fitsOneLine}, or has no members */
export function valueText(name: string, value: unknown, reader: Reader, translate: Phrases): string {
  if (Array.isArray(value) && value.length > 0)
    return value.map((one) => oneLine(valueText(name, one, reader, translate))).join('; ');
  if (typeof value === 'boolean') return translate(reader, value ? 'yes' : 'no');
  if (typeof value === 'string') return stringText(name, value, reader, translate);
  if (value === null) return translate(reader, 'value-unknown');
  // An unknown member's number may be a year or an id, so its digits are not formatted.
  if (typeof value === 'number')
    return QUANTITIES.includes(name) ? writtenNumber(value, reader.lang) : String(value);
  if (!isMembers(value) || Object.keys(value).length === 0) return translate(reader, 'nothing-entered');
  return name === 'evaluation'
    ? evaluationText(value, reader, translate)
    : placeText(value, reader, translate);
}

/** The evaluation in words; one that says nothing of source and information is said to be none. */
function evaluationText({ source, information }: Members, reader: Reader, translate: Phrases): string {
  if (source === 'X' && information === '4') return translate(reader, 'evaluation-none');
  const told = (name: string, code: unknown): string => stringText(name, String(code), reader, translate);
  if (information === undefined) return told('source', source);
  if (source === undefined) return told('information', information);
  return translate(reader, 'evaluation', {
    source: told('source', source),
    information: told('information', information),
  });
}

/** A text: a code in words, a country or language by its name, what people wrote as it is. */
export function stringText(name: string, value: string, reader: Reader, translate: Phrases): string {
  if (Object.hasOwn(CODED, name) && CODED[name]?.includes(value)) return translate(reader, valueId(value));
  if (name === 'source' && SOURCES.includes(value)) return translate(reader, `source-${value}`);
  if (name === 'information' && INFORMATION.includes(value)) return translate(reader, `information-${value}`);
  if (COUNTRIES.includes(name) && /^[A-Z]{2}$/.test(value)) return translate(reader, `country-${value}`);
  if (TONGUES.includes(name)) return languageName(value, reader.lang);
  if (DAYS.includes(name)) return writtenDay(value, reader.lang) ?? value;
  return name === 'when' ? hourText(value, reader, translate) : value;
}

/** RFC 3339 with the offset of the place. A text without an offset is no certain time and is shown unchanged. */
const AT_PLACE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[\d:.]*(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** A time at a place: by the clocks there, and also in the reader's zone if that differs. */
function hourText(value: string, reader: Reader, translate: Phrases): string {
  const [whole, sign, hours, minutes] = AT_PLACE.exec(value) ?? [];
  const at = new Date(whole ?? Number.NaN);
  if (Number.isNaN(at.getTime()) || !hasUsualYear(at)) return value;
  const here = translate(reader, 'moment', { at });
  const ahead = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const local = new Date(at.getTime() + (sign === undefined ? 0 : ahead));
  // A day that no month has, such as 30 February, would move to the next one.
  if (writtenDay(value.slice(0, 10), reader.lang) === undefined) return value;
  if (sign === undefined || ahead === zoneOffsetAt(at.getTime(), reader.zone)) return here;
  const there = translate(reader, 'date-time', {
    date: writtenDate(local, reader.lang, 'UTC'),
    hour: writtenHour(local, reader.lang, 'UTC'),
    zone: offsetName(ahead),
  });
  return translate(reader, 'moment-there', { there, here });
}

/**
 * The longest heading, in UTF-16 units. Each part inside a part repeats what leads to it: without a bound, a body of
 * some hundred kilobytes that fits no schema would make gigabytes of headings.
 */
export const MAX_HEADING = 160;

/** A heading with its middle left out if it is too long; its end names the part. */
export function shortHeading(heading: string): string {
  if (heading.length <= MAX_HEADING) return heading;
  const half = MAX_HEADING / 2 - 1;
  return `${heading.slice(0, half)}…${heading.slice(-half)}`.toWellFormed();
}

/**
 * Where in another body something is: names as their labels, counting from one. No schema has a path longer than a
 * heading, so such a one is shown as it was written: it may have a million parts.
 */
export const pathText = (path: string, reader: Reader, translate: Phrases): string =>
  shortHeading(
    path.length > MAX_HEADING ? oneLine(shortHeading(path)) : labelsOfPath(path, reader, translate),
  );

const labelsOfPath = (path: string, reader: Reader, translate: Phrases): string =>
  path
    .replaceAll(/\bpersons\.(?=\d)/g, 'person.')
    .split('.')
    .filter((part) => !TRANSPARENT.includes(part))
    .reduce((text, part) => {
      if (/^\d{1,3}$/.test(part)) return `${text} ${Number(part) + 1}`;
      return under(text === '' ? undefined : text, labelOf(part, reader, translate));
    }, '');

/** A place on one line. @param place one that fits its schema */
function placeText(place: Members, reader: Reader, translate: Phrases): string {
  const { country, name, kind, latitude, longitude } = place;
  const named = [String(name), stringText('country', String(country), reader, translate)];
  const parts = named.filter((one) => one.trim() !== '');
  if (kind !== undefined) parts.push(stringText('kind', String(kind), reader, translate));
  const text = oneLine(parts.join(', '));
  if (latitude === undefined) return text;
  // As text, because the number format would round it, and coordinates need all digits.
  return translate(reader, 'coordinates', {
    place: text,
    latitude: String(latitude),
    longitude: String(longitude),
  });
}

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
