/** The body of each message type, in the words of HTCDS 2.0: a member `prs_…`, `vic_…`, `cas_…`, `con_…` is that field. */
import { z } from 'zod';
import { evaluation } from './message.ts';
import { country } from './party.ts';
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

const words = (max: number) => z.string().trim().min(1).max(max);
const several = <T extends z.ZodType>(item: T) => z.array(item).max(30);

/** A person as one message tells of them. `ref` is the person's stable name within the thread, such as `p1`. */
export const person = z.strictObject({
  ref: z.string().regex(/^[a-z0-9-]{1,24}$/, 'must be 1 to 24 of a-z, 0-9 and hyphen'),
  prs_FirstName: words(120).optional(),
  prs_SecondName: words(120).optional(),
  prs_Birthdate: z.iso.date().optional(),
  prs_Gender: z.enum(GENDER).optional(),
  prs_Citizenship: several(country).optional(),
  prs_IdentityNumber: words(64).optional(),
  /** ISO 639-2. */
  prs_PrimaryLanguage: z
    .string()
    .regex(/^[a-z]{3}$/)
    .optional(),
  vic_TraffickingStatus: z.enum(TRAFFICKING_STATUS).optional(),
  vic_TraffickingStatusDecisionMakingOrg: z.enum(STATUS_DECIDED_BY).optional(),
  vic_RelationshipToTrafficker: z.enum(RELATIONSHIP_TO_TRAFFICKER).optional(),
  vic_MethodOfRecruitment: several(z.enum(METHOD_OF_RECRUITMENT)).optional(),
  vic_MethodsOfControl: several(z.enum([...METHODS_OF_CONTROL, ...OWN_METHODS_OF_CONTROL])).optional(),
  vic_TypeOfExploitation: several(z.enum([...TYPE_OF_EXPLOITATION, ...OWN_TYPES_OF_EXPLOITATION])).optional(),
  needs: several(z.enum(NEEDS)).optional(),
});

const persons = z
  .array(person)
  .max(200)
  .refine(
    (list) => new Set(list.map((one) => one.ref)).size === list.length,
    'two persons have the same ref',
  );

const place = z.strictObject({
  country,
  name: words(200),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
});

const consent = z.strictObject({ con_Consent: z.boolean(), note: words(1_000).optional() });

/** The human case number lives here, inside sealed content only. */
const caseNumber = words(64).optional();

export const report = z.strictObject({
  case_number: caseNumber,
  persons: persons.min(1),
  where: place,
  happened: words(20_000),
  since: z.iso.date().optional(),
  needs: several(z.enum(NEEDS)).optional(),
  indicators: several(words(200)).optional(),
  consent,
  evaluation: evaluation.optional(),
});

export const request = z.strictObject({
  case_number: caseNumber,
  kind: z.enum(REQUEST_KINDS),
  persons: persons.optional(),
  question: words(20_000),
  evaluation: evaluation.optional(),
});

export const reply = z.strictObject({
  case_number: caseNumber,
  kind: z.enum(REQUEST_KINDS).optional(),
  outcome: z.enum(['confirmed', 'not-confirmed', 'provided', 'pending']).optional(),
  persons: persons.optional(),
  answer: words(20_000),
  evaluation: evaluation.optional(),
});

export const clarification = z.strictObject({ question: words(20_000) });

export const refusal = z.strictObject({ ground: z.enum(REFUSAL_GROUNDS), detail: words(4_000).optional() });

export const notice = z.strictObject({
  kind: z.enum(NOTICE_KINDS),
  subject: words(200),
  text: words(20_000),
  persons: persons.optional(),
  evaluation: evaluation.optional(),
});

export const text = z.strictObject({ text: words(20_000) });

export const closure = z.strictObject({
  cas_Status: z.enum(CLOSED_STATUS),
  cas_ReasonForCaseClosure: words(4_000),
});
