/** Evidence: a signed record of one step, named as in ETSI EN 319 522-1 clause 6 and identified as in 522-3 table 2. */
import { z } from 'zod';
import { ALL_CHANNELS, type Channel, type Shows } from './channel.ts';
import { digest } from './consignment.ts';
import { hexId } from './message.ts';
import { did, instant } from './party.ts';

/** The events this gateway issues, in the groups and the order of EN 319 522-1 (A submission … F non-ERDS). */
export const EVENTS = [
  'SubmissionAcceptance',
  'SubmissionRejection',
  'RelayAcceptance',
  'RelayRejection',
  'RelayFailure',
  'ConsignmentAcceptance',
  'ConsignmentRejection',
  'ContentConsignment',
  'ContentConsignmentFailure',
  'ConsignmentNotification',
  'ConsignmentNotificationFailure',
  'ContentHandover',
  'RelayToNonERDS',
  'RelayToNonERDSFailure',
] as const;
export type EvidenceEvent = (typeof EVENTS)[number];

/** The URI by which ETSI EN 319 522-3 names an event. */
export const eventUri = (event: EvidenceEvent): string => `http://uri.etsi.org/19522/Event/${event}`;

/** How the gateway knows that the named person did it. */
export const attestation = z.strictObject({
  how: z.enum(['telegram-account', 'one-time-link', 'partner-system', 'own-signature']),
  /** For `own-signature`: the evidence the focal point signed itself, as compact as it came. */
  statement: z.string().max(16_384).optional(),
});
export type Attestation = z.infer<typeof attestation>;

export const evidence = z.strictObject({
  kind: z.literal('evidence'),
  id: hexId,
  event: z.enum(EVENTS),
  event_uri: z.url(),
  /** A problem code for rejections and failures, a published ground for a decline. */
  reason: z.string().max(64).optional(),
  /** The message id, which is the consignment's id. Absent where what was refused had none to trust. */
  consignment: hexId.optional(),
  thid: hexId.optional(),
  sender: did,
  recipient: did.optional(),
  channel: z.enum(ALL_CHANNELS).optional(),
  /** Of the consignment for submission events; of the recipient's sealed message for the rest. */
  digest: digest.optional(),
  at: instant,
  /** The gateway or own-custody focal point that signs. */
  by: did,
  /** The named person, for acknowledgements and openings. */
  officer: z.strictObject({ id: z.string(), name: z.string(), role: z.string() }).optional(),
  /** Who held the sender's or recipient's keys when this was done. */
  custody: z.enum(['own', 'gateway']).optional(),
  attestation: attestation.optional(),
  /** True where this contradicts an earlier word; both are kept. */
  contradicts: hexId.optional(),
});
export type Evidence = z.infer<typeof evidence>;

/** Events that end one side's waiting, or tell of a failure: what a person wants to be told without asking. */
const FOR_PEOPLE: readonly EvidenceEvent[] = [
  'ConsignmentAcceptance',
  'ConsignmentRejection',
  'ContentConsignmentFailure',
  'ConsignmentNotificationFailure',
  'RelayToNonERDSFailure',
  'RelayRejection',
  'RelayFailure',
];

/** What a recipient's gateway tells the sender's: everything that happens there. Relay events are in its answers. */
export const COMES_BACK: readonly EvidenceEvent[] = [
  'ConsignmentAcceptance',
  'ConsignmentRejection',
  'ContentConsignment',
  'ContentConsignmentFailure',
  'ConsignmentNotification',
  'ConsignmentNotificationFailure',
  'ContentHandover',
  'RelayToNonERDS',
  'RelayToNonERDSFailure',
];

/** Whether the sender is told of an event on a channel: systems of everything, people of what they wait for. */
export function isTold(event: EvidenceEvent, channel: string): boolean {
  if (channel === 'webhook') return event !== 'SubmissionAcceptance';
  return (channel === 'relay' ? COMES_BACK : FOR_PEOPLE).includes(event);
}

/**
 * The event by which a delivery's outcome is recorded: a partner's system is part of the registered delivery, mail is
 * not, and a notice only tells that something waits. What another gateway took, it signs for itself.
 */
export function deliveryEvent(channel: Channel, shows: Shows, reached: boolean): EvidenceEvent {
  if (channel === 'relay') return reached ? 'RelayAcceptance' : 'RelayFailure';
  if (shows === 'notice') return reached ? 'ConsignmentNotification' : 'ConsignmentNotificationFailure';
  if (channel === 'webhook') return reached ? 'ContentConsignment' : 'ContentConsignmentFailure';
  return reached ? 'RelayToNonERDS' : 'RelayToNonERDSFailure';
}
