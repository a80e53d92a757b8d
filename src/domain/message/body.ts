/** Bodies of messages that inform; `body-acts.ts` has those that ask, answer and hand over. */
import { z } from 'zod';
import { calendarDate, country } from '../party/designation.ts';
import { present } from '../words/present.ts';
import { name } from '../words/text.ts';
import { CLOSED_STATUS, NEEDS } from '../words/vocabulary.ts';
import {
  caseNumber,
  consentPart,
  determination,
  evaluatedPart,
  freeText,
  journeyPart,
  listOf,
  longText,
  personRef,
  personsPart,
  placePart,
  recruiterPart,
  remarkText,
  spokenLanguage,
  uniqueListOf,
} from './body-parts.ts';
import {
  BORDER_MEASURES,
  CHECKPOINT_MEASURES,
  DOCUMENT_KINDS,
  FEAR_SIGNS,
  HEALTH_STATES,
  HOUSING_STATES,
  LEGAL_STATES,
  REPORTER_ROLES,
  SCHOOLING_STATES,
  YES_NO_UNKNOWN,
} from './case-codes.ts';

export const reportBody = z.strictObject({
  case_number: caseNumber,
  persons: personsPart.min(1),
  where: placePart,
  happened: longText,
  since: calendarDate.optional(),
  needs: listOf(z.enum(NEEDS)).optional(),
  indicators: listOf(freeText(200)).optional(),
  consent: consentPart,
  evaluation: evaluatedPart,
});

const route = z.strictObject({
  from: freeText(200).optional(),
  via: listOf(freeText(200)).optional(),
  to: freeText(200).optional(),
  journeys: listOf(journeyPart).optional(),
});

const money = z.strictObject({
  debt: z.enum(YES_NO_UNKNOWN),
  amount: z.number().min(0).max(1e12).optional(),
  /** ISO 4217. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
    .optional(),
  paid_by: freeText(200).optional(),
});

/** A count; null if unknown. */
const counted = z.int().min(0).max(500).nullable();

/**
 * The agreed checklist for officers who suspect trafficking. An item that was not asked has an explicit value for
 * that.
 */
const checklist = z.strictObject({
  languages: listOf(spokenLanguage),
  documents_seen: listOf(z.enum(DOCUMENT_KINDS)),
  documents_missing: listOf(z.enum(DOCUMENT_KINDS)),
  recruiter: recruiterPart,
  route,
  money,
  fear: listOf(z.enum(FEAR_SIGNS)),
  companions: counted,
  minors: counted,
});

export const indicationBody = z.strictObject({
  case_number: caseNumber,
  /** May be empty if a group is known but nobody in it by name. */
  persons: personsPart,
  where: placePart,
  happened: longText,
  checklist,
  measure: z.enum(CHECKPOINT_MEASURES),
  referred_to: freeText(200).optional(),
  indicators: listOf(freeText(200)).optional(),
  consent: consentPart.optional(),
  evaluation: evaluatedPart,
});

/** A report of suspicious recruitment by a village officer or a citizen. */
export const tipBody = z.strictObject({
  where: placePart,
  happened: longText,
  since: calendarDate.optional(),
  persons: personsPart.optional(),
  recruiter: recruiterPart.optional(),
  /** The promised work and its destination. */
  offered: freeText(500).optional(),
  destination: country.optional(),
  departure: calendarDate.optional(),
  /** Optional: a reporter may stay unnamed and need not state any role. */
  reporter: z
    .strictObject({
      role: z.enum(REPORTER_ROLES),
      name: name(120).optional(),
      contact: freeText(200).optional(),
    })
    .optional(),
  evaluation: evaluatedPart,
});

const noticeOf = {
  subject: freeText(200),
  text: longText,
  persons: personsPart.optional(),
  evaluation: evaluatedPart,
};

/** Unsolicited information. `trend-bulletin` and `good-practice` may go to a group of focal points. */
export const noticeBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('passenger-of-concern'),
    ...noticeOf,
    journeys: listOf(journeyPart).optional(),
  }),
  z.strictObject({
    kind: z.literal('departure-postponed'),
    ...noticeOf,
    where: placePart.optional(),
    departures: z.int().min(1).max(10_000).optional(),
    journeys: listOf(journeyPart).optional(),
  }),
  z.strictObject({
    kind: z.literal('border-measure'),
    ...noticeOf,
    border: z.enum(BORDER_MEASURES).optional(),
    where: placePart.optional(),
    from: calendarDate.optional(),
    until: calendarDate.optional(),
  }),
  z.strictObject({
    kind: z.literal('trend-bulletin'),
    ...noticeOf,
    from: calendarDate.optional(),
    until: calendarDate.optional(),
  }),
  z.strictObject({ kind: z.literal('good-practice'), ...noticeOf }),
  z.strictObject({
    kind: z.literal('non-punishment-review'),
    /** True if a gateway found the difference in what the focal point reads, and wrote this in its name. */
    automatic: z.boolean(),
    person: personRef,
    /** Those of the two determinations that the reader received or sent. */
    determinations: z.array(determination).min(1).max(2),
    text: longText.optional(),
    evaluation: evaluatedPart,
  }),
]);

/** How persons are after their return. */
export const followupBody = z.strictObject({
  case_number: caseNumber,
  date: calendarDate,
  persons: uniqueListOf(
    z.strictObject({
      ref: personRef,
      housing: z.enum(HOUSING_STATES),
      schooling: z.enum(SCHOOLING_STATES),
      health: z.enum(HEALTH_STATES),
      legal: z.enum(LEGAL_STATES),
      needs: listOf(z.enum(NEEDS)).optional(),
      note: remarkText.optional(),
    }),
  ).min(1),
  text: longText.optional(),
  evaluation: evaluatedPart,
});

export const textBody = z.strictObject({ text: longText });

/** An exercise. Its content is marked as an exercise wherever it is shown. */
export const drillBody = z.strictObject({ exercise: freeText(200), text: longText });

export const closureBody = z.strictObject({
  cas_Status: z.enum(CLOSED_STATUS),
  cas_ReasonForCaseClosure: remarkText,
});

/**
 * Makes a draft of the indication that follows a tip. It can be posted unchanged, with `about` set to the tip's id,
 * or completed first.
 */
export function draftIndication(one: z.infer<typeof tipBody>): z.infer<typeof indicationBody> {
  const { where, happened, persons: named = [], destination, departure } = one;
  return {
    persons: named,
    where,
    happened,
    checklist: {
      languages: [],
      documents_seen: [],
      documents_missing: [],
      recruiter: one.recruiter ?? { known: 'unknown' },
      route: {
        from: where.name,
        ...present({
          to: destination,
          journeys: departure === undefined ? undefined : [{ date: departure }],
        }),
      },
      money: { debt: 'unknown' },
      fear: [],
      companions: null,
      minors: null,
    },
    measure: 'none',
    ...present({ indicators: one.offered === undefined ? undefined : [one.offered.slice(0, 200)] }),
    evaluation: one.evaluation,
  };
}
