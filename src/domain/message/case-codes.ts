/**
 * Code lists for case work that no published standard has, from the checkpoint to the follow-up at home. All are
 * ours. Published lists (HTCDS, police messaging) are in `vocabulary.ts`.
 */
import { OWN_PLACES } from '../words/vocabulary.ts';

/** The kind of a place. */
export const PLACE_KINDS = [
  'border-post',
  'airport',
  'port',
  'shelter',
  'police-station',
  'detention',
  'embassy',
  'workplace',
  ...OWN_PLACES,
  'other',
] as const;

/** An answer that may be unknown: an officer who did not ask does not write `no`. */
export const YES_NO_UNKNOWN = ['yes', 'no', 'unknown'] as const;

/** What a checkpoint did on an indication. */
export const CHECKPOINT_MEASURES = ['departure-postponed', 'passport-refused', 'referred', 'none'] as const;

/**
 * Papers that a person has, lacks or gets. `emergency-travel-document`: for one journey home, such as Indonesia's
 * SPLP.
 */
export const DOCUMENT_KINDS = [
  'passport',
  'emergency-travel-document',
  'identity-card',
  'birth-certificate',
  'visa',
  'work-permit',
  'employment-contract',
  'ticket',
  'other',
] as const;

/** Signs of fear that an officer sees at a checkpoint. */
export const FEAR_SIGNS = [
  'others-answer',
  'rehearsed-answers',
  'avoids-eye-contact',
  'watched',
  'afraid-of-companion',
  'afraid-of-return',
  'signs-of-violence',
  'does-not-know-destination',
] as const;

/** The role of a person who gave a tip, if they state it. */
export const REPORTER_ROLES = [
  'village-officer',
  'citizen',
  'relative',
  'teacher',
  'health-worker',
  'other',
] as const;

export const BORDER_MEASURES = ['open', 'closed', 'health'] as const;

/** The outcome of a request; `request-bodies.ts` says which outcomes each kind of request allows. */
export const REQUEST_OUTCOMES = [
  'confirmed',
  'not-confirmed',
  'provided',
  'granted',
  'denied',
  'found',
  'not-found',
  'pending',
] as const;

/** The basis of a verification of nationality. */
export const NATIONALITY_BASIS = [
  'civil-registry',
  'passport-record',
  'biometrics',
  'document-presented',
  'family-interview',
  'consular-interview',
  'other',
] as const;

/** Why a person on a manifest is not accepted. */
export const HANDOVER_REASONS = [
  'not-our-national',
  'not-present',
  'unfit-to-travel',
  'documents-missing',
  'not-agreed',
  'other',
] as const;

/** How a person is after the return. */
export const HOUSING_STATES = ['with-family', 'in-shelter', 'independent', 'homeless', 'unknown'] as const;
export const SCHOOLING_STATES = ['at-school', 'in-training', 'working', 'not-occupied', 'unknown'] as const;
export const HEALTH_STATES = ['well', 'in-treatment', 'needs-care', 'unknown'] as const;
export const LEGAL_STATES = [
  'no-proceedings',
  'complaint-filed',
  'under-investigation',
  'on-trial',
  'decided',
  'unknown',
] as const;

/** Why a message is recalled. */
export const RECALL_REASONS = [
  'wrong-recipient',
  'wrong-person',
  'wrong-content',
  'consent-withdrawn',
  'duplicate',
  'other',
] as const;

/** Purpose of a permission: use in court (needed under handling H1), passing on (needed under H2). */
export const PERMISSION_PURPOSES = ['pass-on', 'use-in-court', 'other'] as const;
