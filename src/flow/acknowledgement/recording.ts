/**
 * Answer: a named officer's word about a message, however it was proven, becomes evidence. The first word settles the
 * message for that desk; the same word again changes nothing; another word is kept as a contradiction, until an officer
 * of the desk settles it by a word that names what it settles.
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
import type { Naming, Posting } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { LinkUse } from '../../store/contracts/links.ts';
import type { RecipientRow } from '../../store/contracts/message-rows.ts';
import { type Directory, readDirectory, requireDesignation } from '../directory/directory.ts';
import { returnDrill } from '../drill/drill.ts';
import {
  applyAcknowledgement,
  type KeptAcknowledgement,
  readAcknowledgements,
} from '../evidence/effective-acknowledgement.ts';
import { issueEvidence, parseClaims, stepAbout } from '../evidence/issue.ts';
import { proveHeld, readSigners } from '../evidence/proven.ts';
import { tellSender } from '../evidence/tell.ts';

/** A decision whose proof has been checked. */
export interface GivenAcknowledgement {
  readonly decision: 'accepted' | 'declined';
  readonly ground?: string;
  /** The officer's id in the recipient's designation. */
  readonly officer: string;
  readonly attestation: Attestation;
  /** Ids of the words whose contradiction it settles: the one that stands and every one that says otherwise. */
  readonly settles?: readonly string[];
  /** When it was given, where it was kept before it was worked on; now where left out. */
  readonly givenAt?: Date;
  /** Judges the evidence that is to be kept of it. @throws Refusal */
  readonly check?: (claims: Evidence) => void;
}

export interface RecordedAcknowledgement {
  /**
   * `taken`: the first word, which stands; `repeat`: it was said before; `contradiction`: another word came first;
   * `settled`: words contradicted each other, and now this one stands.
   */
  readonly result: 'taken' | 'repeat' | 'contradiction' | 'settled';
  /** The evidence that now stands for this word, JWS as text. */
  readonly evidence: string;
  readonly message: string;
  /** The word that this evidence holds. */
  readonly acknowledgement: KnownAcknowledgement;
  /** The word that stood when this one was given; absent where there was none. */
  readonly effectiveBefore?: KnownAcknowledgement;
}

/** Who speaks, and when. */
interface Speaker {
  readonly designation: Designation;
  readonly officer: Officer;
  readonly at: Date;
}

/** Who may speak: an officer of the recipient's designation in force. */
function speaker(
  directory: Directory,
  held: HeldDelivery,
  to: string,
  acknowledgement: GivenAcknowledgement,
  now: Date,
): Speaker {
  const focalPoint = requireDesignation(directory, to);
  const named = findOfficer(focalPoint, acknowledgement.officer);
  if (named === undefined)
    throw new Refusal('unknown-officer', 'the officer is not named in this focal point’s designation');
  if (!isInForceAt(focalPoint, now))
    throw new Refusal('designation-ended', `the designation of ${focalPoint.slug} is not in force`);
  return { designation: focalPoint, officer: named, at: hourOf(acknowledgement, held, focalPoint, now) };
}

/**
 * The hour of a word: when it was given, at the earliest when the message was accepted and when the designation that it
 * rests on began, for nobody could believe an earlier one; never later than now.
 */
function hourOf(
  { givenAt }: GivenAcknowledgement,
  { message }: HeldDelivery,
  designation: Designation,
  now: Date,
): Date {
  if (givenAt === undefined) return now;
  const earliest = Math.max(message.acceptedAt.getTime(), Date.parse(designation.from));
  return new Date(Math.min(Math.max(givenAt.getTime(), earliest), now.getTime()));
}

/**
 * Writes an officer's word on the delivery through which it came. `prove` looks at the held row first, and throws
 * where the proof does not fit it. A `link` by which the word comes is used in the same transaction: either both are
 * written or neither is.
 * @throws Refusal `not-found`, `recalled`, `unknown-officer`, `designation-ended`, `ground-required`, `already-settled`,
 *   `other-words`, and what `prove` throws
 */
export async function recordAcknowledgement(
  gateway: Posting,
  delivery: string,
  prove: (held: HeldDelivery) => GivenAcknowledgement,
  link?: LinkUse,
): Promise<RecordedAcknowledgement> {
  const before = await gateway.store.deliveries.readDelivery(delivery);
  if (before === undefined) throw new Refusal('not-found', 'no such delivery');
  const { id, sender } = before.message;
  const isRecalled = (await gateway.store.content.recallOf(id, sender)) !== undefined;
  const directory = await readDirectory(gateway, [before.message.sender, before.delivery.to]);
  let said: Said | undefined;
  let taken = false;
  const signers = await readSigners(gateway);
  const decide = async (kept: HeldDelivery): Promise<DeliveryChange> => {
    const held = await proveHeld(signers, kept);
    const acknowledgement = prove(held);
    // Only those who may speak are told.
    if (isRecalled) throw new Refusal('recalled', 'the sender has taken this message back');
    said = await say(gateway, directory, held, acknowledgement);
    checkOneWord(held, acknowledgement, said);
    taken = acknowledgement.decision === 'accepted' && said.result !== 'contradiction';
    return link === undefined ? said.change : { ...said.change, acknowledgesByLink: true };
  };
  await gateway.store.deliveries.changeDelivery(delivery, decide, link);
  if (said === undefined) throw new Refusal('not-found', 'no such delivery');
  gateway.metrics.decision(said.result, said.how);
  if (taken) await returnDrill(gateway, before.message, before.delivery.to);
  const { result, evidence, acknowledgement: word, effectiveBefore: stood } = said;
  return {
    result,
    evidence,
    acknowledgement: word,
    message: before.message.id,
    ...present({ effectiveBefore: stood }),
  };
}

/** A link carries one word: the same again is a repeat, and another one wants another link, but for one that settles. */
function checkOneWord({ link }: HeldDelivery, { settles }: GivenAcknowledgement, { result }: Said): void {
  if (link?.kind === 'open' && link.said === true && settles === undefined && result !== 'repeat')
    throw new Refusal('link-used', 'this link has carried another word already');
}

interface Said extends Omit<RecordedAcknowledgement, 'message'> {
  readonly change: DeliveryChange;
  readonly how: string;
}

async function say(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  acknowledgement: GivenAcknowledgement,
): Promise<Said> {
  const { recipient } = held;
  if (recipient === undefined || held.delivery.to !== recipient.to)
    throw new Refusal('not-found', 'this delivery carries no message to a desk that may answer it');
  const event = acknowledgement.decision === 'accepted' ? 'ConsignmentAcceptance' : 'ConsignmentRejection';
  throwEvidenceFault(findReasonFault({ event, reason: acknowledgement.ground }));
  const by = speaker(directory, held, recipient.to, acknowledgement, gateway.now());
  const kept = readAcknowledgements(held);
  const acknowledgements = effectiveAcknowledgementOf(kept);
  const { how } = acknowledgement.attestation;
  const effectiveBefore =
    acknowledgements.effective === undefined ? {} : { effectiveBefore: acknowledgements.effective };
  const earlier = earlierOf(kept, acknowledgements, acknowledgement, by);
  if (earlier !== undefined) {
    const isOpen = acknowledgements.open.some((one) => one.id === earlier.id);
    const result = isOpen ? 'contradiction' : 'repeat';
    return { change: {}, result, evidence: earlier.jws, how, acknowledgement: earlier, ...effectiveBefore };
  }
  const given = newWord(gateway.newId(), acknowledgements, acknowledgement, by);
  const row = await issueEvidence(gateway, {
    ...stepAbout(directory, held.message, recipient),
    id: given.id,
    once: onceOf(recipient, given),
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
  const created = tellSender(gateway, directory, held.message, [row], gateway.now());
  const change: DeliveryChange = {
    ...applyAcknowledgement(held, given, gateway.now()),
    evidence: [row],
    created,
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
 * The word that says the same already: the one that stands, whoever said it, or an earlier one of this officer, which is
 * kept once however things went on from there.
 */
function earlierOf(
  kept: readonly KeptAcknowledgement[],
  acknowledgements: AcknowledgementState,
  acknowledgement: GivenAcknowledgement,
  by: Speaker,
): KeptAcknowledgement | undefined {
  const stands = kept.find((one) => one.id === acknowledgements.effective?.id);
  const isSame = stands?.decision === acknowledgement.decision;
  if (acknowledgement.settles === undefined) {
    return isSame ? stands : kept.find((one) => isSaidBy(one, by.officer, acknowledgement.decision));
  }
  const named = new Set(acknowledgement.settles);
  if (![...named].every((id) => kept.some((one) => one.id === id)))
    throw new Refusal('not-found', 'settles names what is no word of this desk on this message');
  const wanted = [stands, ...acknowledgements.open].flatMap((one) => one?.id ?? []);
  if (acknowledgements.open.length === 0) {
    if (isSame) return stands;
    throw new Refusal('already-settled', 'no words contradict each other, and another word stands');
  }
  if (wanted.length !== named.size || !wanted.every((id) => named.has(id)))
    throw new Refusal('other-words', 'settles must name the words of the open contradiction, all of them');
  return undefined;
}

function newWord(
  evidence: string,
  acknowledgements: AcknowledgementState,
  acknowledgement: GivenAcknowledgement,
  by: Speaker,
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

/** Whether a word that settles nothing is this officer's, and says this. */
const isSaidBy = (
  { officer, decision, settles }: KeptAcknowledgement,
  by: Officer,
  said: GivenAcknowledgement['decision'],
): boolean => settles === undefined && officer.id === by.id && officer.name === by.name && decision === said;

/** One officer's one word on one message is kept once: a word is unique by what it says, whatever its id is. */
function onceOf(
  { message, to }: RecipientRow,
  { officer, decision, settles = [] }: KnownAcknowledgement,
): string {
  return digestOf(['word', message, to, officer.id, officer.name, decision, ...settles].join('\n'));
}
