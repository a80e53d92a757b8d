/** Parts that the bodies of several message types share. Members `prs_…`, `vic_…`, `con_…` are fields of HTCDS 2.0. */
import { z } from 'zod';
import { calendarDate, country } from '../party/designation.ts';
import { name, plainText } from '../words/text.ts';
import {
  GENDER,
  INFORMATION_EVALUATION,
  METHOD_OF_RECRUITMENT,
  METHODS_OF_CONTROL,
  NEEDS,
  OWN_METHODS_OF_CONTROL,
  OWN_TYPES_OF_EXPLOITATION,
  RELATIONSHIP_TO_TRAFFICKER,
  ROLE_IN_PROCESS,
  SOURCE_EVALUATION,
  STATUS_DECIDED_BY,
  TRAFFICKING_STATUS,
  TYPE_OF_EXPLOITATION,
} from '../words/vocabulary.ts';
import { DOCUMENT_KINDS, PLACE_KINDS, YES_NO_UNKNOWN } from './case-codes.ts';

/** Free text of at most `max` UTF-16 units. */
export const freeText = plainText;
export const listOf = <T extends z.ZodType>(item: T) => z.array(item).max(30);

/** A long account by a person. */
export const longText = freeText(20_000);
export const remarkText = freeText(4_000);

/** The case number that people use. It exists only here, inside sealed content. */
export const caseNumber = freeText(64).optional();

/** The stable name of a person within the thread, such as `p1`. It does not reveal who that is. */
export const personRef = z.string().regex(/^[a-z0-9-]{1,24}$/, 'must be 1 to 24 of a-z, 0-9 and hyphen');

/** ISO 639-2. */
export const spokenLanguage = z.string().regex(/^[a-z]{3}$/, 'must be an ISO 639-2 code');

/** Evaluation of source and information, as in European police messaging. */
const evaluation = z.strictObject({
  source: z.enum(SOURCE_EVALUATION),
  information: z.enum(INFORMATION_EVALUATION),
});

/** The default for information that its sender did not evaluate: X4. */
export const evaluatedPart = evaluation.default({ source: 'X', information: '4' });

/**
 * Who decided what about a person. Two countries may decide differently, so all decisions are kept and none is
 * overwritten.
 */
export const determination = z.strictObject({
  country,
  vic_TraffickingStatusDecisionMakingOrg: z.enum(STATUS_DECIDED_BY),
  date: calendarDate,
  vic_TraffickingStatus: z.enum(TRAFFICKING_STATUS),
});
export type Determination = z.infer<typeof determination>;

/** A person, as one message describes them. */
export const personPart = z.strictObject({
  ref: personRef,
  prs_FirstName: name(120).optional(),
  prs_SecondName: name(120).optional(),
  prs_Birthdate: calendarDate.optional(),
  prs_Gender: z.enum(GENDER).optional(),
  prs_Citizenship: listOf(country).optional(),
  prs_IdentityNumber: freeText(64).optional(),
  prs_PrimaryLanguage: spokenLanguage.optional(),
  vic_TraffickingStatus: z.enum(TRAFFICKING_STATUS).optional(),
  vic_TraffickingStatusDecisionMakingOrg: z.enum(STATUS_DECIDED_BY).optional(),
  determinations: z.array(determination).max(20).optional(),
  vic_RelationshipToTrafficker: z.enum(RELATIONSHIP_TO_TRAFFICKER).optional(),
  vic_MethodOfRecruitment: listOf(z.enum(METHOD_OF_RECRUITMENT)).optional(),
  vic_MethodsOfControl: listOf(z.enum([...METHODS_OF_CONTROL, ...OWN_METHODS_OF_CONTROL])).optional(),
  vic_TypeOfExploitation: listOf(z.enum([...TYPE_OF_EXPLOITATION, ...OWN_TYPES_OF_EXPLOITATION])).optional(),
  needs: listOf(z.enum(NEEDS)).optional(),
});

/** A list about persons, with each person at most once. */
export const uniqueListOf = <T extends z.ZodType<{ ref: string }>>(item: T) =>
  z
    .array(item)
    .max(200)
    .refine(
      (list) => new Set(list.map((one) => one.ref)).size === list.length,
      'two persons have the same ref',
    );

export const personsPart = uniqueListOf(personPart);

export const placePart = z.strictObject({
  country,
  name: name(200),
  kind: z.enum(PLACE_KINDS).optional(),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
});

export const consentPart = z.strictObject({ con_Consent: z.boolean(), note: freeText(1_000).optional() });

export const paperPart = z.strictObject({
  document: z.enum(DOCUMENT_KINDS),
  number: freeText(64).optional(),
  valid_until: calendarDate.optional(),
});

/** A journey: flight, ferry or bus. */
export const journeyPart = z.strictObject({
  carrier: freeText(120).optional(),
  number: freeText(32).optional(),
  date: calendarDate.optional(),
  from: freeText(200).optional(),
  to: freeText(200).optional(),
});

export const recruiterPart = z.strictObject({
  known: z.enum(YES_NO_UNKNOWN),
  name: name(120).optional(),
  contact: freeText(200).optional(),
  vic_RelationshipToTrafficker: z.enum(RELATIONSHIP_TO_TRAFFICKER).optional(),
  per_RoleInProcess: listOf(z.enum(ROLE_IN_PROCESS)).optional(),
});
