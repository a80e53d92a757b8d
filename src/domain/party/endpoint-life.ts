/** When an endpoint goes off because its channel says that it is dead, and how it is tried until it is alive again. */
import type { Channel, Endpoint } from './channel.ts';

/** Why an endpoint is out of use by a person's will, which is not undone by a sign of life. */
export const OFF_BY_HAND = [
  'operator',
  'replaced',
  'unlinked',
  'removed',
  // Its desk has not confirmed it, has refused it, or said nothing in time.
  'waiting',
  'refused',
  'expired',
] as const;
/** Those that leave nothing behind but their row: what comes to the same address is another endpoint. */
export const ENDED_CODES: readonly string[] = ['removed', 'refused', 'expired'];
/** Codes of an endpoint that is as if it had never counted: whoever brings it back asks its desk anew. */
export const NOT_COUNTED_CODES: readonly string[] = [...ENDED_CODES, 'replaced', 'unlinked', 'waiting'];

/** Whether an endpoint with this code is there with its desk's leave, in use or switched off for a while. */
export const isCountedCode = (code: string | undefined): boolean => !NOT_COUNTED_CODES.includes(code ?? '');

export type OffByHand = (typeof OFF_BY_HAND)[number];

/** Whether it is there no more, but for its row. */
export const hasEndedForGood = ({ off }: Pick<Endpoint, 'off'>): boolean =>
  ENDED_CODES.includes(off?.code ?? '');

/** Whether a channel switched the endpoint off, so that a sign of life brings it back. */
export const isOffByChannel = ({ enabled, off }: Pick<Endpoint, 'enabled' | 'off'>): boolean =>
  !enabled && !OFF_BY_HAND.some((one) => one === off?.code);

interface Patience {
  /** How often it must be said, the time it is judged included. */
  readonly times: number;
  /** Hours between the first time and the one it is judged at. */
  readonly hours: number;
}

/**
 * A mail server says `550 5.1.1` while a directory is being moved, or for all mailboxes at once by mistake: it is believed
 * once it said so several times over hours. That a bot is blocked, or a hook is gone, is meant.
 */
const PATIENCE: Partial<Record<Channel, Patience>> = { email: { times: 3, hours: 4 } };
const AT_ONCE: Patience = { times: 1, hours: 0 };

const HOUR = 3_600_000;

/** Whether the channel is asked again before it is believed. */
export const isAskedAgain = (channel: Channel): boolean => PATIENCE[channel] !== undefined;

/** Whether the endpoint goes off, where its channel says at `at` that it is dead. */
export function isSwitchedOffBy({ channel, gone }: Pick<Endpoint, 'channel' | 'gone'>, at: Date): boolean {
  const { times, hours } = PATIENCE[channel] ?? AT_ONCE;
  const since = gone?.since ?? at;
  return (gone?.times ?? 0) + 1 >= times && at.getTime() - since.getTime() >= hours * HOUR;
}

/** Seconds from one try of an endpoint that is off to the next; the last repeats. */
const PROBE_SECONDS = [900, 3_600, 14_400, 43_200, 86_400] as const;

/** When an endpoint that is off is tried next, after `tries` that failed. */
export function nextProbeAt(tries: number, now: Date): Date {
  const seconds = PROBE_SECONDS[Math.min(tries, PROBE_SECONDS.length - 1)] ?? 86_400;
  return new Date(now.getTime() + seconds * 1_000);
}
