/**
 * Outgoing HTTP of the Node entry: pooled, without redirects, and only to public addresses. A partner chooses its URL, so the
 * URL may point at this machine. The check is on the address of the real connection, after every name lookup, so that nothing
 * can change between the check and the use.
 */
import { type LookupAddress, lookup as lookupName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent, buildConnector } from 'undici';
import { present } from '../domain/words/present.ts';
import {
  type AllowedHostTest,
  bareHostOf,
  defaultPortOf,
  isAddressLiteral,
  isBlockedPort,
  isPublicAddress,
  isPublicHost,
  makeAllowList,
  portOfUrl,
  RefusedAddress,
} from './enrolling/address.ts';

/** The options of `fetch` that adapters use. */
interface OutgoingInit {
  readonly method: 'POST' | 'GET';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly redirect?: 'manual';
  readonly signal: AbortSignal;
}

/** Like `fetch`, but returns redirects unfollowed. `close` ends the pools with their open calls. */
export type ClosableFetch = ((url: string | URL, init: OutgoingInit) => Promise<Response>) & {
  close(): Promise<void>;
};

export interface OutgoingOptions {
  /** Hosts that may have any address and use plain HTTP, as `host` or `host:port`; for development and demo. */
  readonly allow: readonly string[];
  /** Certificates (PEM) to trust instead of the runtime's own. */
  readonly ca?: readonly string[];
  /** Most open connections to one origin (default: 16). */
  readonly connections?: number;
  /** The name lookup (default: the system's). */
  readonly lookup?: LookUpAll;
}

type LookUpAll = (hostname: string) => Promise<readonly LookupAddress[]>;

/** An answer that `Response` cannot represent, such as status 799, or that has only interim statuses and no final one. */
class MalformedAnswer extends Error {
  readonly code = 'ERR_ANSWER_MALFORMED';
  constructor() {
    super('the answer has an unreadable status or header, or no final status');
    this.name = 'AnswerMalformed';
  }
}

/** Statuses for which `Response` accepts no body (Fetch § null body status). */
const NO_BODY = [101, 103, 204, 205, 304];
const CONNECT_MS = 10_000;

/** Most interim answers, such as 103 (RFC 9110 §15.2): honest servers send one or two, others could send them for ever. */
const MOST_ANNOUNCED = 16;

/** Counts interim answers, and ends a call with too many of them. */
function announced() {
  const end = new AbortController();
  let count = 0;
  return {
    signal: end.signal,
    hear: (): void => {
      count += 1;
      if (count > MOST_ANNOUNCED) end.abort(new MalformedAnswer());
    },
  };
}

/**
 * Makes the outgoing HTTP of adapters. It rejects with an error whose `code` is `ERR_ADDRESS_REFUSED`, a Node code or an
 * undici code.
 * @throws Refusal `configuration` where an entry of `allow` is not a host
 */
export function createOutgoingFetch(options: OutgoingOptions): ClosableFetch {
  const isAllowed = makeAllowList(options.allow);
  const agent = new Agent({
    connect: guarded(options, isAllowed),
    connections: options.connections ?? 16,
    pipelining: 1,
    allowH2: false,
  });
  const send = async (target: string | URL, init: OutgoingInit): Promise<Response> => {
    const url = new URL(target);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isAllowed(url.hostname, portOfUrl(url)))) {
      throw new RefusedAddress();
    }
    const before = announced();
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: init.method,
      headers: { ...init.headers },
      body: init.body ?? null,
      signal: AbortSignal.any([init.signal, before.signal]),
      onInfo: before.hear,
    });
    const isEmpty = NO_BODY.includes(statusCode) || headers['content-length'] === '0';
    if (isEmpty) await body.dump();
    try {
      return asResponse(statusCode, headers, isEmpty ? null : body);
    } catch {
      body.destroy();
      throw new MalformedAnswer();
    }
  };
  return Object.assign(send, { close: () => agent.destroy() });
}

/** undici's connector with a check before it (IP addresses), in it (looked up names) and after it (the connected address). */
function guarded(options: OutgoingOptions, isAllowed: AllowedHostTest): buildConnector.connector {
  const base = {
    timeout: CONNECT_MS,
    allowH2: false,
    ...present({ ca: options.ca && [...options.ca] }),
  };
  const open = buildConnector(base);
  const guard = buildConnector({ ...base, lookup: publicLookup(options.lookup ?? lookupAll) });
  return (target, callback) => {
    const hostname = bareHostOf(target.hostname);
    const port = target.port || defaultPortOf(target.protocol);
    if (isAllowed(hostname, port)) return open(target, callback);
    if (isBlockedPort(port)) return callback(new RefusedAddress(), null);
    if (isIP(hostname) !== 0 && !isPublicAddress(hostname)) return callback(new RefusedAddress(), null);
    guard(target, (error, socket) => {
      if (error !== null) return callback(error, null);
      if (isPublicAddress(socket.remoteAddress ?? '')) return callback(null, socket);
      socket.destroy();
      callback(new RefusedAddress(), null);
    });
  };
}

/** Time limit of a name lookup when an address is checked before its use, in milliseconds. */
const LOOKUP_MS = 3_000;

/**
 * Checks an address by the connector's rules when it is given, so that the first case does not fail on it. Each connection
 * repeats the check, because names change.
 * @returns whether its name resolves now; a name that does not may be set up later
 * @throws AddressRefused
 */
export async function judgeAddress(
  url: URL,
  { allow, lookup = lookupAll }: Pick<OutgoingOptions, 'allow' | 'lookup'>,
): Promise<'found' | 'not-found'> {
  if (makeAllowList(allow)(url.hostname, portOfUrl(url))) return 'found';
  if (url.protocol !== 'https:' || !isPublicHost(url.hostname) || isBlockedPort(portOfUrl(url)))
    throw new RefusedAddress();
  if (isAddressLiteral(bareHostOf(url.hostname))) return 'found';
  const late = new Promise<readonly LookupAddress[]>((resolve) => setTimeout(resolve, LOOKUP_MS, []).unref());
  const found = await Promise.race([lookup(url.hostname).catch(() => []), late]);
  if (!found.every((one) => isPublicAddress(one.address))) throw new RefusedAddress();
  return found.length === 0 ? 'not-found' : 'found';
}

/** Makes the lookup for a connecting socket: it returns addresses only if all of them are public, else a refusal. */
function publicLookup(find: LookUpAll): LookupFunction {
  return (hostname, options, callback) => {
    find(hostname).then(
      (found) => {
        const [first] = found;
        if (first === undefined || !found.every((one) => isPublicAddress(one.address)))
          callback(new RefusedAddress(), []);
        else if (options.all) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

const lookupAll: LookUpAll = (hostname) =>
  new Promise((resolve, reject) => {
    lookupName(hostname, { all: true }, (error, found) => (error === null ? resolve(found) : reject(error)));
  });

function asResponse(
  status: number,
  from: Readonly<Record<string, string | string[] | undefined>>,
  body: Readable | null,
) {
  const headers = new Headers();
  for (const [name, value] of Object.entries(from)) {
    for (const one of value === undefined ? [] : [value].flat()) headers.append(name, one);
  }
  return new Response(body === null ? null : asWebStream(body), { status, headers });
}

/**
 * The body as a web stream. Not `Readable.toWeb`: if it is cancelled while bytes wait in it, it throws an error that nobody
 * can catch, and the process ends.
 */
function asWebStream(body: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
  // The reader gets the error; after a cancel there is no reader.
  body.on('error', () => {});
  const parts: AsyncIterator<Uint8Array<ArrayBuffer>> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async (controller) => {
        const { done, value } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void body.destroy(),
    },
    { highWaterMark: 1 },
  );
}
