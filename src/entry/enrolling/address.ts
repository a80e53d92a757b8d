/**
 * Addresses that outgoing calls may go to. A partner chooses its URL, so the URL may point at us or at what stands
 * beside us. Both runtimes judge by the rules here; how close to the connection they can judge differs.
 */
import ipaddr from 'ipaddr.js';
import { Refusal } from '../../domain/words/error.ts';

/** A connection we would not open. The address stays out of the text. */
export class RefusedAddress extends Error {
  readonly code = 'ERR_ADDRESS_REFUSED';
  constructor() {
    super('the address is not a public HTTPS address');
    this.name = 'AddressRefused';
  }
}

/** All that is assigned to hosts (IANA IPv6 Address Space); outside it ipaddr.js lets `::127.0.0.1` pass. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether a host is an address itself rather than a name. Without brackets, as {@link bareHostOf} leaves it. */
export const isAddressLiteral = (hostname: string): boolean => ipaddr.isValid(hostname);

/** Whether an address may be connected to: `unicast` leaves out private, mapped, translated and all special ranges. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6));
}

/**
 * Ports of other services, which an HTTPS call could only be abused to talk to (Fetch Standard, "bad port", those that a
 * partner's server could be given).
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
 * A test for hosts that may be anywhere and speak plain HTTP, `host` or `host:port`: development and demo only.
 * @throws Refusal `configuration` where an entry is not a host
 */
export function makeAllowList(entries: readonly string[]): AllowedHostTest {
  const hosts = new Set(entries.map(hostOf));
  return (hostname, port) => hosts.has(bareHostOf(hostname)) || hosts.has(`${bareHostOf(hostname)} ${port}`);
}

/** An entry as `host` or `host port`, spelled as URLs spell hosts. */
function hostOf(entry: string): string {
  const url = URL.parse(`http://${entry}`);
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new Refusal('configuration', 'each outgoing host that is allowed must be host or host:port');
  }
  const port = /:(\d+)$/.exec(entry)?.[1];
  return port === undefined ? bareHostOf(url.hostname) : `${bareHostOf(url.hostname)} ${Number(port)}`;
}

/** IPv6 literals without the brackets that URLs put around them. */
export const bareHostOf = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

export const defaultPortOf = (protocol: string): string => (protocol === 'https:' ? '443' : '80');
export const portOfUrl = (url: URL): string => url.port || defaultPortOf(url.protocol);

/** A whole network ends in these (RFC 6761, RFC 6762, RFC 9476, and ICANN's reservation of `internal`), never the web. */
const NOT_PUBLIC = /(?:^|\.)(?:localhost|local|internal|invalid|test|onion|alt|home\.arpa)$/;

/** Whether a host may be a public one, by its spelling alone. Names of one label are resolved by search lists, which only private networks have. */
export function isPublicHost(hostname: string): boolean {
  const host = bareHostOf(hostname).replace(/\.$/, '');
  if (isAddressLiteral(host)) return isPublicAddress(host);
  return host.includes('.') && !NOT_PUBLIC.test(host);
}
