/** Deadlines: when a message must be acknowledged and answered, and how late it is. */
import type { Clock } from './agreement.ts';
import { type LocalTime, ROUND_THE_CLOCK } from './calendar.ts';
import { addWorkingTime } from './working-time.ts';

interface Deadlines {
  readonly acknowledgeBy: Date;
  readonly answerBy: Date;
}

/**
 * The deadlines of a message consigned at `consignedAt`. A sender may ask for a later time than the agreement's
 * clock, but not for an earlier one, because the recipient did not agree to that. `time` is the local time of the
 * focal point that has to act.
 */
export function deadlinesOf(
  clock: Clock,
  consignedAt: Date,
  asked: { readonly acknowledge_by?: number | undefined; readonly answer_by?: number | undefined },
  time: LocalTime = ROUND_THE_CLOCK,
): Deadlines {
  const later = (agreed: Date, wish: number | undefined): Date =>
    wish !== undefined && wish * 1_000 > agreed.getTime() ? new Date(wish * 1_000) : agreed;
  return {
    acknowledgeBy: later(addWorkingTime(consignedAt, clock.acknowledge, time), asked.acknowledge_by),
    answerBy: later(addWorkingTime(consignedAt, clock.answer, time), asked.answer_by),
  };
}

/** Whole seconds past the deadline; 0 before it, or once the act is done at `settledAt`. */
export function secondsOverdue(deadline: Date, settledAt: Date | undefined, now: Date): number {
  if (settledAt !== undefined) return 0;
  return Math.max(0, Math.floor((now.getTime() - deadline.getTime()) / 1_000));
}
