/** Evidence: a signed record of one step. Names follow ETSI EN 319 522-1 clause 6, URIs 522-3 table 2. */
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

/** ETSI events that this gateway issues, in the groups and the order of EN 319 522-1 (A submission … F non-ERDS). */
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
 * Our events, for which ETSI has no name.
 * - `ContentPurge`: a gateway has deleted the content of a message, because of a recall or the end of the retention
 * period.
 * - `SenderNotification`: the sender's focal point was reminded, or told that the recipient has not acted.
 * - `DesignationWithdrawn`, without a message: a gateway took an authority's withdrawal, named by its digest.
 * - `OperatorAct`, without a message: an entry of the operator's log.
 * - `EvidenceRejected`, without a message: evidence of another gateway is not valid and belongs to no case; named
 * by its digest.
 * - `DeliveryDelayed`: a recipient has no endpoint now, for `reason`; the message waits for one until it expires.
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

/** The URI of an event: by ETSI EN 319 522-3, or our own URN for our own events. */
export const uriOfEvent = (event: EvidenceEvent): string =>
  (ETSI_EVENTS as readonly string[]).includes(event)
    ? `http://uri.etsi.org/19522/Event/${event}`
    : `urn:amanat:event:${event}`;

/** The most characters of evidence that a focal point signed itself, as compact JSON. */
export const MAX_OWN_STATEMENT_CHARACTERS = 16_384;

/** How the gateway knows that the named person did it. */
export const attestationSchema = z.strictObject({
  how: z.enum(['telegram-account', 'one-time-link', 'partner-system', 'own-signature']),
  /** For `own-signature`: the evidence that the focal point signed itself, in the compact form in which it came. */
  statement: z.string().max(MAX_OWN_STATEMENT_CHARACTERS).optional(),
});
export type Attestation = z.infer<typeof attestationSchema>;

/**
 * The statements in force when a step was done, each by SHA-256 of its signed payload. The step is judged by
 * exactly these, even years later.
 */
const restsOnSchema = z.strictObject({
  /** For each recipient, the version of the agreement that lets the message be carried to it. */
  agreements: z
    .array(z.strictObject({ to: did, id: agreementId, version: statementVersion, digest }))
    .max(20),
  /** The designations of the sender and of each recipient. */
  designations: z.array(z.strictObject({ focal_point: did, digest })).max(21),
});
export type RestsOn = z.infer<typeof restsOnSchema>;

/**
 * Why somebody was notified: the act that is owed, its deadline, the step of the escalation, and the focal point
 * and officer it was for.
 */
const reminderClaimSchema = z.strictObject({
  act: z.enum(ACTS),
  rung: z.string().regex(/^[a-z]{1,40}(?::[a-z0-9-]{1,40})?$/),
  until: instant,
  desk: did,
  officer: officerId.optional(),
});
export type ReminderClaim = z.infer<typeof reminderClaimSchema>;

/**
 * Rejections that are counted instead of being stored one by one: their number, and the time of the first and the
 * last.
 */
const countedSchema = z.strictObject({
  count: z.int().min(1).max(1_000_000_000),
  from: instant,
  until: instant,
});

export const evidenceSchema = z.strictObject({
  kind: z.literal('evidence'),
  id: hexId,
  event: z.enum([...ETSI_EVENTS, ...OWN_EVENTS]),
  event_uri: z.url().max(200),
  /** A problem code for rejections and failures; a published reason for a decline. */
  reason: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .optional(),
  /** The reason as a URI: ETSI's if `reason.ts` has one, else our own URN. */
  reason_uri: z.url().max(200).optional(),
  /** The id of the message, which is also the consignment's. Absent if a refused body had no trustworthy id. */
  consignment: hexId.optional(),
  thid: hexId.optional(),
  sender: did,
  recipient: did.optional(),
  channel: z.enum(ALL_CHANNELS).optional(),
  /** Opaque id of one delivery: one message to one endpoint. It links the evidence about that delivery. */
  delivery: hexId.optional(),
  /**
   * Digest of the consignment for submission events, of the withdrawal for `DesignationWithdrawn`, and of the
   * recipient's sealed message for all others.
   */
  digest: digest.optional(),
  at: instant,
  /** The signer: a gateway, or a focal point with its own keys. */
  by: did,
  /** The named person who acknowledged or opened the message. */
  officer: officerSchema.pick({ id: true, name: true, role: true }).optional(),
  /** Who held the keys of the sender or the recipient at that time. */
  custody: z.enum(['own', 'gateway']).optional(),
  attestation: attestationSchema.optional(),
  /** Absent in older evidence, in statements of focal points themselves, and if no statement was in force. */
  rests_on: restsOnSchema.optional(),
  /** The acknowledgement in effect that this one contradicts. Both are kept. */
  contradicts: hexId.optional(),
  /** The contradicting acknowledgements that this one settles. All are kept. */
  settles: z.array(hexId).min(2).max(MAX_SETTLED_AT_ONCE).optional(),
  /** What was deleted, and which copies could not be. */
  purge: purgeSchema.optional(),
  /** Set if a deadline caused this step. */
  reminder: reminderClaimSchema.optional(),
  /** Set if a rejection stands for several. */
  counted: countedSchema.optional(),
  /** Set for an entry of the operator's log. */
  operator: operatorActSchema.optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** Whether an event is an officer's acknowledgement: acceptance or decline. */
export const isAcknowledgement = (event: EvidenceEvent): boolean =>
  event === 'ConsignmentAcceptance' || event === 'ConsignmentRejection';

/** Events of which people are told without asking: they end the waiting of one side, or report a failure. */
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

/**
 * Events that the recipient's gateway sends to the sender's. Relay events are not among them: they are in its
 * answers to the relay.
 */
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
 * Whether the sender is told of an event on a channel: systems get every event, people only those they wait for. A
 * failed reminder to somebody else is not reported, because it says nothing of the message.
 */
export function isSentBack(event: EvidenceEvent, channel: string, isReminder = false): boolean {
  if (isReminder && channel !== 'webhook' && channel !== 'relay') return false;
  if (channel === 'webhook') return event !== 'SubmissionAcceptance';
  return (channel === 'relay' ? EVENTS_SENT_BACK : FOR_PEOPLE).includes(event);
}

/**
 * The event for the outcome of a delivery. A partner's system is part of the registered delivery; mail is not; a
 * notice only says that a message waits. Another gateway signs for itself what it accepts.
 */
export function eventOfDelivery(channel: Channel, shows: Shows, reached: boolean): EvidenceEvent {
  // The message waited for an endpoint until it expired, so it was never available to its recipient.
  if (channel === 'none') return 'ContentConsignmentFailure';
  if (channel === 'relay') return reached ? 'RelayAcceptance' : 'RelayFailure';
  if (shows === 'notice') return reached ? 'ConsignmentNotification' : 'ConsignmentNotificationFailure';
  if (channel === 'webhook') return reached ? 'ContentConsignment' : 'ContentConsignmentFailure';
  return reached ? 'RelayToNonERDS' : 'RelayToNonERDSFailure';
}

/**
 * The event of a reminder. A reminder to the recipient is a notification in the sense of EN 319 522-1. A reminder
 * to the sender's own focal point has no name there.
 */
export function eventOfReminder(isToRecipient: boolean, reached: boolean): EvidenceEvent {
  if (isToRecipient) return reached ? 'ConsignmentNotification' : 'ConsignmentNotificationFailure';
  return reached ? 'SenderNotification' : 'SenderNotificationFailure';
}
