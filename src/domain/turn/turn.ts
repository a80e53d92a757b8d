/**
 * Whose turn it is. A pure reading of consignments and evidence, the same at every gateway that knows the same ones,
 * in whatever order and however often they came:
 *
 * - every recipient owes an acknowledgement from acceptance on, and each for itself;
 * - what is acknowledged and asks for more is owed by the same desk, by the answer clock, counted from acceptance;
 * - what no way brought, or what was declined, is the sender's again: to send elsewhere, or to close;
 * - a clarification asked for is the other side's to give, and the clock of the answer rests meanwhile;
 * - a recall ends what was owed for the message, and asks that its content go before anything else;
 * - a closure by whoever began the thread ends everything before it; only its own acknowledgement is left.
 */

import { present } from '../words/present.ts';
import { type Act, type ActSpan, actsOfThread, keyOfAct } from './turn-acts.ts';
import { type TurnInput, threadFactsOf } from './turn-facts.ts';
import { type ThreadWaiting, waitingOfThread } from './turn-waiting.ts';

/** An act that somebody owes now. */
export interface OpenAct extends Omit<Act, 'spans'> {
  /** Since when its owner has had it, without a break. */
  readonly since: Date;
  readonly until: Date;
}

export interface Turn {
  /** The most pressing of the open acts; absent when nobody owes anything. A drill never goes before a case. */
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
