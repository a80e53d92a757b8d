/** Where a gateway listens, and what keeps it from listening there. */
import type { ListenAddress, Settings } from '../../config/settings.ts';
import { Refusal } from '../../domain/words/error.ts';
import { bareHostOf, portOfUrl } from '../enrolling/address.ts';

/** The address to listen at: `AMANAT_LISTEN`, else host and port of the gateway's URL. */
export function addressToListen({ listen, url }: Pick<Settings, 'listen' | 'url'>): ListenAddress {
  if (listen !== undefined) return listen;
  const own = new URL(url);
  return { host: bareHostOf(own.hostname), port: Number(portOfUrl(own)) };
}

/** What an operator can do where the gateway cannot listen, by the system's error code. */
const REASONS: readonly (readonly [codes: RegExp, reason: string])[] = [
  [/^EADDRINUSE$/, 'another program already listens there: stop it, or choose another address'],
  [/^EACCES$/, 'this user has no permission to listen there: choose a port above 1023'],
  [
    /^(?:EADDRNOTAVAIL|ENOTFOUND|EAI_[A-Z]+|EAFNOSUPPORT|EINVAL)$/,
    'it is not an address of this machine: set host:port of this machine, for example 127.0.0.1:8080, and let your ' +
      'TLS proxy call it',
  ],
];

/**
 * Makes the refusal for a server that could not listen. Without it, an unknown host name would look like a database that does not
 * answer.
 * @param setting the value that says where, `AMANAT_LISTEN` or `AMANAT_METRICS_LISTEN`
 * @returns the fault itself where it has another cause
 */
export function refusalOfListening(fault: unknown, setting: string): unknown {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  const reason = REASONS.find(([codes]) => codes.test(code))?.[1];
  if (reason === undefined) return fault;
  return new Refusal('configuration', `cannot listen at the address of ${setting} (${code}): ${reason}`);
}
