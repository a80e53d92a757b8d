/** The members of messages by how an outline shows them: which are coded, which hold others, which have a label. */
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

/** Members whose values are codes, with the list of codes. Only these are translated; all others are quoted. */
export const CODED: Readonly<Record<string, readonly string[]>> = {
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

/** Members that hold others: their label is the heading of a group. */
const NESTED: readonly string[] = [
  ...(['consent', 'recruiter', 'route', 'money', 'reporter', 'escort', 'third_party'] as const),
  ...(['journeys', 'papers', 'corrected', 'determinations'] as const),
];
/** Members that only group others; they get no label. */
export const TRANSPARENT: readonly string[] = ['checklist'];
export const PLACES: readonly string[] = ['where', 'last_known'];
export const COUNTRIES: readonly string[] = ['prs_Citizenship', 'country', 'destination'];
export const TONGUES: readonly string[] = ['prs_PrimaryLanguage', 'languages'];

/** Members that are shown as a date if they look like one: elsewhere `from` is a place, and `now` may be any text. */
export const DAYS: readonly string[] = [
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
/** Members that are an amount or a number of things. */
export const QUANTITIES: readonly string[] = [
  'amount',
  'departures',
  'overstay_days',
  'seats',
  'companions',
  'minors',
];

/** Members that are yes or no. */
export const YES_OR_NO: readonly string[] = ['con_Consent', 'medical_needs', 'minor', 'automatic'];

/** Members with a label, besides the coded ones. */
export const LABELLED: readonly string[] = [
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
  ...['original', 'focal_point', 'source', 'information', 'latitude', 'longitude'],
  ...['accepted', 'exercise', 'member', 'now', 'granted', 'persons', 'automatic', 'person'],
];

/** The phrase id of a code. Fluent ids cannot contain a colon. */
export const valueId = (code: string): string => `value-${code.replace(':', '-')}`;
