/** Deadlines: by when a message must be acknowledged and answered, and whether it is overdue. */
import type { Clock } from './agreement.ts';

export interface Deadlines {
  readonly acknowledgeBy: Date;
  readonly answerBy: Date;
}

const after = (from: Date, seconds: number): Date => new Date(from.getTime() + seconds * 1_000);

/**
 * The deadlines of a message consigned at `consignedAt`. A sender may ask for a later time than the agreement's clock,
 * never for an earlier one: the other side did not agree to that.
 */
export function deadlines(
  clock: Clock,
  consignedAt: Date,
  asked: { acknowledge_by?: number | undefined; answer_by?: number | undefined },
): Deadlines {
  const later = (agreed: Date, wish: number | undefined): Date =>
    wish !== undefined && wish * 1_000 > agreed.getTime() ? new Date(wish * 1_000) : agreed;
  return {
    acknowledgeBy: later(after(consignedAt, clock.acknowledge), asked.acknowledge_by),
    answerBy: later(after(consignedAt, clock.answer), asked.answer_by),
  };
}

/** Whole seconds past the deadline; 0 while there is time, or once it is settled. */
export function overdueBy(deadline: Date, settledAt: Date | undefined, now: Date): number {
  if (settledAt !== undefined) return 0;
  return Math.max(0, Math.floor((now.getTime() - deadline.getTime()) / 1_000));
}
