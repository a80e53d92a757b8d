/**
 * Code lists for case work that no published standard has: what officers of two countries do with each other, from the
 * checkpoint to the follow-up at home. All ours. What HTCDS and police messaging publish stands in `vocabulary.ts`.
 */
import { OWN_PLACES } from '../words/vocabulary.ts';

/** What kind of place it is. */
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

/** An answer that may be open: an officer who did not ask does not write `no`. */
export const YES_NO_UNKNOWN = ['yes', 'no', 'unknown'] as const;

/** What a checkpoint did on an indication. */
export const CHECKPOINT_MEASURES = ['departure-postponed', 'passport-refused', 'referred', 'none'] as const;

/** Papers a person has, lacks or is given. `emergency-travel-document`: one journey home, such as Indonesia's SPLP. */
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

/** Who gave a tip, where they say so. */
export const REPORTER_ROLES = [
  'village-officer',
  'citizen',
  'relative',
  'teacher',
  'health-worker',
  'other',
] as const;

export const BORDER_MEASURES = ['open', 'closed', 'health'] as const;

/** How a request came out; which of these a kind of request may have stands in `answers.ts`. */
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

/** What a verification of nationality rests on. */
export const NATIONALITY_BASIS = [
  'civil-registry',
  'passport-record',
  'biometrics',
  'document-presented',
  'family-interview',
  'consular-interview',
  'other',
] as const;

/** Why a person on a manifest is not taken over. */
export const HANDOVER_REASONS = [
  'not-our-national',
  'not-present',
  'unfit-to-travel',
  'documents-missing',
  'not-agreed',
  'other',
] as const;

/** How a person fares after the return. */
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

/** Why a message is taken back. */
export const RECALL_REASONS = [
  'wrong-recipient',
  'wrong-person',
  'wrong-content',
  'consent-withdrawn',
  'duplicate',
  'other',
] as const;

/** What leave is asked for: against handling H1 to use in court, against H2 to pass on. */
export const PERMISSION_PURPOSES = ['pass-on', 'use-in-court', 'other'] as const;
