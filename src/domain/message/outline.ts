/**
 * The outline of a message: its body as headed groups of label and value in the reader's language, for a page or a
 * mail to show. Labels and coded values are put into words; what people wrote stays as they wrote it.
 */

import type { Phrases, Reader } from '../words/phrases.ts';
import {
  CASE_STATUS,
  GENDER,
  METHOD_OF_RECRUITMENT,
  METHODS_OF_CONTROL,
  NEEDS,
  NOTICE_KINDS,
  OWN_METHODS_OF_CONTROL,
  OWN_TYPES_OF_EXPLOITATION,
  REFUSAL_REASONS,
  RELATIONSHIP_TO_TRAFFICKER,
  REQUEST_KINDS,
  ROLE_IN_PROCESS,
  STATUS_DECIDED_BY,
  TRAFFICKING_STATUS,
  TYPE_OF_EXPLOITATION,
} from '../words/vocabulary.ts';
import { offsetName, writtenDate, writtenDay, writtenHour, writtenNumber } from '../words/written.ts';
import { zoneOffsetAt } from '../words/zone.ts';
import {
  BORDER_MEASURES,
  CHECKPOINT_MEASURES,
  DOCUMENT_KINDS,
  FEAR_SIGNS,
  HANDOVER_REASONS,
  HEALTH_STATES,
  HOUSING_STATES,
  LEGAL_STATES,
  NATIONALITY_BASIS,
  PERMISSION_PURPOSES,
  PLACE_KINDS,
  RECALL_REASONS,
  REPORTER_ROLES,
  REQUEST_OUTCOMES,
  SCHOOLING_STATES,
  YES_NO_UNKNOWN,
} from './case-codes.ts';

/** One labelled value; a text that people wrote may have several lines. */
export interface OutlineLine {
  readonly label: string;
  readonly text: string;
  /** The text is what its sender wrote, in the language of the message, and not put into the reader's words. */
  readonly isWritten?: true;
}

/** Lines that belong together: the body's own first, then one group a person, with a heading. */
export interface OutlineGroup {
  readonly heading?: string;
  readonly lines: readonly OutlineLine[];
}

type Members = Readonly<Record<string, unknown>>;

/** Members whose values are codes, with the list each is from. Only these are put into words; the rest is quoted. */
export const CODED_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  prs_Gender: GENDER,
  vic_TraffickingStatus: TRAFFICKING_STATUS,
  vic_TraffickingStatusDecisionMakingOrg: STATUS_DECIDED_BY,
  vic_RelationshipToTrafficker: RELATIONSHIP_TO_TRAFFICKER,
  vic_MethodOfRecruitment: METHOD_OF_RECRUITMENT,
  vic_MethodsOfControl: [...METHODS_OF_CONTROL, ...OWN_METHODS_OF_CONTROL],
  vic_TypeOfExploitation: [...TYPE_OF_EXPLOITATION, ...OWN_TYPES_OF_EXPLOITATION],
  per_RoleInProcess: ROLE_IN_PROCESS,
  cas_Status: CASE_STATUS,
  needs: NEEDS,
  kind: [...REQUEST_KINDS, ...NOTICE_KINDS, ...PLACE_KINDS],
  outcome: REQUEST_OUTCOMES,
  basis: NATIONALITY_BASIS,
  ground: [...new Set([...REFUSAL_REASONS, ...HANDOVER_REASONS])],
  measure: CHECKPOINT_MEASURES,
  border: BORDER_MEASURES,
  document: DOCUMENT_KINDS,
  documents_seen: DOCUMENT_KINDS,
  documents_missing: DOCUMENT_KINDS,
  known: YES_NO_UNKNOWN,
  debt: YES_NO_UNKNOWN,
  fear: FEAR_SIGNS,
  role: REPORTER_ROLES,
  housing: HOUSING_STATES,
  schooling: SCHOOLING_STATES,
  health: HEALTH_STATES,
  legal: LEGAL_STATES,
  reason: RECALL_REASONS,
  purpose: PERMISSION_PURPOSES,
};

/** Members whose own members stand in the same line, each with its label. */
const NESTED: readonly string[] = [
  ...(['recruiter', 'route', 'money', 'reporter', 'escort', 'third_party'] as const),
  ...(['journeys', 'papers', 'corrected', 'determinations'] as const),
];
/** Members that only hold others together. */
const TRANSPARENT: readonly string[] = ['consent', 'checklist'];
const PLACES: readonly string[] = ['where', 'last_known'];
const COUNTRIES: readonly string[] = ['prs_Citizenship', 'country', 'destination'];
const TONGUES: readonly string[] = ['prs_PrimaryLanguage', 'languages'];

/** Members that are a calendar date where they look like one; `from` is a place elsewhere, `now` any text. */
const DAYS: readonly string[] = [
  'prs_Birthdate',
  'since',
  'departure',
  'date',
  'from',
  'until',
  'travel_by',
  'seen_on',
  'valid_until',
  'now',
];
/** Members that say how many or how much. */
const QUANTITIES: readonly string[] = [
  'amount',
  'departures',
  'overstay_days',
  'seats',
  'companions',
  'minors',
];

/** Members that have a label of their own besides the coded ones. */
export const LABELLED_MEMBERS: readonly string[] = [
  ...NESTED,
  ...PLACES,
  ...COUNTRIES,
  ...TONGUES,
  ...['case_number', 'happened', 'since', 'indicators', 'con_Consent', 'note', 'evaluation', 'question'],
  ...['answer', 'detail', 'subject', 'text', 'cas_ReasonForCaseClosure', 'prs_FirstName', 'prs_SecondName'],
  ...['prs_Birthdate', 'prs_IdentityNumber', 'referred_to', 'companions', 'minors', 'minor', 'offered'],
  ...[
    'departure',
    'departures',
    'from',
    'via',
    'to',
    'until',
    'carrier',
    'number',
    'date',
    'name',
    'contact',
  ],
  ...['amount', 'currency', 'paid_by', 'travel_by', 'relatives', 'overstay_days', 'seats', 'seen_on'],
  ...['reference', 'valid_until', 'conditions', 'when', 'office', 'medical_needs', 'medical_note', 'whole'],
  ...['original', 'focal_point'],
  ...['accepted', 'exercise', 'member', 'now', 'granted', 'persons', 'automatic', 'person'],
];

/** The phrase id of a code; Fluent ids know no colon. */
export const phraseIdOf = (code: string): string => `value-${code.replace(':', '-')}`;

/** Drops what could move text about on a screen: control characters other than line breaks, and direction overrides. */
export const removeControls = (text: string): string =>
  text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/gu, '');

/** The same on one line. */
export const cleanLine = (text: string): string => removeControls(text).replaceAll('\n', ' ').trim();

/**
 * The body's outline, members in the order the sender wrote them. What was sealed elsewhere may fit no schema: it is shown
 * all the same, and nothing of it left out, because there may be a person behind it.
 */
export function outlineOfBody(body: Members, reader: Reader, translate: Phrases): readonly OutlineGroup[] {
  const { persons, ...others } = body;
  const people = Array.isArray(persons) && persons.every(isMembers) ? persons : undefined;
  return [
    { lines: linesOf(people === undefined ? body : others, reader, translate) },
    ...(people ?? []).map(({ ref, ...about }, n) => ({
      heading: translate(reader, 'person', {
        number: n + 1,
        ref: cleanLine(typeof ref === 'string' ? ref : JSON.stringify(ref ?? n + 1)),
      }),
      lines: linesOf(about, reader, translate),
    })),
  ];
}

const linesOf = (part: Members, reader: Reader, translate: Phrases): OutlineLine[] =>
  Object.entries(part).flatMap(([name, value]) => {
    if (TRANSPARENT.includes(name) && isMembers(value)) return linesOf(value, reader, translate);
    const shown = valueText(name, value, reader, translate);
    const line = { label: labelOf(name, reader, translate), text: removeControls(shown).trim() };
    return [shown === value ? { ...line, isWritten: true as const } : line];
  });

/** A member this version has no label for keeps its own name: a newer sender is shown, not cut. */
function labelOf(name: string, reader: Reader, translate: Phrases): string {
  const known = Object.hasOwn(CODED_MEMBERS, name) || LABELLED_MEMBERS.includes(name);
  return known ? translate(reader, `field-${name}`) : cleanLine(name);
}

function valueText(name: string, value: unknown, reader: Reader, translate: Phrases): string {
  if (Array.isArray(value))
    return value.map((one) => cleanLine(valueText(name, one, reader, translate))).join('; ');
  if (typeof value === 'boolean') return translate(reader, value ? 'yes' : 'no');
  if (typeof value === 'string') return stringText(name, value, reader, translate);
  if (value === null) return translate(reader, 'value-unknown');
  // A number of a newer member may be a year or an id: its digits stay as they are.
  if (typeof value === 'number')
    return QUANTITIES.includes(name) ? writtenNumber(value, reader.lang) : String(value);
  if (PLACES.includes(name)) return placeText(members(value), reader, translate);
  if (name === 'evaluation') {
    const { source, information } = members(value);
    return translate(reader, 'evaluation', { source: String(source), information: String(information) });
  }
  if (NESTED.includes(name)) return nestedText(members(value), reader, translate);
  return JSON.stringify(value ?? null);
}

const nestedText = (part: Members, reader: Reader, translate: Phrases): string =>
  linesOf(part, reader, translate)
    .map(({ label, text }) => translate(reader, 'line', { label, value: cleanLine(text) }))
    .join(', ');

function stringText(name: string, value: string, reader: Reader, translate: Phrases): string {
  if (Object.hasOwn(CODED_MEMBERS, name) && CODED_MEMBERS[name]?.includes(value))
    return translate(reader, phraseIdOf(value));
  if (COUNTRIES.includes(name) && /^[A-Z]{2}$/.test(value)) return translate(reader, `country-${value}`);
  if (TONGUES.includes(name)) return nameOfLanguage(value, reader.lang);
  if (name === 'member') return pathText(value, reader, translate);
  if (DAYS.includes(name)) return writtenDay(value, reader.lang) ?? value;
  return name === 'when' ? hourText(value, reader, translate) : value;
}

/** RFC 3339, with the offset of the place; a text without one is at no certain hour, and stays as it is. */
const AT_PLACE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[\d:.]*(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** An hour at a place: as the clocks there show it, and beside it as the reader's do, where the two differ. */
function hourText(value: string, reader: Reader, words: Phrases): string {
  const [whole, sign, hours, minutes] = AT_PLACE.exec(value) ?? [];
  const at = new Date(whole ?? Number.NaN);
  if (Number.isNaN(at.getTime())) return value;
  const here = words(reader, 'moment', { at });
  const ahead = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (sign === undefined || ahead === zoneOffsetAt(at.getTime(), reader.zone)) return here;
  const local = new Date(at.getTime() + ahead);
  const there = words(reader, 'date-time', {
    date: writtenDate(local, reader.lang, 'UTC'),
    hour: writtenHour(local, reader.lang, 'UTC'),
    zone: offsetName(ahead),
  });
  return words(reader, 'moment-there', { there, here });
}

/** Where in another body something stands: names as their labels, counting from one. */
const pathText = (path: string, reader: Reader, translate: Phrases): string =>
  path
    .split('.')
    .map((part) => (/^\d{1,3}$/.test(part) ? String(Number(part) + 1) : labelOf(part, reader, translate)))
    .join(' › ');

function placeText(place: Members, reader: Reader, translate: Phrases): string {
  const country = String(place['country'] ?? '');
  const named = [
    place['name'],
    /^[A-Z]{2}$/.test(country) ? translate(reader, `country-${country}`) : country,
  ];
  const kind = PLACE_KINDS.find((one) => one === place['kind']);
  const known = kind === undefined ? named : [...named, translate(reader, phraseIdOf(kind))];
  const text = cleanLine(known.map((part) => String(part ?? '')).join(', '));
  const { latitude, longitude } = place;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return text;
  // As text: a number would be rounded by the reader's number format, and a place needs all its digits.
  return translate(reader, 'coordinates', {
    place: text,
    latitude: String(latitude),
    longitude: String(longitude),
  });
}

/** A language by its ISO 639 code, in the reader's language where the platform knows it; else the code. */
export function nameOfLanguage(code: string, lang: string): string {
  try {
    return new Intl.DisplayNames([lang, 'en'], { type: 'language', fallback: 'code' }).of(code) ?? code;
  } catch {
    return code;
  }
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const members = (value: unknown): Members => (isMembers(value) ? value : {});
