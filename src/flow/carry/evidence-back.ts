/**
 * Evidence from the recipient's gateway: kept with the signature it came with, and its effect applied where the message
 * was sent. It may come twice, late, or before the receipt of the relay that caused it.
 */
import { advanceDelivery } from '../../domain/carriage/delivery.ts';
import { acknowledgementIn } from '../../domain/evidence/effective-acknowledgement.ts';
import { EVENTS_SENT_BACK, type Evidence } from '../../domain/evidence/evidence.ts';
import { isOfficerKnown } from '../../domain/evidence/judge-acknowledgement.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { PROBLEMS, type ProblemCode, Refusal } from '../../domain/words/error.ts';
import type { Exchanging, Storing } from '../../gateway-parts.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { findCapabilities } from '../directory/peer-reads.ts';
import { signComplaint } from '../evidence/complain.ts';
import { applyAcknowledgement } from '../evidence/effective-acknowledgement.ts';
import { checkEvidence, gatherFacts, judgedMessageOf } from '../evidence/judging.ts';
import {
  findEvidencePlace,
  noteOtherAgreement,
  readPeerEvidence,
  rowOfSigned,
} from '../evidence/peer-evidence.ts';
import { signRejection } from '../evidence/reject.ts';
import { tellSender } from '../evidence/tell.ts';
import { noteMissing, readPendingDesignations } from '../statements/missing.ts';
import { checkEvidenceRoom } from './evidence-room.ts';

/** What was done with it: a repeat changes nothing. */
export type TakenEvidence = 'kept' | 'repeat';

/**
 * Takes evidence from a proven gateway about a message that went from here to a focal point homed there.
 * @throws Refusal, with a signed complaint or relay rejection hung on it unless it passes by itself: when the hour has come that the
 *   evidence is dated, or the designation of its officer is imported here. Then it is worth another try
 */
export async function takeEvidence(
  gateway: Exchanging,
  peer: GatewayDesignation,
  jws: unknown,
): Promise<TakenEvidence> {
  const from = { peer, jws };
  const reading = { ...from, isSigned: false };
  const claims = await unlessPassing('clock-skew', gateway, reading, () =>
    readPeerEvidence(gateway, peer, jws),
  );
  // Where it names the designation of its officer, and that is known here, no import will change anything.
  const isNamed = claims.rests_on?.designations.some((one) => one.focal_point === claims.recipient);
  const passing = isNamed ? 'statement-missing' : 'unknown-officer';
  return unlessPassing(passing, gateway, { ...from, isSigned: true }, () => take(gateway, peer, claims, jws));
}

/** Codes by which evidence is refused whose signature by the gateway is verified. */
const SIGNED: readonly ProblemCode[] = ['invalid-body', 'misaddressed'];

/**
 * Runs a step; what it refuses for good comes out signed, one code that passes by itself does not. Where the gateway
 * signed what does not hold, that is a complaint.
 */
async function unlessPassing<T>(
  passing: ProblemCode,
  gateway: Exchanging,
  {
    peer,
    jws,
    isSigned,
  }: { readonly peer: GatewayDesignation; readonly jws: unknown; readonly isSigned: boolean },
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    const isFinal = fault.code !== passing && PROBLEMS[fault.code].status < 500;
    gateway.log.warn('evidence.refused', { gateway: peer.gateway, code: fault.code, final: isFinal });
    if (!isFinal) throw fault;
    if (isSigned || SIGNED.includes(fault.code)) {
      const complaint = await signComplaint(gateway, peer, fault, jws);
      // One that does not read complaints yet is told as before.
      if ((await findCapabilities(gateway, peer)).evidence.events.includes('EvidenceRejected'))
        throw complaint;
    }
    throw await signRejection(gateway, fault, { event: 'RelayRejection', sender: peer.gateway });
  }
}

async function take(
  gateway: Exchanging,
  peer: GatewayDesignation,
  claims: Evidence,
  jws: unknown,
): Promise<TakenEvidence> {
  const { consignment, recipient } = claims;
  if (consignment === undefined || recipient === undefined || !EVENTS_SENT_BACK.includes(claims.event))
    throw new Refusal('invalid-body', 'event, consignment and recipient must be those of a relayed message');
  const directory = await readDirectory(gateway, [recipient, claims.sender]);
  const designation = findDesignation(directory, recipient);
  if (designation?.gateway !== peer.gateway)
    throw new Refusal('not-homed', 'the recipient is not homed at the gateway that tells of it');
  const delivery = await gateway.store.deliveries.findDelivery(consignment, recipient);
  if (delivery === undefined) throw new Refusal('not-found', 'no such message went to this recipient');
  const { isKept, key } = await findEvidencePlace(gateway, claims, jws);
  if (isKept) return 'repeat';
  const { isForPeople } = await check(gateway, consignment, claims);
  try {
    await gateway.store.deliveries.changeDelivery(delivery, async (held) => {
      const row = rowOf(gateway, held, claims, { jws, key });
      const created = tellSender(
        gateway,
        directory,
        held.message,
        [row],
        gateway.now(),
        claims.reminder !== undefined || !isForPeople,
      );
      return { ...effectOf(held, claims, gateway.now()), evidence: [row], created };
    });
    return 'kept';
  } catch (fault) {
    // The same came twice at once, and the other was faster.
    const isTaken = fault instanceof Refusal && fault.code === 'already-exists';
    if (!isTaken) throw fault;
    if ((await findEvidencePlace(gateway, claims, jws)).isKept) return 'repeat';
    throw new Refusal('not-ready', 'other evidence took its place in this moment');
  }
}

/** @throws Refusal `not-found` where the message was not relayed */
function rowOf(
  gateway: Storing,
  held: HeldDelivery,
  claims: Evidence,
  { jws, key }: { readonly jws: unknown; readonly key: string },
): EvidenceRow {
  const { message, recipient, delivery } = held;
  if (recipient === undefined || delivery.channel !== 'relay')
    throw new Refusal('not-found', 'no such message was relayed');
  noteOtherAgreement(gateway, claims, recipient);
  const about = { message: message.id, sender: message.sender, recipient: recipient.to };
  return rowOfSigned(key, claims, jws, { ...about, delivery: delivery.id });
}

/**
 * Judges it by the rules of everybody (`domain/evidence/judge.ts`), as evidence about the message that went from here.
 * @throws Refusal with the code of what does not hold
 */
async function check(
  gateway: Exchanging,
  message: string,
  claims: Evidence,
): Promise<ReturnType<typeof checkEvidenceRoom>> {
  const view = await gateway.store.messages.readMessage(message);
  if (view === undefined) throw new Refusal('not-found', 'no such message went to this recipient');
  const facts = await gatherFacts(gateway, judgedMessageOf(view.message, view.recipients));
  await checkEvidence(claims, facts).catch(async (fault: unknown) => {
    if (fault instanceof Refusal && fault.code === 'statement-missing')
      await noteMissing(gateway, claims, facts);
    throw fault;
  });
  const room = checkEvidenceRoom(claims, view.evidence);
  await noteMissing(gateway, claims, facts);
  if (isOfficerKnown(claims, facts)) return room;
  // An authority's signature under a statement that is not imported yet says who the officer is, and nothing else.
  const named = claims.rests_on?.designations.map(({ digest }) => digest) ?? [];
  const pending = await readPendingDesignations(gateway, named);
  if (!isOfficerKnown(claims, { ...facts, designations: [...facts.designations, ...pending] }))
    throw new Refusal('statement-missing', 'the designation that names the officer is not known here yet');
  return room;
}

/** What it changes here. Which word stands follows from the words alone, in whatever order they arrive. */
function effectOf(held: HeldDelivery, claims: Evidence, now: Date): DeliveryChange {
  if (claims.event === 'ContentHandover') {
    const { delivery } = advanceDelivery(held.delivery, { kind: 'opened' }, now);
    return held.recipient?.openedAt === undefined
      ? { deliveries: [delivery], openedAt: new Date(claims.at) }
      : {};
  }
  const acknowledgement = acknowledgementIn(claims);
  // A failure there may make it the sender's turn here.
  return acknowledgement === undefined
    ? { escalateAt: now }
    : applyAcknowledgement(held, acknowledgement, now);
}
