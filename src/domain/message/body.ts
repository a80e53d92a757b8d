/** The body of each message type that tells something; `body-acts.ts` has those that ask, answer and hand over. */
import { z } from 'zod';
import { calendarDate, country } from '../party/party.ts';
import { present } from '../words/present.ts';
import { name } from '../words/text.ts';
import { CLOSED_STATUS, NEEDS } from '../words/vocabulary.ts';
import {
  caseNumber,
  consent,
  determination,
  eachOnce,
  evaluated,
  journey,
  personRef,
  persons,
  place,
  prose,
  recruiter,
  remark,
  several,
  spoken,
  words,
} from './body-parts.ts';
import {
  BORDER_MEASURES,
  DOCUMENT_KINDS,
  FEAR_SIGNS,
  HEALTH,
  HOUSING,
  LEGAL,
  MEASURES,
  REPORTER_ROLES,
  SCHOOLING,
  YES_NO_UNKNOWN,
} from './case-codes.ts';

export const report = z.strictObject({
  case_number: caseNumber,
  persons: persons.min(1),
  where: place,
  happened: prose,
  since: calendarDate.optional(),
  needs: several(z.enum(NEEDS)).optional(),
  indicators: several(words(200)).optional(),
  consent,
  evaluation: evaluated,
});

const route = z.strictObject({
  from: words(200).optional(),
  via: several(words(200)).optional(),
  to: words(200).optional(),
  journeys: several(journey).optional(),
});

const money = z.strictObject({
  debt: z.enum(YES_NO_UNKNOWN),
  amount: z.number().min(0).max(1e12).optional(),
  /** ISO 4217. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
    .optional(),
  paid_by: words(200).optional(),
});

/** A count that may not be known: null. */
const counted = z.int().min(0).max(500).nullable();

/** What both sides agreed an officer asks and sees when trafficking is suspected. What was not asked says so. */
export const checklist = z.strictObject({
  languages: several(spoken),
  documents_seen: several(z.enum(DOCUMENT_KINDS)),
  documents_missing: several(z.enum(DOCUMENT_KINDS)),
  recruiter,
  route,
  money,
  fear: several(z.enum(FEAR_SIGNS)),
  companions: counted,
  minors: counted,
});

export const indication = z.strictObject({
  case_number: caseNumber,
  /** May be empty, where a group is known of and nobody in it by name. */
  persons,
  where: place,
  happened: prose,
  checklist,
  measure: z.enum(MEASURES),
  referred_to: words(200).optional(),
  indicators: several(words(200)).optional(),
  consent: consent.optional(),
  evaluation: evaluated,
});

/** A village officer's or a citizen's word on suspicious recruitment. */
export const tip = z.strictObject({
  where: place,
  happened: prose,
  since: calendarDate.optional(),
  persons: persons.optional(),
  recruiter: recruiter.optional(),
  /** What work is promised, and where to. */
  offered: words(500).optional(),
  destination: country.optional(),
  departure: calendarDate.optional(),
  /** May be left out: the reporter need not be named, or even said to be of any kind. */
  reporter: z
    .strictObject({
      role: z.enum(REPORTER_ROLES),
      name: name(120).optional(),
      contact: words(200).optional(),
    })
    .optional(),
  evaluation: evaluated,
});

const noticeOf = {
  subject: words(200),
  text: prose,
  persons: persons.optional(),
  evaluation: evaluated,
};

/** Information on one's own initiative. The last two kinds may be addressed to a group of focal points. */
export const notice = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('passenger-of-concern'),
    ...noticeOf,
    journeys: several(journey).optional(),
  }),
  z.strictObject({
    kind: z.literal('departure-postponed'),
    ...noticeOf,
    where: place.optional(),
    departures: z.int().min(1).max(10_000).optional(),
    journeys: several(journey).optional(),
  }),
  z.strictObject({
    kind: z.literal('border-measure'),
    ...noticeOf,
    border: z.enum(BORDER_MEASURES).optional(),
    where: place.optional(),
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
    text: prose.optional(),
    evaluation: evaluated,
  }),
]);

/** How persons fare after the return. */
export const followup = z.strictObject({
  case_number: caseNumber,
  date: calendarDate,
  persons: eachOnce(
    z.strictObject({
      ref: personRef,
      housing: z.enum(HOUSING),
      schooling: z.enum(SCHOOLING),
      health: z.enum(HEALTH),
      legal: z.enum(LEGAL),
      needs: several(z.enum(NEEDS)).optional(),
      note: remark.optional(),
    }),
  ).min(1),
  text: prose.optional(),
  evaluation: evaluated,
});

export const text = z.strictObject({ text: prose });

/** An exercise; what it says is marked as such wherever it is shown. */
export const drill = z.strictObject({ exercise: words(200), text: prose });

export const closure = z.strictObject({
  cas_Status: z.enum(CLOSED_STATUS),
  cas_ReasonForCaseClosure: remark,
});

/** A draft of the indication that a tip is turned into, to be posted as it is with `about` the tip's id, or filled in. */
export function indicationFromTip(one: z.infer<typeof tip>): z.infer<typeof indication> {
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
