/**
 * The outline of a message: its body as headed groups of label and value in the reader's language, for a page or a
 * mail to show. Labels and coded values are put into words; what people wrote stays as they wrote it.
 */

import {
  CLOSED_STATUS,
  GENDER,
  METHOD_OF_RECRUITMENT,
  METHODS_OF_CONTROL,
  NEEDS,
  NOTICE_KINDS,
  OWN_METHODS_OF_CONTROL,
  OWN_TYPES_OF_EXPLOITATION,
  REFUSAL_GROUNDS,
  RELATIONSHIP_TO_TRAFFICKER,
  REQUEST_KINDS,
  STATUS_DECIDED_BY,
  TRAFFICKING_STATUS,
  TYPE_OF_EXPLOITATION,
} from './vocabulary.ts';
import type { Words } from './words.ts';

/** One labelled value; a text that people wrote may have several lines. */
export interface OutlineLine {
  readonly label: string;
  readonly text: string;
}

/** Lines that belong together: the body's own first, then one group a person, with a heading. */
export interface OutlineGroup {
  readonly heading?: string;
  readonly lines: readonly OutlineLine[];
}

type Members = Readonly<Record<string, unknown>>;

/** Members whose values are codes, with the list each is from. Only these are put into words; the rest is quoted. */
export const CODED: Readonly<Record<string, readonly string[]>> = {
  prs_Gender: GENDER,
  vic_TraffickingStatus: TRAFFICKING_STATUS,
  vic_TraffickingStatusDecisionMakingOrg: STATUS_DECIDED_BY,
  vic_RelationshipToTrafficker: RELATIONSHIP_TO_TRAFFICKER,
  vic_MethodOfRecruitment: METHOD_OF_RECRUITMENT,
  vic_MethodsOfControl: [...METHODS_OF_CONTROL, ...OWN_METHODS_OF_CONTROL],
  vic_TypeOfExploitation: [...TYPE_OF_EXPLOITATION, ...OWN_TYPES_OF_EXPLOITATION],
  needs: NEEDS,
  kind: [...REQUEST_KINDS, ...NOTICE_KINDS],
  outcome: ['confirmed', 'not-confirmed', 'provided', 'pending'],
  ground: REFUSAL_GROUNDS,
  cas_Status: CLOSED_STATUS,
};

/** Members that have a label of their own besides the coded ones. */
export const LABELLED: readonly string[] = [
  ...[
    'case_number',
    'where',
    'happened',
    'since',
    'indicators',
    'con_Consent',
    'note',
    'evaluation',
    'question',
  ],
  ...['answer', 'detail', 'subject', 'text', 'cas_ReasonForCaseClosure', 'prs_FirstName', 'prs_SecondName'],
  ...['prs_Birthdate', 'prs_Citizenship', 'prs_IdentityNumber', 'prs_PrimaryLanguage'],
];

/** The phrase id of a code; Fluent ids know no colon. */
export const valueId = (code: string): string => `value-${code.replace(':', '-')}`;

/** Drops what could move text about on a screen: control characters other than line breaks, and direction overrides. */
export const clean = (text: string): string =>
  text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/gu, '');

/** The same on one line. */
export const oneLine = (text: string): string => clean(text).replaceAll('\n', ' ').trim();

/** The body's outline, members in the order the sender wrote them. */
export function outline(body: Members, lang: string, words: Words): readonly OutlineGroup[] {
  const { persons, ...rest } = body;
  const people = Array.isArray(persons) ? persons.map(members) : [];
  return [
    { lines: linesOf(rest, lang, words) },
    ...people.map(({ ref, ...about }, n) => ({
      heading: words(lang, 'person', { number: n + 1, ref: oneLine(String(ref ?? n + 1)) }),
      lines: linesOf(about, lang, words),
    })),
  ];
}

const linesOf = (part: Members, lang: string, words: Words): OutlineLine[] =>
  Object.entries(part).flatMap(([name, value]) => {
    if (name === 'consent') return linesOf(members(value), lang, words);
    return [{ label: labelOf(name, lang, words), text: clean(valueText(name, value, lang, words)).trim() }];
  });

/** A member this version has no label for keeps its own name: a newer sender is shown, not cut. */
function labelOf(name: string, lang: string, words: Words): string {
  const known = Object.hasOwn(CODED, name) || LABELLED.includes(name);
  return known ? words(lang, `field-${name}`) : oneLine(name);
}

function valueText(name: string, value: unknown, lang: string, words: Words): string {
  if (Array.isArray(value)) return value.map((one) => oneLine(valueText(name, one, lang, words))).join('; ');
  if (typeof value === 'boolean') return words(lang, value ? 'yes' : 'no');
  if (typeof value === 'string') return stringText(name, value, lang, words);
  if (name === 'where') return placeText(members(value), lang, words);
  if (name === 'evaluation') {
    const { source, information } = members(value);
    return words(lang, 'evaluation', { source: String(source), information: String(information) });
  }
  return typeof value === 'number' ? String(value) : JSON.stringify(value ?? null);
}

function stringText(name: string, value: string, lang: string, words: Words): string {
  if (CODED[name]?.includes(value)) return words(lang, valueId(value));
  if (name === 'prs_Citizenship' && /^[A-Z]{2}$/.test(value)) return words(lang, `country-${value}`);
  if (name === 'prs_PrimaryLanguage') return languageName(value, lang);
  return value;
}

function placeText(place: Members, lang: string, words: Words): string {
  const country = String(place['country'] ?? '');
  const named = [place['name'], /^[A-Z]{2}$/.test(country) ? words(lang, `country-${country}`) : country];
  const text = oneLine(named.map((part) => String(part ?? '')).join(', '));
  const { latitude, longitude } = place;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return text;
  // As text: a number would be rounded by the reader's number format, and a place needs all its digits.
  return words(lang, 'coordinates', {
    place: text,
    latitude: String(latitude),
    longitude: String(longitude),
  });
}

/** A language by its ISO 639 code, in the reader's language where the platform knows it; else the code. */
export function languageName(code: string, lang: string): string {
  try {
    return new Intl.DisplayNames([lang, 'en'], { type: 'language', fallback: 'code' }).of(code) ?? code;
  } catch {
    return code;
  }
}

const members = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
