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

/** Members that belong to each other: URIs to their names, and each special member to its events. */
export function formFinding(claims: Evidence): Finding | undefined {
  const { event, reason, purge, reminder } = claims;
  if (claims.event_uri !== eventUri(event))
    return finding('invalid-body', 'event_uri', 'must be the URI of the event');
  const uri = reason === undefined ? undefined : reasonUri(event, reason);
  if (claims.reason_uri !== undefined && claims.reason_uri !== uri)
    return finding('invalid-body', 'reason_uri', 'must be the URI of the reason');
  if ((purge !== undefined) !== (event === 'ContentPurge'))
    return finding('invalid-body', 'purge', 'belongs to a purge, and to nothing else');
  if (reminder !== undefined && !NOTIFICATIONS.includes(event))
    return finding('invalid-body', 'reminder', 'belongs to a notification');
  if (claims.counted !== undefined && !REJECTIONS.includes(event))
    return finding('invalid-body', 'counted', 'belongs to a rejection');
  if (claims.attestation !== undefined && !isWord(event) && !event.startsWith('ContentHandover'))
    return finding('invalid-body', 'attestation', 'belongs to what an officer does: a word or an opening');
  return undefined;
}
