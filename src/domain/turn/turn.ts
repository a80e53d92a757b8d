/**
 * The turn: who must act next. It is computed from consignments and evidence alone. Gateways that know the same
 * ones get the same result, whatever the order of arrival and however often they came:
 *
 * - every recipient owes its own acknowledgement, from acceptance on;
 * - a recipient that has acknowledged owes the act that the message asks for, by the answer clock, counted from
 * acceptance;
 * - a message that no endpoint got, or that was declined, is the sender's turn again: to send it elsewhere, or to
 * close;
 * - a requested clarification is owed by the other side; meanwhile the answer clock is paused;
 * - a recall ends what was owed for the message, and asks first for the deletion of its content;
 * - a closure by the sender of the first message ends everything before it; only its own acknowledgement is owed.
 */

import { present } from '../words/present.ts';
import { type Act, type ActSpan, actsOfThread, keyOfAct } from './acts.ts';
import { type TurnInput, threadFactsOf } from './facts.ts';
import { type ThreadWaiting, waitingOfThread } from './waiting.ts';

/** An act that somebody owes now. */
export interface OpenAct extends Omit<Act, 'spans'> {
  /** Since when its owner has owed it without a break. */
  readonly since: Date;
  readonly until: Date;
}

export interface Turn {
  /** The most pressing open act; absent if nobody owes anything. A drill never precedes a case. */
  readonly next?: OpenAct;
  /** The soonest deadline first. */
  readonly open: readonly OpenAct[];
  readonly waiting: ThreadWaiting;
}

/** The turn and the waiting of one thread as of `now`. */
export function turnOfThread(input: TurnInput): Turn {
  const acts = actsOfThread(threadFactsOf(input));
  const open = acts.flatMap(openAct).sort(byPressure);
  const next = open.find((one) => !one.isDrill) ?? open[0];
  return { ...present({ next }), open, waiting: waitingOfThread(acts, input.now) };
}

function openAct({ spans, ...act }: Act): readonly OpenAct[] {
  const last: ActSpan | undefined = spans.at(-1);
  return last === undefined || last.to !== undefined ? [] : [{ ...act, since: last.from, until: last.until }];
}

const byPressure = (one: OpenAct, other: OpenAct): number =>
  one.until.getTime() - other.until.getTime() || (keyOfAct(one) < keyOfAct(other) ? -1 : 1);
