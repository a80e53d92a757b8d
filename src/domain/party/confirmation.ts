/**
 * Confirming: the first account and the first endpoint with content of a desk are the operator's to add; each further one
 * waits until somebody of that desk says that it is right. So no operator makes himself an officer unseen.
 */
import type { Channel, Endpoint, Shows } from './channel.ts';

/** What an endpoint opens: `account`, that a person reads and answers there; `content`, that messages are shown there. */
export const OPENED_ACCESS = ['account', 'content'] as const;
export type OpenedAccess = (typeof OPENED_ACCESS)[number];

interface Terms {
  readonly channel: Channel;
  readonly shows: Shows;
  readonly officer?: string | null | undefined;
}

/** What an endpoint on these terms opens. A notice to nobody in particular opens nothing, nor does another gateway. */
export const accessOpenedBy = ({ channel, shows, officer }: Terms): readonly OpenedAccess[] => {
  if (channel === 'relay' || channel === 'none') return [];
  const opens: OpenedAccess[] = officer === undefined || officer === null ? [] : ['account'];
  return shows === 'notice' ? opens : [...opens, 'content'];
};

/** How long an endpoint waits to be confirmed. It ends by itself then. */
export const CONFIRM_WITHIN_DAYS = 7;

/** How long it is tried to tell a desk of what was added for it: also those who are switched off for a while. */
export const NOTIFY_WITHIN_DAYS = 90;

/** Who says whether it is right: an officer by one of their endpoints, the desk's own system, or the desk's authority. */
export type ConfirmedBy =
  | { readonly officer: string; readonly endpoint: string }
  /** Id of the secret that the call was signed with. */
  | { readonly secret: string }
  /** Digest of the signed statement. */
  | { readonly statement: string };

/** An endpoint as it will be, once what waits there is confirmed. */
export const confirmedEndpointOf = ({ waiting, ...endpoint }: Endpoint): Endpoint => ({
  ...endpoint,
  ...waiting?.change,
});

/** An address as whoever judges it may recognize it, and nobody else can use it: its ends only. */
export function shortenAddress(channel: Channel, address: string): string {
  if (channel === 'telegram') return `…${address.slice(-3)}`;
  if (channel === 'email') {
    const at = address.lastIndexOf('@');
    return `${address.slice(0, Math.min(2, at))}…${address.slice(at)}`;
  }
  return URL.parse(address)?.host ?? '…';
}
