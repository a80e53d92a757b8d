/**
 * Outgoing HTTP of the Workers entry: the runtime's own `fetch`, without redirects, and only to hosts that look public. The
 * runtime does not let us see the address to which a name resolves. In production the platform closes that gap: a Worker's
 * `fetch` goes out through Cloudflare's edge and reaches no private network (a private network needs its own binding, which
 * this `fetch` does not use). So this file refuses only IP addresses that are not public and names that no public resolver
 * answers.
 */
import type { OutboundFetch } from '../domain/carriage/outbound-fetch.ts';
import {
  isBlockedPort,
  isPublicHost,
  makeAllowList,
  portOfUrl,
  RefusedAddress,
} from './enrolling/address.ts';

/**
 * Makes a `fetch` that returns redirects unfollowed. It rejects with an error whose `code` is `ERR_ADDRESS_REFUSED`.
 * @throws Refusal `configuration` where an entry of `allow` is not a host
 */
export function createPublicFetch(allow: readonly string[], call: OutboundFetch): OutboundFetch {
  const isAllowed = makeAllowList(allow);
  return async (target, init) => {
    const url = new URL(target);
    const isFine =
      isAllowed(url.hostname, portOfUrl(url)) ||
      (url.protocol === 'https:' && isPublicHost(url.hostname) && !isBlockedPort(portOfUrl(url)));
    if (!isFine) throw new RefusedAddress();
    return call(url.href, init);
  };
}
