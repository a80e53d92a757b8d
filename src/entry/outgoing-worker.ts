/**
 * Outgoing HTTP of the Workers entry: the runtime's own `fetch`, without redirects, and only to hosts that look
 * public. There is no connector to stand in, so the address a name leads to is not seen here. In production the
 * platform closes that gap: a Worker's `fetch` goes out through Cloudflare's edge and reaches no private network
 * (one that is bound to it on purpose has its own binding and is never reached through this one). What is left to do is to
 * refuse what could only ever be meant for somewhere else: address literals that are not public, and names that no
 * public resolver answers.
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
 * Like `fetch`; redirects come back as they are. Rejects with an error whose `code` is `ERR_ADDRESS_REFUSED`.
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
