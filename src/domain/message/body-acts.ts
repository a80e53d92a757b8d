/** Bodies of messages that act on another message or on persons: refuse, hand over, recall, permit. */
import { z } from 'zod';
import { calendarDate, country, did } from '../party/designation.ts';
import { name } from '../words/text.ts';
import { NEEDS, REFUSAL_REASONS } from '../words/vocabulary.ts';
import {
  caseNumber,
  freeText,
  listOf,
  longText,
  paperPart,
  personRef,
  placePart,
  remarkText,
  uniqueListOf,
} from './body-parts.ts';
import { HANDOVER_REASONS, PERMISSION_PURPOSES, RECALL_REASONS } from './case-codes.ts';
import { hexId } from './message.ts';

export const clarificationBody = z.strictObject({ question: longText });

export const refusalBody = z.strictObject({ ground: z.enum(REFUSAL_REASONS), detail: remarkText.optional() });

/** The manifest of a handover: persons, time, place, escort and papers. */
export const handoverBody = z.strictObject({
  case_number: caseNumber,
  /** RFC 3339, with the offset of the place. */
  when: z.iso
    .datetime({ offset: true })
    .max(40)
    .refine((text) => text >= '2000' && text < '2100', 'must be of the years 2000 to 2099'),
  where: placePart,
  escort: z.strictObject({
    name: name(120),
    office: freeText(200).optional(),
    contact: freeText(200).optional(),
  }),
  persons: uniqueListOf(
    z.strictObject({
      ref: personRef,
      papers: listOf(paperPart),
      /** Somebody must be prepared for medical needs; `medical_note` says what. */
      medical_needs: z.boolean(),
      medical_note: remarkText.optional(),
      minor: z.boolean().optional(),
      needs: listOf(z.enum(NEEDS)).optional(),
    }),
  ).min(1),
  note: remarkText.optional(),
});

const taken = z.discriminatedUnion('accepted', [
  z.strictObject({ ref: personRef, accepted: z.literal(true) }),
  z.strictObject({
    ref: personRef,
    accepted: z.literal(false),
    ground: z.enum(HANDOVER_REASONS),
    note: remarkText.optional(),
  }),
]);

/** The answer to a handover: the whole manifest, or each person of it. */
export const acceptanceBody = z
  .strictObject({
    whole: z.literal(true).optional(),
    persons: uniqueListOf(taken).min(1).optional(),
    note: remarkText.optional(),
  })
  .refine((one) => (one.whole === undefined) !== (one.persons === undefined), {
    path: ['persons'],
    message: 'either whole or persons, and not both',
  });

/** Corrections of a message by its sender. */
export const correctionBody = z.strictObject({
  corrected: z
    .array(
      z.strictObject({
        /** Path in the body of the message it is about, such as `persons.0.prs_Birthdate`. */
        member: z.string().regex(/^[A-Za-z0-9_.]{1,120}$/, 'must be a path of names with dots between them'),
        now: remarkText,
      }),
    )
    .min(1)
    .max(100),
  reason: remarkText,
});

/** The originator takes a message back. */
export const recallBody = z.strictObject({ reason: z.enum(RECALL_REASONS), detail: remarkText.optional() });

/**
 * Who would get the content. If it is a focal point, its DID lets gateways carry the content there with the
 * permission.
 */
const thirdParty = z.strictObject({
  name: name(200),
  country: country.optional(),
  focal_point: did.optional(),
});

/** Asks the originator of a message for a permission that its handling code requires. */
export const permissionRequestBody = z.strictObject({
  purpose: z.enum(PERMISSION_PURPOSES),
  third_party: thirdParty,
  reason: remarkText,
});

/** The originator's answer to a permission request. */
export const permissionBody = z.discriminatedUnion('granted', [
  z.strictObject({
    granted: z.literal(true),
    /** The message and the third party, copied from the request, so that the permission is complete by itself. */
    original: hexId.optional(),
    third_party: thirdParty.optional(),
    conditions: remarkText.optional(),
    until: calendarDate.optional(),
  }),
  z.strictObject({
    granted: z.literal(false),
    ground: z.enum(REFUSAL_REASONS),
    detail: remarkText.optional(),
  }),
]);
