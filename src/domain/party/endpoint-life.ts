/** The life of an endpoint: when a fault report of its channel switches it off, and when it is probed again. */
import type { Channel, Endpoint } from './channel.ts';

/** Why a person switched an endpoint off. A sign of life does not switch it on again. */
export const OFF_BY_HAND = [
  'operator',
  'replaced',
  'unlinked',
  'removed',
  // The focal point has not confirmed it, has refused it, or has not answered in time.
  'waiting',
  'refused',
  'expired',
] as const;
/** Codes that end an endpoint for good; its row stays. A later endpoint with the same address is a new one. */
export const ENDED_CODES: readonly string[] = ['removed', 'refused', 'expired'];
/**
 * Codes of an endpoint that is not in use and has lost its confirmation. To bring it back, the focal point is asked
 * again.
 */
export const NOT_COUNTED_CODES: readonly string[] = [...ENDED_CODES, 'replaced', 'unlinked', 'waiting'];

/** Whether an endpoint with this code is confirmed: it is in use, or switched off for a while. */
export const isCountedCode = (code: string | undefined): boolean => !NOT_COUNTED_CODES.includes(code ?? '');

export type OffByHand = (typeof OFF_BY_HAND)[number];

/** Whether the endpoint has ended for good. */
export const hasEndedForGood = ({ off }: Pick<Endpoint, 'off'>): boolean =>
  ENDED_CODES.includes(off?.code ?? '');

/** Whether the channel switched the endpoint off, so that a sign of life switches it on again. */
export const isOffByChannel = ({ enabled, off }: Pick<Endpoint, 'enabled' | 'off'>): boolean =>
  !enabled && !OFF_BY_HAND.some((one) => one === off?.code);

interface Patience {
  /** How often the channel must report that the endpoint is dead, with the report that decides. */
  readonly times: number;
  /** Hours between the first report and the one that decides. */
  readonly hours: number;
}

/**
 * A mail server answers `550 5.1.1` also while a directory is moved, or for all mailboxes by mistake. So it is
 * believed only after several answers over hours. A blocked bot or a deleted webhook is deliberate, so one report
 * is enough.
 */
const PATIENCE: Partial<Record<Channel, Patience>> = { email: { times: 3, hours: 4 } };
const AT_ONCE: Patience = { times: 1, hours: 0 };

const HOUR = 3_600_000;

/** Whether the channel must report several times before it is believed. */
export const isAskedAgain = (channel: Channel): boolean => PATIENCE[channel] !== undefined;

/** Whether a report of the channel at `at` that the endpoint is dead switches the endpoint off. */
export function isSwitchedOffBy({ channel, gone }: Pick<Endpoint, 'channel' | 'gone'>, at: Date): boolean {
  const { times, hours } = PATIENCE[channel] ?? AT_ONCE;
  const since = gone?.since ?? at;
  return (gone?.times ?? 0) + 1 >= times && at.getTime() - since.getTime() >= hours * HOUR;
}

/** Seconds between probes of an endpoint that is off; the last value repeats. */
const PROBE_SECONDS = [900, 3_600, 14_400, 43_200, 86_400] as const;

/** The time of the next probe of an endpoint that is off, after `failed` failed probes. */
export function nextProbeAt(failed: number, now: Date): Date {
  const seconds = PROBE_SECONDS[Math.min(failed, PROBE_SECONDS.length - 1)] ?? 86_400;
  return new Date(now.getTime() + seconds * 1_000);
}
