/**
 * Times that another gateway signed, held against what is known here. A call whose timestamp is more than five minutes
 * away is not heard at all (Standard Webhooks), so clocks that can talk to each other are never further apart; what is
 * signed once comes late as often as it likes.
 */
import { Refusal } from '../words/error.ts';
import { LIMITS } from './message.ts';

const SKEW = LIMITS.skew * 1_000;

/** Whether a signed instant (RFC 3339) is in the future, by more than {@link LIMITS.skew}. */
export const isAheadOfClock = (at: string, now: Date): boolean => !(Date.parse(at) <= now.getTime() + SKEW);

/**
 * Whether what is said about a message was signed before the message was accepted, by more than {@link LIMITS.skew}. What
 * may overtake what is not looked at: evidence can come before the answer that it followed.
 */
export const isBeforeAcceptance = (at: string, acceptedAt: Date): boolean =>
  !(Date.parse(at) >= acceptedAt.getTime() - SKEW);

/**
 * Checks that a signed instant is not in the future.
 * @throws Refusal `clock-skew`, which passes when the hour comes
 */
export function checkNotAhead(at: string, now: Date): void {
  if (isAheadOfClock(at, now))
    throw new Refusal('clock-skew', 'at is more than five minutes ahead of the clock here');
}

/**
 * Whether something that was written here (milliseconds) is less than `ms` ago. What a clock that ran ahead wrote is not: it
 * would last until the hour comes.
 */
export const isWithinLast = (since: number, ms: number, now: Date): boolean =>
  since <= now.getTime() + SKEW && now.getTime() < since + ms;

/** Whether what lasts `ms` at most, until `until` (milliseconds), has neither ended nor been made by a clock that ran ahead. */
export const isStillRunning = (until: number, ms: number, now: Date): boolean =>
  now.getTime() < until && until <= now.getTime() + ms + SKEW;
