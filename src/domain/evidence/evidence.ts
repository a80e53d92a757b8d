/** Evidence: a signed record of one step, named as in ETSI EN 319 522-1 clause 6 and identified as in 522-3 table 2. */
import { z } from 'zod';
import { ACTS } from '../message/acts.ts';
import { digest } from '../message/consignment.ts';
import { hexId, MAX_SETTLED_AT_ONCE } from '../message/message.ts';
import { purgeSchema } from '../message/purging.ts';
import { ALL_CHANNELS, type Channel, type Shows } from '../party/channel.ts';
import {
  agreementId,
  did,
  instant,
  officerId,
  officerSchema,
  statementVersion,
} from '../party/designation.ts';
import { operatorActSchema } from './operator-act.ts';

/** The events this gateway issues, in the groups and the order of EN 319 522-1 (A submission … F non-ERDS). */
export const ETSI_EVENTS = [
  'SubmissionAcceptance',
  'SubmissionRejection',
  'RelayAcceptance',
  'RelayRejection',
  'RelayFailure',
  'ConsignmentAcceptance',
  'ConsignmentRejection',
  'AcceptanceRejectionExpiry',
  'ContentConsignment',
  'ContentConsignmentFailure',
  'ConsignmentNotification',
  'ConsignmentNotificationFailure',
  'ContentHandover',
  'ContentHandoverFailure',
  'RelayToNonERDS',
  'RelayToNonERDSFailure',
] as const;

/**
 * Events of ours, which ETSI has no name for. `ContentPurge`: a gateway no longer holds what a message said, since it was
 * taken back or kept long enough. `SenderNotification`: the sender's own desk was reminded, or told that the other side has
 * not acted. `DesignationWithdrawn`, about no message: a gateway took an authority’s withdrawal,
 * named by its digest. `OperatorAct`, about no message: an entry of the operator's log. `EvidenceRejected`, about no
 * message: evidence that another gateway signed does not hold, and is no part of any case; named by its digest.
 * `DeliveryDelayed`: a recipient has no way now, for `reason`; the message waits for one until it expires.
 */
export const OWN_EVENTS = [
  'ContentPurge',
  'SenderNotification',
  'SenderNotificationFailure',
  'DesignationWithdrawn',
  'OperatorAct',
  'EvidenceRejected',
  'DeliveryDelayed',
] as const;
export type EvidenceEvent = (typeof ETSI_EVENTS)[number] | (typeof OWN_EVENTS)[number];

/** The URI by which ETSI EN 319 522-3 names an event; a URN of ours for those it does not know. */
export const uriOfEvent = (event: EvidenceEvent): string =>
  (ETSI_EVENTS as readonly string[]).includes(event)
    ? `http://uri.etsi.org/19522/Event/${event}`
    : `urn:amanat:event:${event}`;

/** Characters that the evidence may have which a focal point signed itself, as compact JSON. */
export const MAX_OWN_STATEMENT_CHARACTERS = 16_384;

/** How the gateway knows that the named person did it. */
export const attestationSchema = z.strictObject({
  how: z.enum(['telegram-account', 'one-time-link', 'partner-system', 'own-signature']),
  /** For `own-signature`: the evidence the focal point signed itself, as compact as it came. */
  statement: z.string().max(MAX_OWN_STATEMENT_CHARACTERS).optional(),
});
export type Attestation = z.infer<typeof attestationSchema>;

/**
 * The statements that counted when a step was done, each by SHA-256 of its signed payload, so that the step can be judged
 * years later by these and no others.
 */
export const restsOnSchema = z.strictObject({
  /** For each recipient it is about, the version of the agreement that the message is carried to it under. */
  agreements: z
    .array(z.strictObject({ to: did, id: agreementId, version: statementVersion, digest }))
    .max(20),
  /** Of the sender and of each recipient. */
  designations: z.array(z.strictObject({ focal_point: did, digest })).max(21),
});
export type RestsOn = z.infer<typeof restsOnSchema>;

/** Why somebody was notified: which act is owed until when, and for whom of which desk this rung of the ladder was. */
export const reminderClaimSchema = z.strictObject({
  act: z.enum(ACTS),
  rung: z.string().regex(/^[a-z]{1,40}(?::[a-z0-9-]{1,40})?$/),
  until: instant,
  desk: did,
  officer: officerId.optional(),
});
export type ReminderClaim = z.infer<typeof reminderClaimSchema>;

/** Rejections that were signed and are not kept each by itself: how many, from the first of them until the last. */
export const countedSchema = z.strictObject({
  count: z.int().min(1).max(1_000_000_000),
  from: instant,
  until: instant,
});

export const evidenceSchema = z.strictObject({
  kind: z.literal('evidence'),
  id: hexId,
  event: z.enum([...ETSI_EVENTS, ...OWN_EVENTS]),
  event_uri: z.url().max(200),
  /** A problem code for rejections and failures, a published ground for a decline. */
  reason: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .optional(),
  /** The same as a URI: ETSI's, where `reason.ts` knows one, else a URN of ours. */
  reason_uri: z.url().max(200).optional(),
  /** The message id, which is the consignment's id. Absent where what was refused had none to trust. */
  consignment: hexId.optional(),
  thid: hexId.optional(),
  sender: did,
  recipient: did.optional(),
  channel: z.enum(ALL_CHANNELS).optional(),
  /** One message's one way to one endpoint, by an opaque id: what is said of the same way can be held together. */
  delivery: hexId.optional(),
  /**
   * Of the consignment for submission events, of the withdrawal for its own; of the recipient's sealed message for the
   * rest.
   */
  digest: digest.optional(),
  at: instant,
  /** The gateway or own-custody focal point that signs. */
  by: did,
  /** The named person, for acknowledgements and openings. */
  officer: officerSchema.pick({ id: true, name: true, role: true }).optional(),
  /** Who held the sender's or recipient's keys when this was done. */
  custody: z.enum(['own', 'gateway']).optional(),
  attestation: attestationSchema.optional(),
  /** Absent in what was issued before this member was, in what a focal point signs itself, and where nothing counted. */
  rests_on: restsOnSchema.optional(),
  /** The word that stood when this one was said otherwise; both are kept. */
  contradicts: hexId.optional(),
  /** The words that contradicted each other until this one settled it; all are kept. */
  settles: z.array(hexId).min(2).max(MAX_SETTLED_AT_ONCE).optional(),
  /** What went, and what could not be purged. */
  purge: purgeSchema.optional(),
  /** Of what a deadline made the gateway do. */
  reminder: reminderClaimSchema.optional(),
  /** Of a rejection that stands for many. */
  counted: countedSchema.optional(),
  /** Of an entry of the operator's log. */
  operator: operatorActSchema.optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** Whether an event is an officer's word: acceptance or declining. */
export const isAcknowledgement = (event: EvidenceEvent): boolean =>
  event === 'ConsignmentAcceptance' || event === 'ConsignmentRejection';

/** Events that end one side's waiting, or tell of a failure: what a person wants to be told without asking. */
const FOR_PEOPLE: readonly EvidenceEvent[] = [
  'ConsignmentAcceptance',
  'ConsignmentRejection',
  'AcceptanceRejectionExpiry',
  'ContentHandoverFailure',
  'ContentConsignmentFailure',
  'ConsignmentNotificationFailure',
  'RelayToNonERDSFailure',
  'RelayRejection',
  'RelayFailure',
  'ContentPurge',
  'DeliveryDelayed',
];

/** What a recipient's gateway tells the sender's: everything that happens there. Relay events are in its answers. */
export const EVENTS_SENT_BACK: readonly EvidenceEvent[] = [
  'ConsignmentAcceptance',
  'ConsignmentRejection',
  'AcceptanceRejectionExpiry',
  'ContentConsignment',
  'ContentConsignmentFailure',
  'ConsignmentNotification',
  'ConsignmentNotificationFailure',
  'ContentHandover',
  'ContentHandoverFailure',
  'RelayToNonERDS',
  'RelayToNonERDSFailure',
  'ContentPurge',
  'DeliveryDelayed',
];

/**
 * Whether the sender is told of an event on a channel: systems of everything, people of what they wait for. That a
 * reminder to somebody else did not get through is no news of the message itself.
 */
export function isSentBack(event: EvidenceEvent, channel: string, isReminder = false): boolean {
  if (isReminder && channel !== 'webhook' && channel !== 'relay') return false;
  if (channel === 'webhook') return event !== 'SubmissionAcceptance';
  return (channel === 'relay' ? EVENTS_SENT_BACK : FOR_PEOPLE).includes(event);
}

/**
 * The event by which a delivery's outcome is recorded: a partner's system is part of the registered delivery, mail is
 * not, and a notice only tells that something waits. What another gateway took, it signs for itself.
 */
export function eventOfDelivery(channel: Channel, shows: Shows, reached: boolean): EvidenceEvent {
  // What waited for a way until it expired was not made available to its recipient.
  if (channel === 'none') return 'ContentConsignmentFailure';
  if (channel === 'relay') return reached ? 'RelayAcceptance' : 'RelayFailure';
  if (shows === 'notice') return reached ? 'ConsignmentNotification' : 'ConsignmentNotificationFailure';
  if (channel === 'webhook') return reached ? 'ContentConsignment' : 'ContentConsignmentFailure';
  return reached ? 'RelayToNonERDS' : 'RelayToNonERDSFailure';
}

/**
 * The event of a reminder. To notify the recipient again is to notify; that the sender's own desk was told says nothing of
 * the recipient, and has no name in EN 319 522-1.
 */
export function eventOfReminder(isToRecipient: boolean, reached: boolean): EvidenceEvent {
  if (isToRecipient) return reached ? 'ConsignmentNotification' : 'ConsignmentNotificationFailure';
  return reached ? 'SenderNotification' : 'SenderNotificationFailure';
}
