/**
 * One message to one recipient: who owes the next act at an instant. The result is nobody, or one focal point with
 * one act, so an act can never have two owners.
 */

import type { Evidence } from '../evidence/evidence.ts';
import type { ActName } from '../message/acts.ts';
import { type PartState, partStateAt, purgeTimeOf, waitingEvidenceAt } from './evidence.ts';
import {
  askedActOf,
  isAddressedTo,
  recallTimeOf,
  type ThreadFacts,
  type TurnMessage,
  type TurnRecipient,
} from './facts.ts';

export interface DueAct {
  readonly act: ActName;
  /** DID of the focal point. */
  readonly owner: string;
  /** It has no endpoint: nobody there has the message, and the operator of its gateway must add an endpoint. */
  readonly hasNoEndpoint?: true;
}

/** A time in which one act was due, or none. Milliseconds; `to` is Infinity while it lasts. */
export interface TurnStretch {
  readonly from: number;
  readonly to: number;
  readonly due?: DueAct | undefined;
  /** The other side was asked to clarify; meanwhile the answer clock is paused. */
  readonly isPaused: boolean;
  /** Closed, recalled or no longer needed: nothing is due any more. */
  readonly isEnded: boolean;
  readonly state: PartState;
}

const CLARIFICATION = 'clarification';
const CLOSURE = 'closure';

interface Part {
  readonly facts: ThreadFacts;
  readonly message: TurnMessage;
  readonly to: string;
  readonly pieces: readonly Evidence[];
  /** When a closure, a recall or a direct answer ended everything that was due. */
  readonly ends: number;
  /** The recipient's answers, without clarifications. */
  readonly answers: readonly TurnMessage[];
  /**
   * When the recipient first wrote about it. A focal point that answers has the message, even without an
   * acknowledgement.
   */
  readonly spoke: number;
  /** Times at which the sender sent a message of the same type again, to any recipient. */
  readonly resent: readonly number[];
  /** Times in which the sender owes a requested clarification. */
  readonly askedBack: readonly TurnStretch[];
}

/** The stretches of one message to one recipient, without gaps, from its acceptance on. */
export function stretchesOf(
  facts: ThreadFacts,
  message: TurnMessage,
  { to }: TurnRecipient,
): readonly TurnStretch[] {
  const part = partOf(facts, message, to);
  const begun = message.acceptedAt.getTime();
  const edges = [...new Set([begun, ...edgesOf(part).filter((at) => at > begun && at < Infinity)])].sort(
    (one, other) => one - other,
  );
  const stretches: TurnStretch[] = [];
  let since = begun;
  let before: string | undefined;
  for (const [n, from] of edges.entries()) {
    const state = stateAt(part, from);
    if (state !== before) since = from;
    before = state;
    const isPaused = part.askedBack.some((one) => one.from <= from && from < one.to);
    const isEnded = from >= part.ends;
    const due = isEnded ? undefined : dueAt(part, { at: from, since, state, isPaused });
    stretches.push({ from, to: edges[n + 1] ?? Number.POSITIVE_INFINITY, due, isPaused, isEnded, state });
  }
  return stretches;
}

function partOf(facts: ThreadFacts, message: TurnMessage, to: string): Part {
  const own = facts.about(message.id).filter((one) => one.from === to && isAddressedTo(one, message.from));
  const answering = own.filter((one) => facts.table[message.type]?.answeredBy.includes(one.type));
  const clarifications = answering.filter((one) => one.type === CLARIFICATION);
  return {
    facts,
    message,
    to,
    pieces: facts.evidence(message.id, to),
    ends: Math.min(closedAt(facts, message), recallTimeOf(facts, message, to), mootAt(facts, message)),
    answers: answering.filter((one) => one.type !== CLARIFICATION),
    spoke: answering[0]?.acceptedAt.getTime() ?? Number.POSITIVE_INFINITY,
    resent: facts.messages
      .filter((one) => one.from === message.from && one.type === message.type && one.id !== message.id)
      .map((one) => one.acceptedAt.getTime()),
    // A clarification about another clarification pauses nothing; this ends the recursion.
    askedBack:
      message.type === CLARIFICATION ? [] : clarifications.flatMap((one) => withSender(facts, one, message)),
  };
}

const withSender = (
  facts: ThreadFacts,
  clarification: TurnMessage,
  asked: TurnMessage,
): readonly TurnStretch[] =>
  stretchesOf(facts, clarification, { to: asked.from }).filter((one) => one.due?.owner === asked.from);

/** When the sender of the first message closed the thread. A closure ends neither later messages nor itself. */
function closedAt({ messages, first }: ThreadFacts, message: TurnMessage): number {
  const after = messages.indexOf(message);
  const closure = messages.find((one, n) => n > after && one.type === CLOSURE && one.from === first?.from);
  return closure?.acceptedAt.getTime() ?? Number.POSITIVE_INFINITY;
}

/** When a question about a message became idle: the message was answered without it, or recalled. */
function mootAt(facts: ThreadFacts, message: TurnMessage): number {
  const subject = message.type === CLARIFICATION ? facts.message(message.about ?? '') : undefined;
  if (subject === undefined || subject.type === CLARIFICATION || !isAddressedTo(subject, message.from))
    return Number.POSITIVE_INFINITY;
  const answered = facts
    .about(subject.id)
    .filter(
      (one) => one.from === message.from && one.type !== CLARIFICATION && isAddressedTo(one, subject.from),
    )
    .find((one) => facts.table[subject.type]?.answeredBy.includes(one.type));
  return Math.min(
    recallTimeOf(facts, subject, message.from),
    answered?.acceptedAt.getTime() ?? Number.POSITIVE_INFINITY,
  );
}

/** All instants at which the state may change. */
function edgesOf(part: Part): readonly number[] {
  const { facts, message, to } = part;
  const answers = part.answers.flatMap((one) => [
    one.acceptedAt.getTime(),
    recallTimeOf(facts, one, message.from),
  ]);
  return [
    ...part.pieces.map((one) => Date.parse(one.at)),
    ...answers,
    ...part.resent,
    ...part.askedBack.flatMap((one) => [one.from, one.to]),
    part.ends,
    part.spoke,
    purgeTimeOf(facts.evidence(message.about ?? '', to)),
  ];
}

function stateAt(part: Part, at: number): PartState {
  const state = partStateAt(part.pieces, at);
  return part.spoke <= at && (state === 'waiting' || state === 'failed') ? 'accepted' : state;
}

interface Moment {
  readonly at: number;
  readonly state: PartState;
  /** Since when it has been in this state. */
  readonly since: number;
  readonly isPaused: boolean;
}

function dueAt(part: Part, { at, state, since, isPaused }: Moment): DueAct | undefined {
  const { facts, message, to } = part;
  if (state === 'failed') return backToSender(part, since, at);
  const asked = askedActOf(facts, message.type);
  if (asked === 'purge' && isOwnRecall(part) && purgeTimeOf(facts.evidence(message.about ?? '', to)) > at)
    return { act: 'purge', owner: to };
  if (part.answers.some((one) => isInEffect(part, one, at))) return undefined;
  if (state === 'declined') return endsWithDecline(part) ? undefined : backToSender(part, since, at);
  if (isPaused) return undefined;
  if (state === 'waiting') {
    const noWay = waitingEvidenceAt(part.pieces, at) === undefined ? {} : ({ hasNoEndpoint: true } as const);
    return { act: 'acknowledge', owner: to, ...noWay };
  }
  if (asked === 'acknowledge' || asked === 'purge') return undefined;
  return { act: message.type === CLARIFICATION ? 'clarify' : asked, owner: to };
}

/**
 * Whether a decline ends everything. Declining a clarification returns the act that it asked about; a closure or a
 * recall stays in effect.
 */
const endsWithDecline = ({ facts, message: { type } }: Part): boolean =>
  type === CLARIFICATION || type === CLOSURE || askedActOf(facts, type) === 'purge';

const backToSender = ({ message, resent }: Part, since: number, at: number): DueAct | undefined =>
  resent.some((one) => one > since && one <= at) ? undefined : { act: 'reassign', owner: message.from };

/** Whether an answer was given and not recalled by then. */
const isInEffect = ({ facts, message }: Part, answer: TurnMessage, at: number): boolean =>
  answer.acceptedAt.getTime() <= at && recallTimeOf(facts, answer, message.from) > at;

/** Whether a recall is of the sender's own message. If the recalled message is not known yet, it is assumed to be. */
function isOwnRecall({ facts, message }: Part): boolean {
  const subject = facts.message(message.about ?? '');
  return subject === undefined || subject.from === message.from;
}
