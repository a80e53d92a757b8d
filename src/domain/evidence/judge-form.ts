/** How the members of evidence belong to each other, for the judge (`judge.ts`). */
import { type Evidence, type EvidenceEvent, isAcknowledgement, uriOfEvent } from './evidence.ts';
import { type EvidenceFault, makeEvidenceFault } from './judge-facts.ts';
import { uriOfReason } from './reason.ts';

const NOTIFICATIONS: readonly EvidenceEvent[] = [
  'ConsignmentNotification',
  'ConsignmentNotificationFailure',
  'SenderNotification',
  'SenderNotificationFailure',
  'ContentConsignment',
  'ContentConsignmentFailure',
  'RelayToNonERDS',
  'RelayToNonERDSFailure',
];

const REJECTIONS: readonly EvidenceEvent[] = ['SubmissionRejection', 'RelayRejection'];

/** What was refused, declined, or failed, or waits. */
const HAS_REASON = /(?:Rejection|Failure|Delayed)$/;

/** Members that belong to each other: URIs to their names, and each special member to its events. */
export function findFormFault(claims: Evidence): EvidenceFault | undefined {
  const { event, reason, reminder } = claims;
  if (claims.event_uri !== uriOfEvent(event))
    return makeEvidenceFault('invalid-body', 'event_uri', 'must be the URI of the event');
  const uri = reason === undefined ? undefined : uriOfReason(event, reason);
  if (claims.reason_uri !== undefined && claims.reason_uri !== uri)
    return makeEvidenceFault('invalid-body', 'reason_uri', 'must be the URI of the reason');
  if (reason !== undefined && !HAS_REASON.test(event))
    return makeEvidenceFault(
      'invalid-body',
      'reason',
      'belongs to what was refused, declined, failed, or waits',
    );
  if (reminder !== undefined && !NOTIFICATIONS.includes(event))
    return makeEvidenceFault('invalid-body', 'reminder', 'belongs to a notification');
  if (reminder !== undefined && ![claims.sender, claims.recipient].includes(reminder.desk))
    return makeEvidenceFault(
      'invalid-body',
      'reminder.desk',
      'must be one of the two desks that it is about',
    );
  if (claims.counted !== undefined && !REJECTIONS.includes(event))
    return makeEvidenceFault('invalid-body', 'counted', 'belongs to a rejection');
  if (claims.operator !== undefined)
    return makeEvidenceFault(
      'invalid-body',
      'operator',
      'belongs to the operator’s log, which is about no message',
    );
  return purgeFinding(claims) ?? attestationFinding(claims);
}

/** A purge names what took the message back, and copies of no other desk than it is about. */
function purgeFinding({ event, purge, recipient, consignment }: Evidence): EvidenceFault | undefined {
  if ((purge !== undefined) !== (event === 'ContentPurge'))
    return makeEvidenceFault('invalid-body', 'purge', 'belongs to a purge, and to nothing else');
  if (purge === undefined) return undefined;
  if ((purge.cause === 'recall') !== (purge.recall !== undefined))
    return makeEvidenceFault('invalid-body', 'purge.recall', 'belongs to the cause recall, and to no other');
  if (purge.recall !== undefined && purge.recall === consignment)
    return makeEvidenceFault('invalid-body', 'purge.recall', 'no message takes itself back');
  return recipient === undefined || purge.unpurged.every(({ to }) => to === recipient)
    ? undefined
    : makeEvidenceFault('invalid-body', 'purge.unpurged', 'names copies of another desk');
}

function attestationFinding(claims: Evidence): EvidenceFault | undefined {
  const { event } = claims;
  if (claims.attestation !== undefined && !isAcknowledgement(event) && !event.startsWith('ContentHandover'))
    return makeEvidenceFault(
      'invalid-body',
      'attestation',
      'belongs to what an officer does: a word or an opening',
    );
  return undefined;
}
