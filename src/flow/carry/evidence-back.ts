/**
 * Evidence from the recipient's gateway. It is kept with its original signature, and takes effect on the
 * delivery here. It may come twice, late, or before the receipt of the relay that caused it.
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

/** `repeat`: it was kept before; nothing changed. */
type TakenEvidence = 'kept' | 'repeat';

/**
 * Takes evidence from an authenticated gateway about a message that was relayed to a focal point homed there.
 * @throws Refusal with a signed complaint or relay rejection. It is unsigned, and the caller may try again,
 *   if the refusal can pass: the evidence is dated in the future, or the designation of its officer is not
 *   imported here yet
 */
export async function takeEvidence(
  gateway: Exchanging,
  peer: GatewayDesignation,
  jws: unknown,
): Promise<TakenEvidence> {
  const from = { peer, jws };
  const reading = { ...from, isSigned: false };
  const claims = await withSignedRefusals('clock-skew', gateway, reading, () =>
    readPeerEvidence(gateway, peer, jws),
  );
  // If it names the officer's designation and that is imported here, no later import can help.
  const isNamed = claims.rests_on?.designations.some((one) => one.focal_point === claims.recipient);
  const passing = isNamed ? 'statement-missing' : 'unknown-officer';
  return withSignedRefusals(passing, gateway, { ...from, isSigned: true }, () =>
    takeClaims(gateway, peer, claims, jws),
  );
}

/** Refusal codes of evidence whose signature is verified already. */
const SIGNED: readonly ProblemCode[] = ['invalid-body', 'misaddressed'];

/**
 * Runs a step and signs its final refusals; a refusal with the code `passing` stays unsigned. If the gateway
 * signed evidence that is not valid, the signed refusal is a complaint.
 */
async function withSignedRefusals<T>(
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
      // A gateway that cannot read complaints yet gets a relay rejection.
      if ((await findCapabilities(gateway, peer)).evidence.events.includes('EvidenceRejected'))
        throw complaint;
    }
    throw await signRejection(gateway, fault, { event: 'RelayRejection', sender: peer.gateway });
  }
}

async function takeClaims(
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
    throw new Refusal('not-homed', 'the recipient is not homed at the gateway that sends the evidence');
  const delivery = await gateway.store.deliveries.findDelivery(consignment, recipient);
  if (delivery === undefined) throw new Refusal('not-found', 'no such message was sent to this recipient');
  const { isKept, key } = await findEvidencePlace(gateway, claims, jws);
  if (isKept) return 'repeat';
  const { isForPeople } = await checkClaims(gateway, consignment, claims);
  try {
    await gateway.store.deliveries.changeDelivery(delivery, async (held) => {
      const row = rowOf(gateway, held, claims, { jws, key });
      const created = tellSender(gateway, directory, {
        message: held.message,
        evidence: [row],
        at: gateway.now(),
        isReminder: claims.reminder !== undefined || !isForPeople,
      });
      return { ...changeOf(held, claims, gateway.now()), evidence: [row], created };
    });
    return 'kept';
  } catch (fault) {
    // The same evidence came twice at once, and the other request was first.
    const isTaken = fault instanceof Refusal && fault.code === 'already-exists';
    if (!isTaken) throw fault;
    if ((await findEvidencePlace(gateway, claims, jws)).isKept) return 'repeat';
    throw new Refusal('not-ready', 'other evidence is being recorded at this moment; send it again');
  }
}

/** @throws Refusal `not-found` if the message was not relayed */
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
 * Judges it by the common rules (`domain/evidence/judge.ts`), as evidence about the message that was sent
 * from here.
 * @throws Refusal with the code of the first rule that it breaks
 */
async function checkClaims(
  gateway: Exchanging,
  message: string,
  claims: Evidence,
): Promise<ReturnType<typeof checkEvidenceRoom>> {
  const view = await gateway.store.messages.readMessage(message);
  if (view === undefined) throw new Refusal('not-found', 'no such message was sent to this recipient');
  const facts = await gatherFacts(gateway, judgedMessageOf(view.message, view.recipients));
  await checkEvidence(claims, facts).catch(async (fault: unknown) => {
    if (fault instanceof Refusal && fault.code === 'statement-missing')
      await noteMissing(gateway, claims, facts);
    throw fault;
  });
  const room = checkEvidenceRoom(claims, view.evidence);
  await noteMissing(gateway, claims, facts);
  if (isOfficerKnown(claims, facts)) return room;
  // A pending designation has an authority's valid signature. That suffices to identify the officer, and for
  // nothing else.
  const named = claims.rests_on?.designations.map(({ digest }) => digest) ?? [];
  const pending = await readPendingDesignations(gateway, named);
  if (!isOfficerKnown(claims, { ...facts, designations: [...facts.designations, ...pending] }))
    throw new Refusal('statement-missing', 'the designation that names the officer is not known here yet');
  return room;
}

/**
 * What the evidence changes on the delivery. The acknowledgements alone decide which is in effect, in
 * whatever order they arrive.
 */
function changeOf(held: HeldDelivery, claims: Evidence, now: Date): DeliveryChange {
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

/** Most pieces kept of one event: twice as many as a focal point may have officers. */
const KEPT_OF_ONE_EVENT = 400;

/** Officers are told of this many pieces of one event. Partner systems are told of all. */
const TOLD_OF_ONE_EVENT = 10;

/**
 * Checks whether one more piece of evidence may be kept about its message. Honest gateways stay far below the
 * limits. A gateway that signs without end can fill neither the case nor the chats and mailboxes of the
 * sender's officers.
 * @returns `isForPeople`: whether officers are told of it
 * @throws Refusal `too-large`
 */
function checkEvidenceRoom(
  claims: Evidence,
  kept: readonly EvidenceRow[],
): { readonly isForPeople: boolean } {
  const { event, recipient, by } = claims;
  const alike = kept.filter(
    (one) => one.event === event && one.recipient === recipient && one.signer === by,
  ).length;
  if (alike >= KEPT_OF_ONE_EVENT)
    throw new Refusal(
      'too-large',
      `${KEPT_OF_ONE_EVENT} pieces of evidence of this event are kept of the message, and no more are taken`,
    );
  return { isForPeople: alike < TOLD_OF_ONE_EVENT };
}
