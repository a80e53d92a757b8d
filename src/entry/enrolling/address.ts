/**
 * The addresses that outgoing calls may go to. A partner chooses its URL, so the URL may point at this machine or at its
 * private network. Both runtimes apply these rules; Node can apply them closer to the connection.
 */
import ipaddr from 'ipaddr.js';
import { Refusal } from '../../domain/words/error.ts';

/** An address that the gateway refuses to call. The text does not name it. */
export class RefusedAddress extends Error {
  readonly code = 'ERR_ADDRESS_REFUSED';
  constructor() {
    super('the address is not a public HTTPS address');
    this.name = 'AddressRefused';
  }
}

/** The space that is assigned to hosts (IANA IPv6 Address Space); outside it ipaddr.js accepts `::127.0.0.1`. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether a host is an IP address and not a name. Takes the host without brackets, as {@link bareHostOf} returns it. */
export const isAddressLiteral = (hostname: string): boolean => ipaddr.isValid(hostname);

/** Whether the gateway may connect to an address. `unicast` excludes private, mapped, translated and all special ranges. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6));
}

/**
 * Ports of other services, to which an HTTPS call would only be an attack (Fetch Standard, "bad port", as far as a
 * partner's server could have that port).
 */
const BLOCKED_PORTS: readonly string[] = [
  ...[
    '1',
    '7',
    '9',
    '11',
    '13',
    '15',
    '17',
    '19',
    '20',
    '21',
    '22',
    '23',
    '25',
    '37',
    '42',
    '43',
    '53',
    '69',
  ],
  ...['77', '79', '87', '95', '101', '102', '103', '104', '109', '110', '111', '113', '115', '117', '119'],
  ...[
    '123',
    '135',
    '137',
    '139',
    '143',
    '161',
    '179',
    '389',
    '427',
    '465',
    '512',
    '513',
    '514',
    '515',
    '526',
  ],
  ...[
    '530',
    '531',
    '532',
    '540',
    '548',
    '554',
    '556',
    '563',
    '587',
    '601',
    '636',
    '989',
    '990',
    '993',
    '995',
  ],
  ...['1719', '1720', '1723', '2049', '3659', '4045', '4190', '5060', '5061', '6000', '6566', '6665', '6666'],
  ...['6667', '6668', '6669', '6679', '6697', '10080'],
];

export const isBlockedPort = (port: string): boolean => BLOCKED_PORTS.includes(port);

export type AllowedHostTest = (hostname: string, port: string) => boolean;

/**
 * Makes a test for hosts that may have any address and use plain HTTP, as `host` or `host:port`; for development and demo.
 * @throws Refusal `configuration` where an entry is not a host
 */
export function makeAllowList(entries: readonly string[]): AllowedHostTest {
  const hosts = new Set(entries.map(hostOf));
  return (hostname, port) => hosts.has(bareHostOf(hostname)) || hosts.has(`${bareHostOf(hostname)} ${port}`);
}

/** An entry as `host` or `host port`, in the spelling of URLs. */
function hostOf(entry: string): string {
  const url = URL.parse(`http://${entry}`);
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new Refusal('configuration', 'each allowed outgoing host must be host or host:port');
  }
  const port = /:(\d+)$/.exec(entry)?.[1];
  return port === undefined ? bareHostOf(url.hostname) : `${bareHostOf(url.hostname)} ${Number(port)}`;
}

/** A host without the brackets that URLs put around IPv6 addresses. */
export const bareHostOf = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

export const defaultPortOf = (protocol: string): string => (protocol === 'https:' ? '443' : '80');
export const portOfUrl = (url: URL): string => url.port || defaultPortOf(url.protocol);

/** Suffixes of private names (RFC 6761, RFC 6762, RFC 9476, and ICANN's reservation of `internal`). */
const NOT_PUBLIC = /(?:^|\.)(?:localhost|local|internal|invalid|test|onion|alt|home\.arpa)$/;

/** Whether a host can be public, by its spelling. A name of one label is not: only the search lists of private networks resolve it. */
export function isPublicHost(hostname: string): boolean {
  const host = bareHostOf(hostname).replace(/\.$/, '');
  if (isAddressLiteral(host)) return isPublicAddress(host);
  return host.includes('.') && !NOT_PUBLIC.test(host);
}
