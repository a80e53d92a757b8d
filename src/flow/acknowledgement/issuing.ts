/**
 * Makes the evidence of an officer's acknowledgement, out of what was acknowledged before. The first one takes
 * effect for the focal point. The same one again changes nothing. Another one is kept as a contradiction,
 * until an officer of the focal point settles it by an acknowledgement that names those it replaces.
 */
import {
  type AcknowledgementState,
  effectiveAcknowledgementOf,
  type KnownAcknowledgement,
} from '../../domain/evidence/effective-acknowledgement.ts';
import type { Attestation, Evidence } from '../../domain/evidence/evidence.ts';
import { findReasonFault } from '../../domain/evidence/judge-acknowledgement.ts';
import { throwEvidenceFault } from '../../domain/evidence/judge-facts.ts';
import { channelMemberOf } from '../../domain/party/channel.ts';
import { type Designation, findOfficer, isInForceAt, type Officer } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Naming } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { RecipientRow } from '../../store/contracts/message-rows.ts';
import { type Directory, requireDesignation } from '../directory/directory.ts';
import {
  applyAcknowledgement,
  type KeptAcknowledgement,
  readAcknowledgements,
} from '../evidence/effective-acknowledgement.ts';
import { issueEvidence, parseClaims, stepAbout } from '../evidence/issue.ts';
import { tellSender } from '../evidence/tell.ts';

/** An acknowledgement whose proof has been checked. */
export interface GivenAcknowledgement {
  readonly decision: 'accepted' | 'declined';
  readonly ground?: string;
  /** The officer's id in the recipient's designation. */
  readonly officer: string;
  readonly attestation: Attestation;
  /**
   * Ids of the acknowledgements whose contradiction it settles: the one in effect and every one that
   * contradicts it.
   */
  readonly settles?: readonly string[];
  /** When it was given, if it was kept before it was worked on. If absent: now. */
  readonly givenAt?: Date;
  /** Judges the evidence before it is kept. @throws Refusal */
  readonly check?: (claims: Evidence) => void;
}

export interface RecordedAcknowledgement {
  /**
   * `taken`: the first one, now in effect. `repeat`: the same one was given before. `contradiction`: another
   * one came first. `settled`: it settled a contradiction and is now in effect.
   */
  readonly result: 'taken' | 'repeat' | 'contradiction' | 'settled';
  /** The evidence of this acknowledgement, JWS as text. */
  readonly evidence: string;
  readonly message: string;
  /** The acknowledgement that this evidence records. */
  readonly acknowledgement: KnownAcknowledgement;
  /** The acknowledgement that was in effect before; absent if there was none. */
  readonly effectiveBefore?: KnownAcknowledgement;
}

/** The officer who gives the acknowledgement, and when. */
interface Giver {
  readonly designation: Designation;
  readonly officer: Officer;
  readonly at: Date;
}

/**
 * Finds the officer in the recipient's designation in force.
 * @throws Refusal `unknown-officer`, `designation-ended`
 */
function requireGiver(
  directory: Directory,
  held: HeldDelivery,
  acknowledgement: GivenAcknowledgement,
  now: Date,
): Giver {
  const focalPoint = requireDesignation(directory, held.delivery.to);
  const named = findOfficer(focalPoint, acknowledgement.officer);
  if (named === undefined)
    throw new Refusal('unknown-officer', 'the officer is not named in this focal point’s designation');
  if (!isInForceAt(focalPoint, now))
    throw new Refusal('designation-ended', `the designation of ${focalPoint.slug} is not in force`);
  return { designation: focalPoint, officer: named, at: timeOf(acknowledgement, held, focalPoint, now) };
}

/**
 * The time of an acknowledgement: when it was given, but not later than now. Nor is it earlier than the
 * message's acceptance or the designation's start: no verifier would accept that.
 */
function timeOf(
  { givenAt }: GivenAcknowledgement,
  { message }: HeldDelivery,
  designation: Designation,
  now: Date,
): Date {
  if (givenAt === undefined) return now;
  const earliest = Math.max(message.acceptedAt.getTime(), Date.parse(designation.from));
  return new Date(Math.min(Math.max(givenAt.getTime(), earliest), now.getTime()));
}

/** What is to be recorded, and what it changes. `how` the officer was identified. */
export interface Issued extends Omit<RecordedAcknowledgement, 'message'> {
  readonly change: DeliveryChange;
  readonly how: string;
}

/**
 * Issues the evidence of an acknowledgement, unless the same one was given before.
 * @throws Refusal `not-found`, `unknown-officer`, `designation-ended`, `ground-required`, `already-settled`, `other-words`
 */
export async function issueAcknowledgement(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  acknowledgement: GivenAcknowledgement,
): Promise<Issued> {
  const { recipient } = held;
  if (recipient === undefined || held.delivery.to !== recipient.to)
    throw new Refusal('not-found', 'this delivery carries no message that a focal point may answer');
  const event = acknowledgement.decision === 'accepted' ? 'ConsignmentAcceptance' : 'ConsignmentRejection';
  throwEvidenceFault(findReasonFault({ event, reason: acknowledgement.ground }));
  const by = requireGiver(directory, held, acknowledgement, gateway.now());
  const kept = readAcknowledgements(held);
  const acknowledgements = effectiveAcknowledgementOf(kept);
  const { how } = acknowledgement.attestation;
  const effectiveBefore =
    acknowledgements.effective === undefined ? {} : { effectiveBefore: acknowledgements.effective };
  const earlier = findEarlier(kept, acknowledgements, acknowledgement, by);
  if (earlier !== undefined) {
    const isOpen = acknowledgements.open.some((one) => one.id === earlier.id);
    const result = isOpen ? 'contradiction' : 'repeat';
    return { change: {}, result, evidence: earlier.jws, how, acknowledgement: earlier, ...effectiveBefore };
  }
  const given = makeAcknowledgement(gateway.newId(), acknowledgements, acknowledgement, by);
  const row = await issueEvidence(gateway, {
    ...stepAbout(directory, held.message, recipient),
    id: given.id,
    once: uniqueKeyOf(recipient, given),
    event,
    ...channelMemberOf(held.delivery.channel),
    officer: given.officer,
    custody: by.designation.custody,
    attestation: acknowledgement.attestation,
    delivery: held.delivery.id,
    at: by.at,
    ...present({
      reason: given.ground,
      contradicts: given.contradicts,
      settles: given.settles && [...given.settles],
    }),
  });
  acknowledgement.check?.(parseClaims(row));
  const at = gateway.now();
  const change: DeliveryChange = {
    ...applyAcknowledgement(held, given, at),
    evidence: [row],
    created: tellSender(gateway, directory, { message: held.message, evidence: [row], at }),
  };
  return {
    change,
    result: resultOf(given),
    evidence: row.jws,
    how,
    acknowledgement: given,
    ...effectiveBefore,
  };
}

const resultOf = ({ settles, contradicts }: KnownAcknowledgement): RecordedAcknowledgement['result'] =>
  settles !== undefined ? 'settled' : contradicts !== undefined ? 'contradiction' : 'taken';

/**
 * Finds the acknowledgement that says the same already: the one in effect, whoever gave it, or an earlier one
 * of this officer, which is kept only once even if others followed.
 * @throws Refusal `not-found`, `already-settled`, `other-words`
 */
function findEarlier(
  kept: readonly KeptAcknowledgement[],
  acknowledgements: AcknowledgementState,
  acknowledgement: GivenAcknowledgement,
  by: Giver,
): KeptAcknowledgement | undefined {
  const stands = kept.find((one) => one.id === acknowledgements.effective?.id);
  const isSame = stands?.decision === acknowledgement.decision;
  if (acknowledgement.settles === undefined) {
    return isSame ? stands : kept.find((one) => isGivenBy(one, by.officer, acknowledgement.decision));
  }
  const named = new Set(acknowledgement.settles);
  if (![...named].every((id) => kept.some((one) => one.id === id)))
    throw new Refusal(
      'not-found',
      'settles names an id that is not an acknowledgement of this message by this focal point',
    );
  const wanted = [stands, ...acknowledgements.open].flatMap((one) => one?.id ?? []);
  if (acknowledgements.open.length === 0) {
    if (isSame) return stands;
    throw new Refusal(
      'already-settled',
      'there is no contradiction to settle, and another acknowledgement is in effect',
    );
  }
  if (wanted.length !== named.size || !wanted.every((id) => named.has(id)))
    throw new Refusal('other-words', 'settles must name all acknowledgements of the open contradiction');
  return undefined;
}

function makeAcknowledgement(
  evidence: string,
  acknowledgements: AcknowledgementState,
  acknowledgement: GivenAcknowledgement,
  by: Giver,
): KnownAcknowledgement {
  const { id, name, role } = by.officer;
  const settles = acknowledgement.settles && [...new Set(acknowledgement.settles)].sort();
  return {
    id: evidence,
    decision: acknowledgement.decision,
    officer: { id, name, role },
    at: by.at.toISOString(),
    ...present({
      ground: acknowledgement.ground,
      settles,
      contradicts:
        settles === undefined && acknowledgements.effective !== undefined
          ? acknowledgements.effective.id
          : undefined,
    }),
  };
}

/** Whether this officer gave this decision without settling anything. */
const isGivenBy = (
  { officer, decision, settles }: KeptAcknowledgement,
  by: Officer,
  said: GivenAcknowledgement['decision'],
): boolean => settles === undefined && officer.id === by.id && officer.name === by.name && decision === said;

/**
 * The key under which an acknowledgement is kept once. It is made of what the acknowledgement says, whatever
 * its id is.
 */
function uniqueKeyOf(
  { message, to }: RecipientRow,
  { officer, decision, settles = [] }: KnownAcknowledgement,
): string {
  return digestOf(['word', message, to, officer.id, officer.name, decision, ...settles].join('\n'));
}
