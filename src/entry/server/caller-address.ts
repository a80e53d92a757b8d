/**
 * Finds the network address of a caller. Behind the operator's own proxies it is the last address in `X-Forwarded-For` that is not
 * such a proxy; earlier ones come from the caller and are not trusted. An IPv6 address counts by its /64, which one subscriber has.
 */
import ipaddr from 'ipaddr.js';
import { isPublicAddress } from '../enrolling/address.ts';

/** How many addresses of `X-Forwarded-For` are read, from its end. */
const HOPS = 20;

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The network part of an address, as text. */
function networkOf(address: Address): string {
  if (address instanceof ipaddr.IPv4) return address.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.toNormalizedString()}/64`).toString();
}

/** Parses an address. Turns IPv4 in IPv6 spelling into IPv4, and drops a port, which some proxies add. */
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

/** Makes a test whether the peer address of a socket is one of the operator's own proxies. */
export function makeProxyTest(proxies: readonly string[]): (socket: string) => boolean {
  const isOwn = oneOf(proxies);
  return (socket) => {
    const address = parsed(socket);
    return address !== undefined && isOwn(address);
  };
}

/** The origin of a call: the socket's peer address, and the header that proxies write. */
interface CallOrigin {
  readonly socket?: string | undefined;
  readonly forwarded?: string | undefined;
}

/**
 * Makes a function that returns the network of a call. It returns undefined if there is no socket, or where the call came from
 * a proxy at a private address that is not configured: all callers would share its address, and one could lock out the others. It
 * then calls `unknownProxy`, which tells the operator.
 * @param proxies addresses and networks (CIDR) of the operator's own proxies
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
