/**
 * The agreement: who may send what to whom, by which channels, how fast it must be handled, and how long it is
 * kept. Without an agreement no message is carried.
 */
import { z } from 'zod';
import { MESSAGE_NAMES, mediaType } from '../message/message.ts';
import { PROTOCOL } from '../message/protocol.ts';
import { CHANNELS } from '../party/channel.ts';
import { agreementId, country, did, instant, isInForceAt, statementVersion } from '../party/designation.ts';
import { signedName } from '../words/text.ts';
import { HANDLING_CODES, type Handling, URGENCIES, type Urgency } from '../words/vocabulary.ts';
import { calendarSchema, type LocalTime, localTimeOf, ROUND_THE_CLOCK } from './calendar.ts';
import { escalationSchema, remindersSchema } from './escalation-terms.ts';

/** One side of a rule: all focal points of a country, or one focal point. */
const side = z.union([country, did]);

const rule = z.strictObject({
  from: z.array(side).min(1).max(100),
  to: z.array(side).min(1).max(100),
  types: z.array(z.enum(MESSAGE_NAMES)).min(1),
  handling: z
    .array(z.enum(HANDLING_CODES))
    .min(1)
    .default([...HANDLING_CODES]),
  channels: z
    .array(z.enum(CHANNELS))
    .min(1)
    .default([...CHANNELS]),
});

/** Seconds in which a message must be acknowledged and answered, from its consignment. */
const clock = z.strictObject({
  acknowledge: z.int().min(60).max(31_536_000),
  answer: z.int().min(60).max(31_536_000),
});
export type Clock = z.infer<typeof clock>;

/** The clocks if an agreement sets none: to acknowledge 30 min / 2 h / 24 h, to answer 8 h / 3 days / 7 days. */
export const DEFAULT_CLOCKS: Readonly<Record<Urgency, Clock>> = {
  immediate: { acknowledge: 1_800, answer: 28_800 },
  urgent: { acknowledge: 7_200, answer: 259_200 },
  routine: { acknowledge: 86_400, answer: 604_800 },
};

/** Three days: a weekend, and the working day after it. */
export const DEFAULT_REVOCATION_GRACE_HOURS = 72;

export const agreementSchema = z.strictObject({
  kind: z.literal('agreement'),
  id: agreementId,
  version: statementVersion,
  title: signedName(200),
  /** The countries whose authorities must all sign. A single country may sign a statement for its domestic traffic. */
  parties: z
    .array(country)
    .min(1)
    .max(2)
    .refine((list) => new Set(list).size === list.length, 'must differ'),
  rules: z.array(rule).min(1).max(200),
  clocks: z.partialRecord(z.enum(URGENCIES), clock).default({}),
  /** Seconds in which the originator must answer a permission request; the answer clock if absent. */
  permission: z.int().min(60).max(31_536_000).optional(),
  /** Zone, working time and quiet hours of each country. A country without a calendar works round the clock. */
  calendars: z.record(country, calendarSchema).optional(),
  reminders: remindersSchema.optional(),
  /** Who is told, and how late, when a deadline passes. */
  chase: escalationSchema.optional(),
  /** Named groups of focal points: `group:<name>` in a submission addresses all of them. */
  groups: z.record(z.string().regex(/^[a-z0-9-]{1,48}$/), z.array(did).min(1).max(100)).optional(),
  /** Media types of runnable files that may be sent although they can run on a reader's computer; none if absent. */
  runnable_media_types: z.array(mediaType).min(1).max(50).optional(),
  /** Smaller counts are suppressed in figures, so that nobody can be identified. */
  suppress_under: z.int().min(1).max(100).optional(),
  /** Days for which content is kept after a thread closes. Evidence is kept longer. */
  keep_days: z.int().min(1).max(3650).default(90),
  /**
   * Hours for which a certificate revocation list is still used after its next one was due. The issuer may be cut
   * off, and people wait meanwhile. Afterwards nothing is encrypted to certificates of that issuer.
   */
  revocation_grace_hours: z.int().min(0).max(720).default(DEFAULT_REVOCATION_GRACE_HOURS),
  from: instant,
  until: instant,
});
export type Agreement = z.infer<typeof agreementSchema>;

/** One version of an agreement. */
export type AgreementName = Pick<Agreement, 'id' | 'version'>;

/** Whether two names are of the same version of the same agreement. */
export const isSameVersion = (one: AgreementName, other: AgreementName): boolean =>
  one.id === other.id && one.version === other.version;

/**
 * The version of each agreement that applies at a time: the highest that has begun. If that version has ended, the
 * one it replaced does not come back.
 */
export const agreementsInForce = <T extends Agreement>(all: readonly T[], at: Date): readonly T[] =>
  all.filter(
    (one) =>
      Date.parse(one.from) <= at.getTime() &&
      !all.some(
        (other) =>
          other.id === one.id && other.version > one.version && Date.parse(other.from) <= at.getTime(),
      ),
  );

/** A message to be carried, as an agreement sees it. */
export interface Carriage {
  readonly from: { readonly did: string; readonly country: string };
  readonly to: { readonly did: string; readonly country: string };
  readonly name: (typeof MESSAGE_NAMES)[number];
  readonly handling: Handling;
}

const names = (sides: readonly string[], party: { did: string; country: string }): boolean =>
  sides.includes(party.country) || sides.includes(party.did);

/**
 * The channels by which this agreement allows the message to reach its recipient; empty if it does not cover it.
 * Both countries must be parties to the agreement.
 */
export function allowedChannels(statement: Agreement, carriage: Carriage, at: Date): readonly string[] {
  const parties = [carriage.from.country, carriage.to.country];
  if (PROTOCOL[carriage.name].domestic && parties[0] !== parties[1]) return [];
  if (!isInForceAt(statement, at) || !parties.every((one) => statement.parties.includes(one))) return [];
  const channels = statement.rules
    .filter((one) => names(one.from, carriage.from) && names(one.to, carriage.to))
    .filter((one) => one.types.includes(carriage.name) && one.handling.includes(carriage.handling))
    .flatMap((one) => one.channels);
  return [...new Set(channels)];
}

/** What an agreement says about clocks. */
export type ClockTerms = Pick<Agreement, 'clocks' | 'calendars' | 'permission'>;

/** The clock for an urgency: the agreement's own where it sets one, else the default. */
export const clockForUrgency = (statement: Pick<Agreement, 'clocks'> | undefined, urgency: Urgency): Clock =>
  statement?.clocks[urgency] ?? DEFAULT_CLOCKS[urgency];

/** The suppression threshold if no agreement sets one. */
export const DEFAULT_SUPPRESS_UNDER = 5;

/**
 * The working time that a focal point's clocks use: its country's calendar, but round the clock for immediate
 * messages.
 */
export function workingTimeOf(
  statement: Pick<Agreement, 'calendars'> | undefined,
  focalPoint: { readonly did: string; readonly country: string },
  urgency: Urgency,
): LocalTime {
  if (urgency === 'immediate') return ROUND_THE_CLOCK;
  return localTimeOf(statement?.calendars?.[focalPoint.country], focalPoint.did);
}
