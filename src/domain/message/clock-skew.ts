/**
 * Checks of times that another gateway signed. A call whose timestamp is more than five minutes off is refused
 * (Standard Webhooks), so the clocks of gateways that communicate differ by no more. A statement, once signed, may
 * arrive much later.
 */
import { Refusal } from '../words/error.ts';
import { LIMITS } from './message.ts';

const SKEW = LIMITS.skew * 1_000;

/** Whether a signed instant (RFC 3339) is ahead of our clock by more than {@link LIMITS.skew}. */
export const isAheadOfClock = (at: string, now: Date): boolean => !(Date.parse(at) <= now.getTime() + SKEW);

/**
 * Whether evidence about a message was signed more than {@link LIMITS.skew} before the message was accepted. The
 * order of arrival is not checked: evidence may arrive before the answer to the relay.
 */
export const isBeforeAcceptance = (at: string, acceptedAt: Date): boolean =>
  !(Date.parse(at) >= acceptedAt.getTime() - SKEW);

/**
 * Checks that a signed instant is not in the future.
 * @throws Refusal `clock-skew`; a later retry succeeds
 */
export function checkNotAhead(at: string, now: Date): void {
  if (isAheadOfClock(at, now))
    throw new Refusal('clock-skew', 'at is more than five minutes ahead of the clock here');
}

/**
 * Whether something was written here (`since`, milliseconds) less than `ms` ago. False if a clock that ran ahead
 * wrote it, because it would otherwise last until that time comes.
 */
export const isWithinLast = (since: number, ms: number, now: Date): boolean =>
  since <= now.getTime() + SKEW && now.getTime() < since + ms;

/**
 * Whether something that lasts `ms` at most, until `until` (milliseconds), is still valid. False if a clock that
 * ran ahead wrote it.
 */
export const isStillRunning = (until: number, ms: number, now: Date): boolean =>
  now.getTime() < until && until <= now.getTime() + ms + SKEW;
