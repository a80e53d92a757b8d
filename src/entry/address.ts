/**
 * Addresses that outgoing calls may go to. A partner chooses its URL, so the URL may point at us or at what stands
 * beside us. Both runtimes judge by the rules here; how close to the connection they can judge differs.
 */
import ipaddr from 'ipaddr.js';
import { Refusal } from '../domain/error.ts';

/** A connection we would not open. The address stays out of the text. */
export class AddressRefused extends Error {
  readonly code = 'ERR_ADDRESS_REFUSED';
  constructor() {
    super('the address is not a public HTTPS address');
    this.name = 'AddressRefused';
  }
}

/** All that is assigned to hosts (IANA IPv6 Address Space); outside it ipaddr.js lets `::127.0.0.1` pass. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether a host is an address itself rather than a name. Without brackets, as {@link bare} leaves it. */
export const isLiteral = (hostname: string): boolean => ipaddr.isValid(hostname);

/** Whether an address may be connected to: `unicast` leaves out private, mapped, translated and all special ranges. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6));
}

export type HostTest = (hostname: string, port: string) => boolean;

/**
 * A test for hosts that may be anywhere and speak plain HTTP, `host` or `host:port`: development and demo only.
 * @throws Refusal `configuration` where an entry is not a host
 */
export function allowList(entries: readonly string[]): HostTest {
  const hosts = new Set(entries.map(hostOf));
  return (hostname, port) => hosts.has(bare(hostname)) || hosts.has(`${bare(hostname)} ${port}`);
}

/** An entry as `host` or `host port`, spelled as URLs spell hosts. */
function hostOf(entry: string): string {
  const url = URL.parse(`http://${entry}`);
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new Refusal('configuration', 'each outgoing host that is allowed must be host or host:port');
  }
  const port = /:(\d+)$/.exec(entry)?.[1];
  return port === undefined ? bare(url.hostname) : `${bare(url.hostname)} ${Number(port)}`;
}

/** IPv6 literals without the brackets that URLs put around them. */
export const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

export const defaultPort = (protocol: string): string => (protocol === 'https:' ? '443' : '80');
export const portOf = (url: URL): string => url.port || defaultPort(url.protocol);
