/**
 * Confirmation of endpoints. The operator may add the first account and the first endpoint with content of a focal
 * point. Each further one waits until somebody of that focal point confirms it, so that no operator can secretly
 * act as an officer.
 */
import type { Channel, Endpoint, Shows } from './channel.ts';

/**
 * The access that an endpoint gives: `account`, a person reads and answers there; `content`, messages are shown
 * there.
 */
export const OPENED_ACCESS = ['account', 'content'] as const;
export type OpenedAccess = (typeof OPENED_ACCESS)[number];

interface Terms {
  readonly channel: Channel;
  readonly shows: Shows;
  readonly officer?: string | null | undefined;
}

/**
 * The access that an endpoint on these terms gives. A notice that goes to no officer gives none, and neither does
 * another gateway.
 */
export const accessOpenedBy = ({ channel, shows, officer }: Terms): readonly OpenedAccess[] => {
  if (channel === 'relay' || channel === 'none') return [];
  const opens: OpenedAccess[] = officer === undefined || officer === null ? [] : ['account'];
  return shows === 'notice' ? opens : [...opens, 'content'];
};

/** Days that an endpoint waits for confirmation. After that it expires. */
export const CONFIRM_WITHIN_DAYS = 7;

/**
 * Days in which the gateway tries to tell a focal point of a new endpoint. Officers whose endpoint is switched off
 * for a while are told later.
 */
export const NOTIFY_WITHIN_DAYS = 90;

/** Who decided: an officer through one of their endpoints, the focal point's own system, or its authority. */
export type ConfirmedBy =
  | { readonly officer: string; readonly endpoint: string }
  /** Id of the secret that the call was signed with. */
  | { readonly secret: string }
  /** Digest of the signed statement. */
  | { readonly statement: string };

/** The endpoint with its waiting change applied. */
export const confirmedEndpointOf = ({ waiting, ...endpoint }: Endpoint): Endpoint => ({
  ...endpoint,
  ...waiting?.change,
});

/** Shortens an address to its ends: the focal point can recognise it, and nobody can use it. */
export function shortenAddress(channel: Channel, address: string): string {
  if (channel === 'telegram') return `…${address.slice(-3)}`;
  if (channel === 'email') {
    const at = address.lastIndexOf('@');
    return `${address.slice(0, Math.min(2, at))}…${address.slice(at)}`;
  }
  return URL.parse(address)?.host ?? '…';
}
