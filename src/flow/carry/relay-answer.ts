/**
 * What another gateway answered to a relay. Its signed word is proven before it counts, and does what evidence does that
 * comes by itself: statements that it rests on are asked for, and where it does not hold that is a complaint.
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

/** A proven word of another gateway, as the row to keep it in. */
export interface PeerEvidence {
  readonly row: EvidenceRow;
  /** It is kept already, from another delivery of the same consignment. */
  readonly isKept: boolean;
}

/** Why an answer may not count yet though it was signed well: what the operator is to see of it. */
const PASSING: readonly ProblemCode[] = ['clock-skew', 'newer-version'];

/** The events by which a gateway answers to a relay, by what it came to. */
const ANSWERS = { accepted: 'RelayAcceptance', rejected: 'RelayRejection' } as const;

/**
 * An outcome of the relay channel with the word that proves it. Without such a word nothing was settled: a message that
 * was neither taken nor refused by that gateway's own signature, at a time that can be, is tried again.
 */
export async function proveRelayOutcome(
  gateway: Exchanging,
  directory: Directory,
  claimed: ClaimedDelivery,
  outcome: Outcome,
): Promise<{ readonly outcome: Outcome; readonly peerEvidence?: PeerEvidence }> {
  if (outcome.kind === 'deferred') return { outcome };
  // Evidence about evidence is never issued: what tells is only taken.
  if (claimed.delivery.kind === 'evidence' && outcome.kind === 'accepted') return { outcome };
  const byName = outcome.kind === 'accepted' ? rejectionOf(outcome.rejections, claimed) : undefined;
  return provenAs(gateway, directory, claimed, byName ?? outcome);
}

/** What the answer says of this recipient alone, where the message was taken for others and not for it. */
function rejectionOf(
  rejections: unknown,
  { delivery, recipient }: ClaimedDelivery,
): Extract<Outcome, { kind: 'rejected' }> | undefined {
  if (!Array.isArray(rejections) || delivery.kind === 'evidence') return undefined;
  for (const evidence of rejections.slice(0, LIMITS.recipients)) {
    const claims = said(evidence);
    if (claims !== undefined && claims.recipient === recipient?.to)
      return { kind: 'rejected', code: claims.reason ?? 'refused', evidence };
  }
  return undefined;
}

/** What a JWS says, not verified; undefined where it is no evidence. */
function said(jws: unknown): Evidence | undefined {
  try {
    return evidenceSchema.safeParse(peekStatement(jws).payload).data;
  } catch (fault) {
    if (fault instanceof Refusal) return undefined;
    throw fault;
  }
}

async function provenAs(
  gateway: Exchanging,
  directory: Directory,
  claimed: ClaimedDelivery,
  outcome: Exclude<Outcome, { kind: 'deferred' }>,
): Promise<{ readonly outcome: Outcome; readonly peerEvidence?: PeerEvidence }> {
  const event = ANSWERS[outcome.kind];
  try {
    const by = requirePeer(directory, claimed.endpoint.focalPoint, gateway.now());
    const claims = await orComplaint(gateway, by, { claimed, event, jws: outcome.evidence });
    const { message, delivery, recipient } = claimed;
    if (recipient !== undefined) noteOtherAgreement(gateway, claims, recipient);
    // A rejection is one delivery's, the acceptance that of the whole consignment.
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

/** An answer, and what it is held against. */
interface Answer {
  readonly claimed: ClaimedDelivery;
  readonly event: Evidence['event'];
  readonly jws: unknown;
}

/** Codes by which evidence is refused before it is judged whose signature by the gateway is verified. */
const SIGNED: readonly ProblemCode[] = ['invalid-body', 'misaddressed'];

/**
 * Reads and judges an answer. One about this very consignment that the gateway signed and that does not hold is a complaint;
 * a true word about something else is none: whoever stands between can have put it there.
 * @throws Refusal where it is no answer
 */
async function orComplaint(gateway: Exchanging, by: GatewayDesignation, answer: Answer): Promise<Evidence> {
  let isRead = false;
  try {
    const claims = await readPeerEvidence(gateway, by, answer.jws);
    isRead = true;
    await check(gateway, claims, answer);
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

/** Whether it says that it is the answer to what was sent. */
function isAnswer({ claimed: { message, delivery }, event, jws }: Answer): boolean {
  const { payload } = peekStatement(jws);
  return (
    delivery.kind !== 'evidence' &&
    isObject(payload) &&
    payload['consignment'] === message.id &&
    payload['event'] === event
  );
}

/** The word must be about this very consignment and hold: a true word about another is no answer. */
async function check(gateway: Exchanging, claims: Evidence, answer: Answer): Promise<void> {
  const { message, delivery, recipient, evidenceJws } = answer.claimed;
  if (delivery.kind === 'evidence') return checkRefusal(claims, evidenceJws);
  if (claims.event !== answer.event) throw new Refusal('misaddressed', 'the evidence is of another event');
  if (claims.recipient !== undefined && claims.recipient !== recipient?.to)
    throw new Refusal('misaddressed', 'the evidence is about another recipient');
  const recipients = (await gateway.store.messages.readMessage(message.id))?.recipients ?? [];
  const facts = await gatherFacts(gateway, judgedMessageOf(message, recipients));
  await checkEvidence(claims, facts);
  await noteMissing(gateway, claims, facts);
  const named = claims.rests_on?.agreements ?? [];
  if (answer.event === 'RelayAcceptance' && named.length > 0 && !named.some(({ to }) => to === recipient?.to))
    throw new Refusal('misaddressed', 'it names no agreement by which this recipient is reached');
}

/** Evidence of ours that was refused there: by a complaint about this very evidence, or a rejection as before. */
function checkRefusal({ event, digest }: Evidence, told: string | undefined): void {
  const isOurs = told !== undefined && digest === digestOfPayload(JSON.parse(told));
  if (event !== 'RelayRejection' && !(event === 'EvidenceRejected' && isOurs))
    throw new Refusal('misaddressed', 'the evidence is of another event, or about something else');
}
