/** Waiting: how long each side and each step of a thread took, and how much of that was past the deadline. */
import type { Act, ActSpan } from './acts.ts';

/**
 * One act, and how long its owner has had it. Whole seconds, counted round the clock, because people also wait at
 * night.
 */
export interface WaitingStep extends Omit<Act, 'spans'> {
  readonly since: Date;
  /** The current deadline, or the last one. */
  readonly until: Date;
  /** When it was done or no longer owed; null while it is open. */
  readonly ended: Date | null;
  readonly isOpen: boolean;
  readonly seconds: number;
  readonly overdue: number;
}

/** A sum of steps. Acts that are owed at the same time all count. */
interface WaitingSum {
  readonly country: string;
  readonly seconds: number;
  readonly overdue: number;
}

export interface ThreadWaiting {
  readonly steps: readonly WaitingStep[];
  /** `elapsed`: seconds in which the side owed anything, each counted once. */
  readonly sides: readonly (WaitingSum & { readonly elapsed: number })[];
  readonly acts: readonly (WaitingSum & { readonly act: Act['act'] })[];
}

const end = (span: ActSpan, now: Date): number => (span.to ?? now).getTime();
const whole = (milliseconds: number): number => Math.floor(milliseconds / 1_000);
const sum = (list: readonly number[]): number => list.reduce((all, one) => all + one, 0);

/** The waiting of a thread as of `now`. Drills appear in the steps but not in the sums. */
export function waitingOfThread(acts: readonly Act[], now: Date): ThreadWaiting {
  const counted = acts.filter((one) => !one.isDrill);
  const steps = acts.map((one) => stepOf(one, now));
  const real = steps.filter((one) => !one.isDrill);
  const sides = grouped(real, (one) => one.country).map((list) => ({
    ...summed(list),
    elapsed: elapsed(
      counted.filter((one) => one.country === list[0].country),
      now,
    ),
  }));
  const perAct = grouped(real, (one) => `${one.country} ${one.act}`).map((list) => {
    const { country, seconds, overdue } = summed(list);
    return { country, act: list[0].act, seconds, overdue };
  });
  return { steps, sides, acts: perAct };
}

type Some = readonly [WaitingStep, ...WaitingStep[]];

/** Groups in the order of their keys. */
const grouped = (steps: readonly WaitingStep[], key: (one: WaitingStep) => string): readonly Some[] =>
  [...Map.groupBy(steps, key)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, [head, ...rest]]) => (head === undefined ? [] : [[head, ...rest] as const]));

const summed = (list: Some): WaitingSum => ({
  country: list[0].country,
  seconds: sum(list.map((one) => one.seconds)),
  overdue: sum(list.map((one) => one.overdue)),
});

/** An act as one step. */
function stepOf({ spans, ...act }: Act, now: Date): WaitingStep {
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined) throw new Error('an act without a span');
  return {
    ...act,
    since: first.from,
    until: last.until,
    ended: last.to ?? null,
    isOpen: last.to === undefined,
    seconds: whole(sum(spans.map((one) => end(one, now) - one.from.getTime()))),
    overdue: whole(sum(spans.map((one) => lateness(one, now)))),
  };
}

/** Milliseconds of a span after its deadline. */
const lateness = (span: ActSpan, now: Date): number =>
  Math.max(0, end(span, now) - Math.max(span.from.getTime(), span.until.getTime()));

/** Seconds covered by any of the spans. */
function elapsed(acts: readonly Act[], now: Date): number {
  const spans = acts
    .flatMap((one) => one.spans)
    .sort((one, other) => one.from.getTime() - other.from.getTime());
  let covered = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    covered += Math.max(0, end(span, now) - Math.max(span.from.getTime(), reached));
    reached = Math.max(reached, end(span, now));
  }
  return whole(covered);
}
