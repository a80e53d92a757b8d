/** Rules of the judge (`judge.ts`) for members of evidence that depend on each other. */
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

/** Events of something refused, declined, failed or delayed. */
const HAS_REASON = /(?:Rejection|Failure|Delayed)$/;

/** Checks that URIs match their names, and that each special member belongs to the event. */
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
      'belongs to a rejection, a decline, a failure or a delay',
    );
  if (reminder !== undefined && !NOTIFICATIONS.includes(event))
    return makeEvidenceFault('invalid-body', 'reminder', 'belongs to a notification');
  if (reminder !== undefined && ![claims.sender, claims.recipient].includes(reminder.desk))
    return makeEvidenceFault('invalid-body', 'reminder.desk', 'must be the sender or the recipient');
  if (claims.counted !== undefined && !REJECTIONS.includes(event))
    return makeEvidenceFault('invalid-body', 'counted', 'belongs to a rejection');
  if (claims.operator !== undefined)
    return makeEvidenceFault(
      'invalid-body',
      'operator',
      'belongs to the operator’s log, which has no message',
    );
  return findPurgeFault(claims) ?? findAttestationFault(claims);
}

/** Checks that a purge for a recall names that recall, and that its copies are of the recipient only. */
function findPurgeFault({ event, purge, recipient, consignment }: Evidence): EvidenceFault | undefined {
  if ((purge !== undefined) !== (event === 'ContentPurge'))
    return makeEvidenceFault('invalid-body', 'purge', 'belongs to a purge only');
  if (purge === undefined) return undefined;
  if ((purge.cause === 'recall') !== (purge.recall !== undefined))
    return makeEvidenceFault('invalid-body', 'purge.recall', 'belongs to the cause recall only');
  if (purge.recall !== undefined && purge.recall === consignment)
    return makeEvidenceFault('invalid-body', 'purge.recall', 'a message cannot recall itself');
  return recipient === undefined || purge.unpurged.every(({ to }) => to === recipient)
    ? undefined
    : makeEvidenceFault('invalid-body', 'purge.unpurged', 'names copies of another focal point');
}

function findAttestationFault(claims: Evidence): EvidenceFault | undefined {
  const { event } = claims;
  if (claims.attestation !== undefined && !isAcknowledgement(event) && !event.startsWith('ContentHandover'))
    return makeEvidenceFault(
      'invalid-body',
      'attestation',
      'belongs to an acknowledgement or an opening only',
    );
  return undefined;
}
