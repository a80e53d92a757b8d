/**
 * Times that another gateway signed, held against what is known here. A call whose timestamp is more than five minutes
 * away is not heard at all (Standard Webhooks), so clocks that can talk to each other are never further apart; what is
 * signed once comes late as often as it likes.
 */
import { Refusal } from './error.ts';
import { LIMITS } from './message.ts';

const SKEW = LIMITS.skew * 1_000;

/**
 * Checks that a signed instant (RFC 3339) is not in the future, but for {@link LIMITS.skew}.
 * @throws Refusal `clock-skew`, which passes when the hour comes
 */
export function checkNotAhead(at: string, now: Date): void {
  if (!(Date.parse(at) <= now.getTime() + SKEW))
    throw new Refusal('clock-skew', 'at is more than five minutes ahead of the clock here');
}

/**
 * Checks that what is said about a message was not signed before that was accepted, but for {@link LIMITS.skew}. What may
 * overtake what is not looked at: evidence can come before the answer that it followed.
 * @throws Refusal `clock-skew`, for good
 */
export function checkNotBefore(at: string, acceptedAt: Date): void {
  if (!(Date.parse(at) >= acceptedAt.getTime() - SKEW))
    throw new Refusal('clock-skew', 'at is more than five minutes before the message was accepted');
}
