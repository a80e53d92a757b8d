/** How the members of evidence belong to each other, for the judge (`judge.ts`). */
import { type Evidence, type EvidenceEvent, eventUri, isWord } from './evidence.ts';
import { type Finding, finding } from './judge-facts.ts';
import { reasonUri } from './reason.ts';

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
export function formFinding(claims: Evidence): Finding | undefined {
  const { event, reason, reminder } = claims;
  if (claims.event_uri !== eventUri(event))
    return finding('invalid-body', 'event_uri', 'must be the URI of the event');
  const uri = reason === undefined ? undefined : reasonUri(event, reason);
  if (claims.reason_uri !== undefined && claims.reason_uri !== uri)
    return finding('invalid-body', 'reason_uri', 'must be the URI of the reason');
  if (reason !== undefined && !HAS_REASON.test(event))
    return finding('invalid-body', 'reason', 'belongs to what was refused, declined, failed, or waits');
  if (reminder !== undefined && !NOTIFICATIONS.includes(event))
    return finding('invalid-body', 'reminder', 'belongs to a notification');
  if (reminder !== undefined && ![claims.sender, claims.recipient].includes(reminder.desk))
    return finding('invalid-body', 'reminder.desk', 'must be one of the two desks that it is about');
  if (claims.counted !== undefined && !REJECTIONS.includes(event))
    return finding('invalid-body', 'counted', 'belongs to a rejection');
  if (claims.operator !== undefined)
    return finding('invalid-body', 'operator', 'belongs to the operator’s log, which is about no message');
  return purgeFinding(claims) ?? attestationFinding(claims);
}

/** A purge names what took the message back, and copies of no other desk than it is about. */
function purgeFinding({ event, purge, recipient, consignment }: Evidence): Finding | undefined {
  if ((purge !== undefined) !== (event === 'ContentPurge'))
    return finding('invalid-body', 'purge', 'belongs to a purge, and to nothing else');
  if (purge === undefined) return undefined;
  if ((purge.cause === 'recall') !== (purge.recall !== undefined))
    return finding('invalid-body', 'purge.recall', 'belongs to the cause recall, and to no other');
  if (purge.recall !== undefined && purge.recall === consignment)
    return finding('invalid-body', 'purge.recall', 'no message takes itself back');
  return recipient === undefined || purge.unpurged.every(({ to }) => to === recipient)
    ? undefined
    : finding('invalid-body', 'purge.unpurged', 'names copies of another desk');
}

function attestationFinding(claims: Evidence): Finding | undefined {
  const { event } = claims;
  if (claims.attestation !== undefined && !isWord(event) && !event.startsWith('ContentHandover'))
    return finding('invalid-body', 'attestation', 'belongs to what an officer does: a word or an opening');
  return undefined;
}
