/**
 * Another gateway's answer to a relay. Its signed evidence is verified before it takes effect, as evidence
 * that comes by itself is. Missing statements on which it rests are requested, and evidence that is not valid
 * leads to a complaint.
 */
import type { Outcome } from '../../domain/carriage/adapter.ts';
import { type Evidence, evidenceSchema } from '../../domain/evidence/evidence.ts';
import { LIMITS } from '../../domain/message/message.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { type ProblemCode, Refusal } from '../../domain/words/error.ts';
import type { Exchanging } from '../../gateway-parts.ts';
import { digestOfPayload, peekStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import type { ClaimedDelivery } from '../../store/contracts/deliveries.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';
import { type Directory, requirePeer } from '../directory/directory.ts';
import { signComplaint } from '../evidence/complain.ts';
import { checkEvidence, gatherFacts, judgedMessageOf } from '../evidence/judging.ts';
import {
  findEvidencePlace,
  noteOtherAgreement,
  readPeerEvidence,
  rowOfSigned,
} from '../evidence/peer-evidence.ts';
import { noteMissing } from '../statements/missing.ts';

/** Verified evidence of another gateway, as a row to keep. */
export interface PeerEvidence {
  readonly row: EvidenceRow;
  /** Another delivery of the same consignment has brought it already. */
  readonly isKept: boolean;
}

/**
 * Refusals that may pass although the answer is signed well. They are logged by name, so that the operator
 * sees the cause.
 */
const PASSING: readonly ProblemCode[] = ['clock-skew', 'newer-version'];

/** The event that each outcome of a relay must be signed as. */
const ANSWERS = { accepted: 'RelayAcceptance', rejected: 'RelayRejection' } as const;

/**
 * Verifies the evidence of a relay's outcome. Without valid evidence nothing is decided: a message that the
 * gateway has neither taken nor refused by its own signature, at a plausible time, is tried again.
 */
export async function proveRelayOutcome(
  gateway: Exchanging,
  directory: Directory,
  claimed: ClaimedDelivery,
  outcome: Outcome,
): Promise<{ readonly outcome: Outcome; readonly peerEvidence?: PeerEvidence }> {
  if (outcome.kind === 'deferred') return { outcome };
  // No evidence is issued about evidence, so the bare answer suffices.
  if (claimed.delivery.kind === 'evidence' && outcome.kind === 'accepted') return { outcome };
  const byName = outcome.kind === 'accepted' ? rejectionOf(outcome.rejections, claimed) : undefined;
  return verifyOutcome(gateway, directory, claimed, byName ?? outcome);
}

/** The rejection of this recipient, if the gateway took the message for others but not for this one. */
function rejectionOf(
  rejections: unknown,
  { delivery, recipient }: ClaimedDelivery,
): Extract<Outcome, { kind: 'rejected' }> | undefined {
  if (!Array.isArray(rejections) || delivery.kind === 'evidence') return undefined;
  for (const evidence of rejections.slice(0, LIMITS.recipients)) {
    const claims = peekClaims(evidence);
    if (claims !== undefined && claims.recipient === recipient?.to)
      return { kind: 'rejected', code: claims.reason ?? 'refused', evidence };
  }
  return undefined;
}

/** The claims of a JWS, not verified; undefined if it is not evidence. */
function peekClaims(jws: unknown): Evidence | undefined {
  try {
    return evidenceSchema.safeParse(peekStatement(jws).payload).data;
  } catch (fault) {
    if (fault instanceof Refusal) return undefined;
    throw fault;
  }
}

async function verifyOutcome(
  gateway: Exchanging,
  directory: Directory,
  claimed: ClaimedDelivery,
  outcome: Exclude<Outcome, { kind: 'deferred' }>,
): Promise<{ readonly outcome: Outcome; readonly peerEvidence?: PeerEvidence }> {
  const event = ANSWERS[outcome.kind];
  try {
    const by = requirePeer(directory, claimed.endpoint.focalPoint, gateway.now());
    const claims = await readOrComplain(gateway, by, { claimed, event, jws: outcome.evidence });
    const { message, delivery, recipient } = claimed;
    if (recipient !== undefined) noteOtherAgreement(gateway, claims, recipient);
    // A rejection belongs to one delivery, an acceptance to the whole consignment.
    const about = {
      message: message.id,
      sender: message.sender,
      delivery: delivery.id,
      recipient: outcome.kind === 'rejected' ? recipient?.to : undefined,
    };
    const { isKept, key } = await findEvidencePlace(gateway, claims, outcome.evidence);
    return { outcome, peerEvidence: { row: rowOfSigned(key, claims, outcome.evidence, about), isKept } };
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    const code = PASSING.includes(fault.code) ? fault.code : 'answer-not-proven';
    return { outcome: { kind: 'deferred', code } };
  }
}

/** An answer, and the delivery that it must answer. */
interface Answer {
  readonly claimed: ClaimedDelivery;
  readonly event: Evidence['event'];
  readonly jws: unknown;
}

/** Refusal codes of evidence whose signature is verified although it was not judged yet. */
const SIGNED: readonly ProblemCode[] = ['invalid-body', 'misaddressed'];

/**
 * Reads and judges an answer. If the gateway signed an answer to this very consignment that is not valid,
 * keeps a complaint. Valid evidence about something else is no reason for one: a proxy in between may have
 * swapped it.
 * @throws Refusal if it is no answer
 */
async function readOrComplain(
  gateway: Exchanging,
  by: GatewayDesignation,
  answer: Answer,
): Promise<Evidence> {
  let isRead = false;
  try {
    const claims = await readPeerEvidence(gateway, by, answer.jws);
    isRead = true;
    await checkAnswer(gateway, claims, answer);
    return claims;
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    const isSigned = isRead || SIGNED.includes(fault.code);
    if (isSigned && isAnswer(answer)) {
      gateway.log.warn('evidence.refused', { gateway: by.gateway, code: fault.code, final: false });
      await signComplaint(gateway, by, fault, answer.jws);
    }
    throw fault;
  }
}

/** Whether it claims to be the answer to what was sent. */
function isAnswer({ claimed: { message, delivery }, event, jws }: Answer): boolean {
  const { payload } = peekStatement(jws);
  return (
    delivery.kind !== 'evidence' &&
    isObject(payload) &&
    payload['consignment'] === message.id &&
    payload['event'] === event
  );
}

/** @throws Refusal if the evidence is not valid, or is about another consignment, recipient or event */
async function checkAnswer(gateway: Exchanging, claims: Evidence, answer: Answer): Promise<void> {
  const { message, delivery, recipient, evidenceJws } = answer.claimed;
  if (delivery.kind === 'evidence') return checkRefusal(claims, evidenceJws);
  if (claims.event !== answer.event) throw new Refusal('misaddressed', 'the evidence has another event');
  if (claims.recipient !== undefined && claims.recipient !== recipient?.to)
    throw new Refusal('misaddressed', 'the evidence is about another recipient');
  const recipients = (await gateway.store.messages.readMessage(message.id))?.recipients ?? [];
  const facts = await gatherFacts(gateway, judgedMessageOf(message, recipients));
  await checkEvidence(claims, facts);
  await noteMissing(gateway, claims, facts);
  const named = claims.rests_on?.agreements ?? [];
  if (answer.event === 'RelayAcceptance' && named.length > 0 && !named.some(({ to }) => to === recipient?.to))
    throw new Refusal('misaddressed', 'the evidence names no agreement for this recipient');
}

/**
 * Checks the refusal of our evidence: a complaint about exactly this evidence, or a relay rejection of older
 * programs.
 */
function checkRefusal({ event, digest }: Evidence, told: string | undefined): void {
  const isOurs = told !== undefined && digest === digestOfPayload(JSON.parse(told));
  if (event !== 'RelayRejection' && !(event === 'EvidenceRejected' && isOurs))
    throw new Refusal('misaddressed', 'the evidence has another event or is about other evidence');
}
