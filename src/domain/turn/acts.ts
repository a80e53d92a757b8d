/** The acts of a thread: what was and is owed, by whom, during which times, and by when. */

import type { ActName } from '../message/acts.ts';
import { clockForUrgency, workingTimeOf } from '../terms/agreement.ts';
import { deadlinesOf } from '../terms/deadline.ts';
import { addWorkingTime, countWorkingSeconds } from '../terms/working-time.ts';
import { present } from '../words/present.ts';
import type { Urgency } from '../words/vocabulary.ts';
import type { ThreadFacts, TurnMessage, TurnRecipient } from './facts.ts';
import { type DueAct, stretchesOf, type TurnStretch } from './part.ts';

/** A time in which the owner owed the act. */
export interface ActSpan {
  readonly from: Date;
  /** Absent while it is open. */
  readonly to?: Date;
  /** The deadline at that time. It moves by the time in which the other side had to clarify. */
  readonly until: Date;
}

export interface Act {
  /** Message id. */
  readonly message: string;
  readonly type: string;
  readonly urgency: Urgency;
  /** The recipient that the act is about. Each recipient of a message has its own acts. */
  readonly recipient: string;
  readonly act: ActName;
  /** DID of the focal point that owes it, and its country. */
  readonly owner: string;
  readonly country: string;
  readonly isDrill: boolean;
  /** Its owner has no endpoint, by the last span. */
  readonly hasNoEndpoint?: true;
  /** The owner did it. False while it is open or paused, and if a closure, a recall or a failure ended it. */
  readonly isDone: boolean;
  /** In order, at least one, without overlap. The last may be open. */
  readonly spans: readonly ActSpan[];
}

/** All acts of a thread, closed ones too, in the order in which they began; then by message, recipient and act. */
export const actsOfThread = (facts: ThreadFacts): readonly Act[] =>
  facts.messages
    .flatMap((message) => message.to.flatMap((to) => actsOfRecipient(facts, message, to)))
    .sort((one, other) => begun(one) - begun(other) || (keyOfAct(one) < keyOfAct(other) ? -1 : 1));

const begun = (act: Act): number => act.spans[0]?.from.getTime() ?? 0;

/** A key that is unique among the acts of a thread. */
export const keyOfAct = (one: Pick<Act, 'message' | 'recipient' | 'act'>): string =>
  `${one.message} ${one.recipient} ${one.act}`;

function actsOfRecipient(facts: ThreadFacts, message: TurnMessage, to: TurnRecipient): readonly Act[] {
  const stretches = stretchesOf(facts, message, to);
  const paused = stretches.filter((one) => one.isPaused);
  const owed = stretches.flatMap((one) => (one.due === undefined ? [] : [{ ...one, due: one.due }]));
  const isDrill = facts.first?.type === 'drill' || message.type === 'drill';
  return [...Map.groupBy(owed, (one) => one.due.act).values()].flatMap((list) => {
    const due = list[0]?.due;
    if (due === undefined) return [];
    const spans = joined(list).map(({ from, to: end }) => ({
      from: new Date(from),
      ...present({ to: end === Number.POSITIVE_INFINITY ? undefined : new Date(end) }),
      until: untilOf(facts, { message, to, due, from, paused }),
    }));
    const { id, type, urgency } = message;
    const country = facts.country(due.owner);
    const isDone = wasDone(
      due,
      stretches.find((one) => one.from === list.at(-1)?.to),
    );
    const { act, owner } = due;
    const noWay = list.at(-1)?.due.hasNoEndpoint === true ? ({ hasNoEndpoint: true } as const) : {};
    const what = {
      message: id,
      type,
      urgency,
      recipient: to.to,
      act,
      owner,
      country,
      isDrill,
      isDone,
      spans,
    };
    return [{ ...what, ...noWay }];
  });
}

/** Whether an act was done; the stretch after it shows that. */
function wasDone({ act }: DueAct, next: TurnStretch | undefined): boolean {
  if (next === undefined || next.isEnded || next.isPaused || next.state === 'failed') return false;
  return act === 'acknowledge' || act === 'reassign' || next.state !== 'declined';
}

/** Joins stretches that follow each other without a gap. */
function joined(list: readonly TurnStretch[]): readonly Pick<TurnStretch, 'from' | 'to'>[] {
  const spans: Pick<TurnStretch, 'from' | 'to'>[] = [];
  for (const { from, to } of list) {
    const last = spans.at(-1);
    if (last?.to === from) spans[spans.length - 1] = { from: last.from, to };
    else spans.push({ from, to });
  }
  return spans;
}

interface Owed {
  readonly message: TurnMessage;
  readonly to: TurnRecipient;
  readonly due: DueAct;
  readonly from: number;
  readonly paused: readonly TurnStretch[];
}

/** The deadline: counted from consignment by the owner's calendar, or from when the act came back to the sender. */
function untilOf(facts: ThreadFacts, { message, to: { terms }, due, from, paused }: Owed): Date {
  const { urgency, acceptedAt, asked = {} } = message;
  const time = workingTimeOf(terms, { did: due.owner, country: facts.country(due.owner) }, urgency);
  const clock = clockForUrgency(terms, urgency);
  if (due.act === 'reassign') return addWorkingTime(new Date(from), clock.acknowledge, time);
  const { acknowledgeBy, answerBy } = deadlinesOf(clock, acceptedAt, asked, time);
  if (due.act === 'acknowledge' || due.act === 'purge') return acknowledgeBy;
  const permission = due.act === 'grant' ? terms?.permission : undefined;
  const until = permission === undefined ? answerBy : addWorkingTime(acceptedAt, permission, time);
  const rested = paused
    .filter((one) => one.from < from)
    .reduce(
      (sum, one) => sum + countWorkingSeconds(new Date(one.from), new Date(Math.min(one.to, from)), time),
      0,
    );
  return addWorkingTime(until, rested, time);
}
