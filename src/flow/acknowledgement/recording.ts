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
  word: GivenAcknowledgement,
  now: Date,
): Speaker {
  const desk = requireDesignation(directory, to);
  const named = findOfficer(desk, word.officer);
  if (named === undefined)
    throw new Refusal('unknown-officer', 'the officer is not named in this focal point’s designation');
  if (!isInForceAt(desk, now))
    throw new Refusal('designation-ended', `the designation of ${desk.slug} is not in force`);
  return { designation: desk, officer: named, at: hourOf(word, held, desk, now) };
}

/**
 * The hour of a word: when it was given, at the earliest when the message was accepted and when the designation that it
 * rests on began, for nobody could believe an earlier one; never later than now.
 */
function hourOf(
  { givenAt }: GivenAcknowledgement,
  { message }: HeldDelivery,
  desk: Designation,
  now: Date,
): Date {
  if (givenAt === undefined) return now;
  const earliest = Math.max(message.acceptedAt.getTime(), Date.parse(desk.from));
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
    const word = prove(held);
    // Only those who may speak are told.
    if (isRecalled) throw new Refusal('recalled', 'the sender has taken this message back');
    said = await say(gateway, directory, held, word);
    checkOneWord(held, word, said);
    taken = word.decision === 'accepted' && said.result !== 'contradiction';
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
  word: GivenAcknowledgement,
): Promise<Said> {
  const { recipient } = held;
  if (recipient === undefined || held.delivery.to !== recipient.to)
    throw new Refusal('not-found', 'this delivery carries no message to a desk that may answer it');
  const event = word.decision === 'accepted' ? 'ConsignmentAcceptance' : 'ConsignmentRejection';
  throwEvidenceFault(findReasonFault({ event, reason: word.ground }));
  const by = speaker(directory, held, recipient.to, word, gateway.now());
  const kept = readAcknowledgements(held);
  const standing = effectiveAcknowledgementOf(kept);
  const { how } = word.attestation;
  const stood = standing.effective === undefined ? {} : { effectiveBefore: standing.effective };
  const earlier = earlierOf(kept, standing, word, by);
  if (earlier !== undefined) {
    const isOpen = standing.open.some((one) => one.id === earlier.id);
    const result = isOpen ? 'contradiction' : 'repeat';
    return { change: {}, result, evidence: earlier.jws, how, acknowledgement: earlier, ...stood };
  }
  const said = newWord(gateway.newId(), standing, word, by);
  const row = await issueEvidence(gateway, {
    ...stepAbout(directory, held.message, recipient),
    id: said.id,
    once: onceOf(recipient, said),
    event,
    ...channelMemberOf(held.delivery.channel),
    officer: said.officer,
    custody: by.designation.custody,
    attestation: word.attestation,
    delivery: held.delivery.id,
    at: by.at,
    ...present({
      reason: said.ground,
      contradicts: said.contradicts,
      settles: said.settles && [...said.settles],
    }),
  });
  word.check?.(parseClaims(row));
  const created = tellSender(gateway, directory, held.message, [row], gateway.now());
  const change: DeliveryChange = {
    ...applyAcknowledgement(held, said, gateway.now()),
    evidence: [row],
    created,
  };
  return { change, result: resultOf(said), evidence: row.jws, how, acknowledgement: said, ...stood };
}

const resultOf = ({ settles, contradicts }: KnownAcknowledgement): RecordedAcknowledgement['result'] =>
  settles !== undefined ? 'settled' : contradicts !== undefined ? 'contradiction' : 'taken';

/**
 * The word that says the same already: the one that stands, whoever said it, or an earlier one of this officer, which is
 * kept once however things went on from there.
 */
function earlierOf(
  kept: readonly KeptAcknowledgement[],
  standing: AcknowledgementState,
  word: GivenAcknowledgement,
  by: Speaker,
): KeptAcknowledgement | undefined {
  const stands = kept.find((one) => one.id === standing.effective?.id);
  const isSame = stands?.decision === word.decision;
  if (word.settles === undefined) {
    return isSame ? stands : kept.find((one) => isSaidBy(one, by.officer, word.decision));
  }
  const named = new Set(word.settles);
  if (![...named].every((id) => kept.some((one) => one.id === id)))
    throw new Refusal('not-found', 'settles names what is no word of this desk on this message');
  const wanted = [stands, ...standing.open].flatMap((one) => one?.id ?? []);
  if (standing.open.length === 0) {
    if (isSame) return stands;
    throw new Refusal('already-settled', 'no words contradict each other, and another word stands');
  }
  if (wanted.length !== named.size || !wanted.every((id) => named.has(id)))
    throw new Refusal('other-words', 'settles must name the words of the open contradiction, all of them');
  return undefined;
}

function newWord(
  evidence: string,
  standing: AcknowledgementState,
  word: GivenAcknowledgement,
  by: Speaker,
): KnownAcknowledgement {
  const { id, name, role } = by.officer;
  const settles = word.settles && [...new Set(word.settles)].sort();
  return {
    id: evidence,
    decision: word.decision,
    officer: { id, name, role },
    at: by.at.toISOString(),
    ...present({
      ground: word.ground,
      settles,
      contradicts:
        settles === undefined && standing.effective !== undefined ? standing.effective.id : undefined,
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
