/**
 * Acknowledgements that a focal point signed itself. The gateway verifies such evidence and keeps it inside
 * its own.
 */

import {
  type Evidence,
  evidenceSchema,
  isAcknowledgement,
  MAX_OWN_STATEMENT_CHARACTERS,
  uriOfEvent,
} from '../../domain/evidence/evidence.ts';
import { judgeEvidence } from '../../domain/evidence/judge.ts';
import { findReasonFault } from '../../domain/evidence/judge-acknowledgement.ts';
import { type JudgedMessage, throwEvidenceFault } from '../../domain/evidence/judge-facts.ts';
import { uriOfReason } from '../../domain/evidence/reason.ts';
import type { Designation } from '../../domain/party/designation.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Naming, Posting } from '../../gateway-parts.ts';
import { verifyStatement } from '../../seal/statement.ts';
import { findHomedDesignation, readDirectory } from '../directory/directory.ts';
import { gatherFacts, judgedMessageOf } from '../evidence/judging.ts';
import { withSignedRejections } from '../evidence/reject.ts';
import type { RecordedAcknowledgement } from './issuing.ts';
import { recordAcknowledgement } from './recording.ts';

/**
 * Records a ConsignmentAcceptance or ConsignmentRejection that was signed with one of the focal point's own
 * signing keys.
 * @param proven is called with the focal point's DID once the signature is verified, and may refuse
 * @throws Refusal `unknown-sender`, `wrong-custody`, `signature-invalid`, `invalid-body`, `misaddressed`,
 *   `digest-mismatch`, `not-found`, and as `recordAcknowledgement`; with a signed rejection once the
 *   signature is verified
 */
export async function recordOwnSigned(
  gateway: Posting,
  slug: string,
  jws: unknown,
  proven: (focalPoint: string) => void,
): Promise<RecordedAcknowledgement> {
  const designation = findHomedDesignation(await readDirectory(gateway, [slug]), slug);
  if (designation === undefined) throw new Refusal('unknown-sender', 'there is no such focal point');
  if (designation.custody !== 'own')
    throw new Refusal('wrong-custody', 'the gateway holds this focal point’s keys; post JSON');
  const { payload, digest: signed } = await verifyStatement(jws, 'evidence', async (kid) =>
    designation.keys.signing.find((one) => one.kid === kid),
  );
  proven(designation.focal_point);
  return withSignedRejections(gateway, { sender: designation.focal_point, digest: signed }, () =>
    recordOwnClaims(gateway, designation, parseBySchema(evidenceSchema, payload), jws),
  );
}

/**
 * Judges what the focal point signed by the evidence that this gateway would issue around it, and records it.
 */
async function recordOwnClaims(
  gateway: Posting,
  designation: Designation,
  own: Evidence,
  jws: unknown,
): Promise<RecordedAcknowledgement> {
  const { consignment, officer } = own;
  if (own.by !== designation.focal_point || own.recipient !== designation.focal_point)
    throw new Refusal('misaddressed', 'by and recipient must be the focal point that signs');
  if (!isAcknowledgement(own.event))
    throw new Refusal('invalid-body', 'event must be ConsignmentAcceptance or ConsignmentRejection');
  if (consignment === undefined || officer === undefined)
    throw new Refusal('invalid-body', 'consignment and officer are required');
  throwEvidenceFault(findReasonFault(own));
  const statement = JSON.stringify(jws);
  if (statement.length > MAX_OWN_STATEMENT_CHARACTERS)
    throw new Refusal(
      'too-large',
      `a signed acknowledgement has at most ${MAX_OWN_STATEMENT_CHARACTERS} characters`,
    );
  const delivery = await gateway.store.deliveries.findDelivery(consignment, designation.focal_point);
  const view = await gateway.store.messages.readMessage(consignment);
  if (delivery === undefined || view === undefined)
    throw new Refusal('not-found', 'no such message was sent to this focal point');
  const facts = { ...(await gatherFacts(gateway, judgedMessageOf(view.message, view.recipients))), own };
  const attestation = { how: 'own-signature', statement } as const;
  const check = (claims: Evidence) => throwEvidenceFault(judgeEvidence(claims, facts));
  // Judge before looking for a repeat: a statement with a false member must be refused even if the rest
  // repeats another.
  check(wrapOwnClaims(gateway, facts.message, designation, { ...own, attestation }));
  return recordAcknowledgement(gateway, delivery, () => ({
    decision: own.event === 'ConsignmentAcceptance' ? 'accepted' : 'declined',
    officer: officer.id,
    attestation,
    check,
    ...present({ ground: own.reason, settles: own.settles }),
  }));
}

/** The evidence that this gateway would issue around what the focal point signed. */
function wrapOwnClaims(
  gateway: Naming,
  message: JudgedMessage,
  designation: Designation,
  own: Evidence,
): Evidence {
  const { event, reason, recipient, attestation, contradicts, settles } = own;
  const named = designation.officers.find((one) => one.id === own.officer?.id);
  const digest = message.recipients.find(({ to }) => to === recipient)?.digest;
  return {
    kind: 'evidence',
    id: own.id,
    event,
    event_uri: uriOfEvent(event),
    consignment: message.id,
    thid: message.thread,
    sender: message.sender,
    recipient,
    digest,
    reason,
    reason_uri: reason === undefined ? undefined : uriOfReason(event, reason),
    at: gateway.now().toISOString(),
    by: gateway.did,
    officer: named === undefined ? own.officer : { id: named.id, name: named.name, role: named.role },
    custody: designation.custody,
    attestation,
    contradicts,
    settles,
  };
}
