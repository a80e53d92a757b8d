/**
 * What a gateway reads: which versions of message, consignment and evidence, which message types, and which events and
 * members of evidence. Each gateway signs it (docs/wire.md, *What a gateway reads*), so that gateways of different
 * versions work together: what is new goes only to those that list it.
 */
import { z } from 'zod';
import { MESSAGE_NAMES, type MessageName } from '../message/message.ts';
import { did, instant } from '../party/designation.ts';
import { attestationSchema, ETSI_EVENTS, type Evidence, evidenceSchema, OWN_EVENTS } from './evidence.ts';

const names = z.array(z.string().min(1).max(64)).max(200);
const versions = z.array(z.string().min(1).max(16)).min(1).max(16);

/** A newer gateway may say more than this: what is not known here is passed over. */
export const capabilitiesSchema = z.object({
  kind: z.literal('capabilities'),
  gateway: did,
  at: instant,
  until: instant,
  reads: z.object({
    message: z.object({ versions, types: names }),
    consignment: z.object({ versions }),
    evidence: z.object({ versions, events: names, members: names, attestations: names }),
  }),
});
export type Capabilities = z.infer<typeof capabilitiesSchema>;
export type ReadableVersions = Capabilities['reads'];

/** The versions that this program writes and reads: those of the message's and the consignment's type URI. */
const VERSION = '1.0';

/** What this program reads. */
export const OWN_READABLE_VERSIONS: ReadableVersions = {
  message: { versions: [VERSION], types: [...MESSAGE_NAMES] },
  consignment: { versions: [VERSION] },
  evidence: {
    versions: [VERSION],
    events: [...ETSI_EVENTS, ...OWN_EVENTS],
    members: Object.keys(evidenceSchema.shape),
    attestations: [...attestationSchema.shape.how.options],
  },
};

/** What a gateway reads that says nothing of it: one from before gateways said so. This list never grows. */
export const FIRST_READABLE_VERSIONS: ReadableVersions = {
  message: {
    versions: [VERSION],
    types: [
      ...[
        'report',
        'indication',
        'tip',
        'request',
        'reply',
        'clarification',
        'refusal',
        'notice',
        'handover',
      ],
      ...['acceptance', 'followup', 'closure', 'correction', 'recall', 'permission-request', 'permission'],
      ...['text', 'drill'],
    ],
  },
  consignment: { versions: [VERSION] },
  evidence: {
    versions: [VERSION],
    events: [
      ...['SubmissionAcceptance', 'SubmissionRejection', 'RelayAcceptance', 'RelayRejection', 'RelayFailure'],
      ...['ConsignmentAcceptance', 'ConsignmentRejection', 'AcceptanceRejectionExpiry'],
      ...['ContentConsignment', 'ContentConsignmentFailure'],
      ...['ConsignmentNotification', 'ConsignmentNotificationFailure'],
      ...['ContentHandover', 'ContentHandoverFailure', 'RelayToNonERDS', 'RelayToNonERDSFailure'],
      ...['ContentPurge', 'SenderNotification', 'SenderNotificationFailure', 'DesignationWithdrawn'],
    ],
    members: [
      ...['kind', 'id', 'event', 'event_uri', 'reason', 'reason_uri', 'consignment', 'thid', 'sender'],
      ...['recipient', 'channel', 'delivery', 'digest', 'at', 'by', 'officer', 'custody', 'attestation'],
      ...['rests_on', 'contradicts', 'settles', 'purge', 'reminder'],
    ],
    attestations: ['telegram-account', 'one-time-link', 'partner-system', 'own-signature'],
  },
};

/** Whether a gateway that reads this can read a piece of evidence. */
export function canReadEvidence({ evidence: known }: ReadableVersions, claims: Evidence): boolean {
  const how = claims.attestation?.how;
  return (
    known.versions.includes(VERSION) &&
    known.events.includes(claims.event) &&
    Object.keys(claims).every((name) => known.members.includes(name)) &&
    (how === undefined || known.attestations.includes(how))
  );
}

/** Whether a gateway that reads this can carry a message of this type. */
export const canReadMessage = ({ message, consignment }: ReadableVersions, type: MessageName): boolean =>
  message.versions.includes(VERSION) &&
  consignment.versions.includes(VERSION) &&
  message.types.includes(type);

/** Where evidence of a newer version may hold a value that this program has no name for. */
const NEW_VALUES: readonly string[] = ['event', 'channel', 'attestation.how'];

/**
 * Whether a payload is evidence of a newer version: it is evidence as this program knows it, but for members that it
 * does not know, or an event, channel or attestation that it has no name for.
 */
export function isNewerEvidence(payload: unknown): boolean {
  const read = evidenceSchema.safeParse(payload);
  if (
    read.success ||
    !evidenceSchema.pick({ kind: true, id: true, by: true, at: true }).strip().safeParse(payload).success
  )
    return false;
  return read.error.issues.every(
    ({ code, path }) =>
      code === 'unrecognized_keys' || (code === 'invalid_value' && NEW_VALUES.includes(path.join('.'))),
  );
}
