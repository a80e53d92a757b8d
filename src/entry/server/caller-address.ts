/**
 * Which network address called. Behind proxies of one's own it is the last one in `X-Forwarded-For` that is no such proxy;
 * what callers put before it is not believed. An IPv6 address counts by its /64, which is what one subscriber is given.
 */
import ipaddr from 'ipaddr.js';
import { isPublicAddress } from '../enrolling/address.ts';

/** How many addresses of `X-Forwarded-For` are looked at, from its end. */
const HOPS = 20;

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The network part of an address, as text. */
function networkOf(address: Address): string {
  if (address instanceof ipaddr.IPv4) return address.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.toNormalizedString()}/64`).toString();
}

/** IPv4 in IPv6 spelling is IPv4; with a port behind it, as some proxies write it, it is itself. */
function parsed(text: string): Address | undefined {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}

/** A test for addresses in a list of addresses and networks. */
function oneOf(list: readonly string[]): (address: Address) => boolean {
  const networks = list.map((one) =>
    ipaddr.parseCIDR(one.includes('/') ? one : `${one}/${one.includes(':') ? 128 : 32}`),
  );
  return (address) =>
    networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}

/** Makes a test for the address of a socket's other end: whether it is a proxy of one's own. */
export function makeProxyTest(proxies: readonly string[]): (socket: string) => boolean {
  const isOwn = oneOf(proxies);
  return (socket) => {
    const address = parsed(socket);
    return address !== undefined && isOwn(address);
  };
}

/** How a call came: the socket's other end, and the header that proxies write. */
export interface CallOrigin {
  readonly socket?: string | undefined;
  readonly forwarded?: string | undefined;
}

/**
 * Makes a function that says which network a call came from. It is undefined where nobody can know: there is no socket, or
 * a proxy at a private address brought the call and nobody said that it is ours. All callers would share one address then,
 * and one could lock out the rest; `unknownProxy` is called, so that the operator is told.
 * @param proxies addresses and networks (CIDR) of own proxies
 */
export function makeNetworkReader(
  proxies: readonly string[],
  unknownProxy: () => void,
): (came: CallOrigin) => string | undefined {
  const isOwn = oneOf(proxies);
  return ({ socket = '', forwarded }) => {
    const peer = parsed(socket);
    if (peer === undefined) return undefined;
    if (isOwn(peer)) return networkOf(behind(isOwn, forwarded) ?? peer);
    if (forwarded === undefined || isPublicAddress(peer.toString())) return networkOf(peer);
    unknownProxy();
    return undefined;
  };
}

/** The last address that own proxies name and that is not one of them. */
function behind(isOwn: (address: Address) => boolean, forwarded = ''): Address | undefined {
  for (const hop of forwarded.split(',').slice(-HOPS).toReversed()) {
    const address = parsed(hop.trim());
    if (address === undefined || !isOwn(address)) return address;
  }
  return undefined;
}
