/** The members of each kind of request, and of the replies to it. */
import { z } from 'zod';
import { calendarDate } from '../party/designation.ts';
import { CASE_STATUS, REQUEST_KINDS } from '../words/vocabulary.ts';
import {
  caseNumber,
  evaluatedPart,
  freeText,
  journeyPart,
  longText,
  paperPart,
  personsPart,
  placePart,
} from './body-parts.ts';
import { DOCUMENT_KINDS, NATIONALITY_BASIS, REQUEST_OUTCOMES } from './case-codes.ts';

type RequestKind = (typeof REQUEST_KINDS)[number];

const asked = { case_number: caseNumber, question: longText, evaluation: evaluatedPart };
const aboutPersons = { ...asked, persons: personsPart.min(1) };
const perhapsPersons = { ...asked, persons: personsPart.optional() };
const date = calendarDate.optional();

/** Nine kinds. Six are about persons and must name them by `ref`. */
export const requestBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('nationality-verification'),
    ...aboutPersons,
    documents_seen: z.array(z.enum(DOCUMENT_KINDS)).max(30).optional(),
  }),
  z.strictObject({
    kind: z.literal('family-tracing'),
    ...aboutPersons,
    relatives: freeText(4_000).optional(),
    last_known: placePart.optional(),
  }),
  z.strictObject({
    kind: z.literal('travel-document'),
    ...aboutPersons,
    document: z.enum(DOCUMENT_KINDS).optional(),
    travel_by: date,
  }),
  z.strictObject({ kind: z.literal('exit-permit'), ...aboutPersons, travel_by: date }),
  z.strictObject({
    kind: z.literal('overstay-waiver'),
    ...aboutPersons,
    overstay_days: z.int().min(1).max(36_500).optional(),
    travel_by: date,
  }),
  z.strictObject({ kind: z.literal('welfare-check'), ...aboutPersons, last_known: placePart.optional() }),
  z.strictObject({ kind: z.literal('investigation'), ...perhapsPersons, where: placePart.optional() }),
  z.strictObject({
    kind: z.literal('repatriation-seat'),
    ...perhapsPersons,
    seats: z.int().min(1).max(500),
    travel_by: date,
  }),
  z.strictObject({ kind: z.literal('case-status'), ...perhapsPersons }),
]);

/** Members that only some kinds of answer may have. */
const answerOf = {
  basis: z.array(z.enum(NATIONALITY_BASIS)).min(1).max(10).optional(),
  papers: z.array(paperPart).min(1).max(200).optional(),
  valid_until: date,
  conditions: freeText(4_000).optional(),
  seen_on: date,
  where: placePart.optional(),
  reference: freeText(64).optional(),
  seats: z.int().min(1).max(500).optional(),
  journeys: z.array(journeyPart).min(1).max(30).optional(),
  cas_Status: z.enum(CASE_STATUS).optional(),
};
type AnswerMember = keyof typeof answerOf;
type Outcome = (typeof REQUEST_OUTCOMES)[number];

interface ExpectedAnswer {
  /** `pending` is always allowed too: it reports progress and counts as the answer to the request. */
  readonly outcomes: readonly Outcome[];
  /** Members the answer may have. */
  readonly members: readonly AnswerMember[];
  /** The members that it must have if the outcome is the first of the list. */
  readonly needs: readonly AnswerMember[];
}

/** The answer that each kind of request expects. */
export const EXPECTED_ANSWER: Readonly<Record<RequestKind, ExpectedAnswer>> = {
  // The basis may be left out if the text explains it.
  'nationality-verification': { outcomes: ['confirmed', 'not-confirmed'], members: ['basis'], needs: [] },
  'family-tracing': { outcomes: ['found', 'not-found'], members: ['where'], needs: [] },
  'travel-document': { outcomes: ['provided', 'denied'], members: ['papers'], needs: ['papers'] },
  'exit-permit': {
    outcomes: ['granted', 'denied'],
    members: ['valid_until', 'conditions'],
    needs: ['valid_until'],
  },
  'overstay-waiver': { outcomes: ['granted', 'denied'], members: ['valid_until', 'conditions'], needs: [] },
  'welfare-check': { outcomes: ['provided', 'not-found'], members: ['seen_on', 'where'], needs: ['seen_on'] },
  investigation: { outcomes: ['provided', 'denied'], members: ['reference'], needs: [] },
  'repatriation-seat': {
    outcomes: ['provided', 'denied'],
    members: ['seats', 'journeys'],
    needs: ['seats', 'journeys'],
  },
  'case-status': { outcomes: ['provided', 'denied'], members: ['cas_Status'], needs: ['cas_Status'] },
};

const replyMembers = z.strictObject({
  case_number: caseNumber,
  /** The kind of the request; absent in a reply to anything else. */
  kind: z.enum(REQUEST_KINDS).optional(),
  outcome: z.enum(REQUEST_OUTCOMES).optional(),
  persons: personsPart.optional(),
  answer: longText,
  ...answerOf,
  evaluation: evaluatedPart,
});

interface Fault {
  readonly member: string;
  readonly why: string;
}

/** The faults of a reply as an answer to its kind of request. */
function answerFaults(kind: RequestKind, reply: z.infer<typeof replyMembers>): readonly Fault[] {
  const { outcomes, members, needs } = EXPECTED_ANSWER[kind];
  if (reply.outcome === undefined || ![...outcomes, 'pending'].includes(reply.outcome))
    return [{ member: 'outcome', why: `must be one of ${[...outcomes, 'pending'].join(', ')}` }];
  const needed = reply.outcome === outcomes[0] ? needs : [];
  const over = (Object.keys(answerOf) as AnswerMember[]).filter(
    (one) => reply[one] !== undefined && !members.includes(one),
  );
  return [
    ...needed.filter((one) => reply[one] === undefined).map((member) => ({ member, why: 'is missing' })),
    ...over.map((member) => ({ member, why: `does not belong to an answer to ${kind}` })),
  ];
}

export const replyBody = replyMembers.superRefine((one, context) => {
  const faults = one.kind === undefined ? [] : answerFaults(one.kind, one);
  for (const { member, why } of faults) context.addIssue({ code: 'custom', path: [member], message: why });
});

/** The kind of request of a body; undefined if it is not a request. */
export const requestKindOf = (body: Readonly<Record<string, unknown>>): RequestKind | undefined =>
  REQUEST_KINDS.find((kind) => kind === body['kind']);
