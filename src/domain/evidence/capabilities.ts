/**
 * What a gateway can read: versions of messages, consignments and evidence, message types, and events and members
 * of evidence. Each gateway signs its list (docs/wire.md, *What a gateway reads*). Gateways of different versions
 * work together because new things go only to gateways that list them.
 */
import { z } from 'zod';
import { MESSAGE_NAMES, type MessageName } from '../message/message.ts';
import { did, instant } from '../party/designation.ts';
import { attestationSchema, ETSI_EVENTS, type Evidence, evidenceSchema, OWN_EVENTS } from './evidence.ts';

const names = z.array(z.string().min(1).max(64)).max(200);
const versions = z.array(z.string().min(1).max(16)).min(1).max(16);

/** Unknown members are ignored, because a newer gateway may list more. */
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

/** The version that this program writes and reads, in the type URIs of message and consignment. */
const VERSION = '1.0';

/** The list of this program. */
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

/** The list for a gateway that publishes none: one from before these lists existed. It never grows. */
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

/** Whether a gateway with this list can read a piece of evidence. */
export function canReadEvidence({ evidence: known }: ReadableVersions, claims: Evidence): boolean {
  const how = claims.attestation?.how;
  return (
    known.versions.includes(VERSION) &&
    known.events.includes(claims.event) &&
    Object.keys(claims).every((name) => known.members.includes(name)) &&
    (how === undefined || known.attestations.includes(how))
  );
}

/** Whether a gateway with this list can carry a message of this type. */
export const canReadMessage = ({ message, consignment }: ReadableVersions, type: MessageName): boolean =>
  message.versions.includes(VERSION) &&
  consignment.versions.includes(VERSION) &&
  message.types.includes(type);

/** Members in which newer evidence may have a value that this program does not know. */
const NEW_VALUES: readonly string[] = ['event', 'channel', 'attestation.how'];

/**
 * Whether a payload is evidence of a newer version. It must fit the schema, except for unknown members and unknown
 * values of event, channel or attestation.
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
