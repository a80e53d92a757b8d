/** The body of each message type that tells something; `body-acts.ts` has those that ask, answer and hand over. */
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

/** A count that may not be known: null. */
const counted = z.int().min(0).max(500).nullable();

/** What both sides agreed an officer asks and sees when trafficking is suspected. What was not asked says so. */
export const checklist = z.strictObject({
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
  /** May be empty, where a group is known of and nobody in it by name. */
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

/** A village officer's or a citizen's word on suspicious recruitment. */
export const tipBody = z.strictObject({
  where: placePart,
  happened: longText,
  since: calendarDate.optional(),
  persons: personsPart.optional(),
  recruiter: recruiterPart.optional(),
  /** What work is promised, and where to. */
  offered: freeText(500).optional(),
  destination: country.optional(),
  departure: calendarDate.optional(),
  /** May be left out: the reporter need not be named, or even said to be of any kind. */
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

/** Information on one's own initiative. The last two kinds may be addressed to a group of focal points. */
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
    /** A gateway found it in what the desk reads, and wrote this in its name. */
    automatic: z.boolean(),
    person: personRef,
    /** Those of the two that the reader was sent, or sent itself. */
    determinations: z.array(determination).min(1).max(2),
    text: longText.optional(),
    evaluation: evaluatedPart,
  }),
]);

/** How persons fare after the return. */
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

/** An exercise; what it says is marked as such wherever it is shown. */
export const drillBody = z.strictObject({ exercise: freeText(200), text: longText });

export const closureBody = z.strictObject({
  cas_Status: z.enum(CLOSED_STATUS),
  cas_ReasonForCaseClosure: remarkText,
});

/** A draft of the indication that a tip is turned into, to be posted as it is with `about` the tip's id, or filled in. */
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
