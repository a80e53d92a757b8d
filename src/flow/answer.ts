/**
 * Answer: a named officer's word about a message, however it was proven, becomes evidence. The first word settles the
 * message for that desk; the same word again changes nothing; another word is kept as a contradiction.
 */
import { advance } from '../domain/delivery.ts';
import { Refusal } from '../domain/error.ts';
import type { Attestation } from '../domain/evidence.ts';
import { type Designation, inForce, type Officer, officerOf } from '../domain/party.ts';
import type { Gateway } from '../gateway.ts';
import { sha256 } from '../seal/digest.ts';
import type { Change, EvidenceRow, Held } from '../store/store.ts';
import { type Directory, directoryOf, known } from './directory.ts';
import { about, issue } from './issue.ts';
import { tell } from './tell.ts';

/** A decision whose proof has been checked. */
export interface Word {
  readonly decision: 'accepted' | 'declined';
  readonly ground?: string;
  /** The officer's id in the recipient's designation. */
  readonly officer: string;
  readonly attestation: Attestation;
}

export interface Answered {
  /** `taken`: this word settled it; `repeat`: it was said before; `contradiction`: another word came first. */
  readonly result: 'taken' | 'repeat' | 'contradiction';
  /** The evidence that now stands for this word, JWS as text. */
  readonly evidence: string;
  readonly settledBy: Officer;
  readonly message: string;
}

/** Who may speak: an officer of the recipient's designation in force. */
function speaker(
  directory: Directory,
  to: string,
  officer: string,
  at: Date,
): { desk: Designation; officer: Officer } {
  const desk = known(directory, to);
  const named = officerOf(desk, officer);
  if (named === undefined)
    throw new Refusal('unknown-officer', 'the officer is not named in this focal point’s designation');
  if (!inForce(desk, at))
    throw new Refusal('designation-ended', `the designation of ${desk.slug} is not in force`);
  return { desk, officer: named };
}

/**
 * Writes an officer's word on the delivery through which it came. `prove` looks at the held row first, and throws
 * where the proof does not fit it. What the rule needs is read before the row is held: a transaction that waits for
 * a second connection could wait for ever.
 * @throws Refusal `not-found`, `unknown-officer`, `designation-ended`, `ground-required`, and what `prove` throws
 */
export async function answer(
  gateway: Gateway,
  delivery: string,
  prove: (held: Held) => Word,
): Promise<Answered> {
  const before = await gateway.store.look(delivery);
  if (before === undefined) throw new Refusal('not-found', 'no such delivery');
  const directory = await directoryOf(gateway, [before.message.sender, before.delivery.to]);
  const said = await contradictedBefore(gateway, directory, before, prove(before));
  if (said !== undefined) return said;
  let settling: Settling | undefined;
  await gateway.store.changeDelivery(delivery, async (held) => {
    settling = await settle(gateway, directory, held, prove(held));
    return settling.change;
  });
  if (settling === undefined) throw new Refusal('not-found', 'no such delivery');
  gateway.metrics.decision(settling.result, settling.how);
  const evidence = settling.evidence ?? (await proofOf(gateway, before.message.id, settling.proof));
  return { result: settling.result, evidence, settledBy: settling.by, message: before.message.id };
}

/** A contradiction that this officer put in before: it stands already, and is not put in again. */
async function contradictedBefore(
  gateway: Gateway,
  directory: Directory,
  before: Held,
  word: Word,
): Promise<Answered | undefined> {
  const settled = before.recipient?.settled;
  if (settled === undefined || settled.decision === word.decision) return undefined;
  const { officer } = speaker(directory, before.delivery.to, word.officer, gateway.now());
  const view = await gateway.store.view(before.message.id);
  const row = view?.evidence.find(
    (one) => one.id === idOf(before.message.id, before.delivery.to, officer.id, word.decision),
  );
  return (
    row && { result: 'contradiction', evidence: row.jws, settledBy: officer, message: before.message.id }
  );
}

interface Settling {
  readonly change: Change;
  readonly result: Answered['result'];
  readonly how: string;
  readonly by: Officer;
  /** The evidence just signed, or the id of the one that stands. */
  readonly evidence?: string;
  readonly proof: string;
}

async function settle(gateway: Gateway, directory: Directory, held: Held, word: Word): Promise<Settling> {
  const { recipient } = held;
  if (recipient === undefined)
    throw new Refusal('not-found', 'this delivery carries evidence, not a message');
  if (word.decision === 'declined' && word.ground === undefined)
    throw new Refusal('ground-required', 'declining needs a ground');
  const at = gateway.now();
  const { desk, officer } = speaker(directory, recipient.to, word.officer, at);
  const how = word.attestation.how;
  const first = recipient.settled;
  if (first !== undefined && first.decision === word.decision) {
    const by = officerOf(desk, first.officer) ?? {
      id: first.officer,
      name: first.officer,
      role: 'officer',
      lang: 'en',
    };
    return { change: {}, result: 'repeat', how, by, proof: first.evidence };
  }
  const row = await issue(gateway, {
    ...about(held.message, recipient),
    id: idOf(held.message.id, recipient.to, officer.id, word.decision),
    event: word.decision === 'accepted' ? 'ConsignmentAcceptance' : 'ConsignmentRejection',
    channel: held.delivery.channel,
    officer: { id: officer.id, name: officer.name, role: officer.role },
    custody: desk.custody,
    attestation: word.attestation,
    delivery: held.delivery.id,
    at,
    ...(word.ground === undefined ? {} : { reason: word.ground }),
    ...(first === undefined ? {} : { contradicts: first.evidence }),
  });
  const change: Change = {
    evidence: [row],
    created: tell(gateway, directory, held.message, [row], at),
  };
  const said = { how, by: officer, evidence: row.jws, proof: row.id };
  if (first !== undefined) return { ...said, change, result: 'contradiction' };
  return { ...said, change: { ...change, ...settled(held, word, row, at) }, result: 'taken' };
}

async function proofOf(gateway: Gateway, message: string, evidence: string): Promise<string> {
  const view = await gateway.store.view(message);
  const row = view?.evidence.find((one) => one.id === evidence);
  if (row === undefined) throw new Error('a settled message has no evidence');
  return row.jws;
}

/** The held delivery shows the word; its siblings at the same desk show that it is settled. */
function settled(held: Held, word: Word, row: EvidenceRow, at: Date): Change {
  const own = advance(held.delivery, { kind: 'decided', decision: word.decision }, at).delivery;
  const others = held.siblings.map((one) => advance(one, { kind: 'settled-elsewhere' }, at).delivery);
  return {
    deliveries: [own, ...others],
    settled: {
      decision: word.decision,
      officer: word.officer,
      at,
      evidence: row.id,
      ...(word.ground === undefined ? {} : { ground: word.ground }),
    },
  };
}

/** One id for one officer's one word on one message: said twice, it is kept once. */
const idOf = (message: string, to: string, officer: string, decision: string): string =>
  Buffer.from(sha256(['word', message, to, officer, decision].join('\n')), 'base64url')
    .toString('hex')
    .slice(0, 32);
