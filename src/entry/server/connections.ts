/**
 * The connections to a server: how many there may be, in total and for each address, so that one address cannot use all of them;
 * how many calls one may carry at once; and how they end.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { FairShare } from '../../domain/words/fair-share.ts';
import { makeNetworkReader, makeProxyTest } from './caller-address.ts';

/** Most connections at once, of all callers together; further ones are closed before a byte is read. */
const CONNECTIONS = 2_048;

/** Time limit for the head of a request, in milliseconds. */
const HEAD_MS = 20_000;

/**
 * Limits the connections of a server. The operator's own proxies carry calls of many callers and have no limit for one address.
 * @param proxies addresses and networks (CIDR) of the operator's own proxies
 * @param most how many connections may be open at once
 */
export function limitConnections(server: Server, proxies: readonly string[], most = CONNECTIONS): void {
  const share = new FairShare(most);
  const isOwn = makeProxyTest(proxies);
  const networkOf = makeNetworkReader(proxies, () => {});
  server.maxConnections = most;
  server.headersTimeout = HEAD_MS;
  server.on('connection', (socket) => {
    const { remoteAddress = '' } = socket;
    const holder = isOwn(remoteAddress) ? undefined : networkOf({ socket: remoteAddress });
    if (!share.tryTake(1, holder)) return void socket.destroy();
    socket.once('close', () => share.give(1, holder));
  });
}

/** How many calls of one connection may be unanswered; usual clients send one at a time. */
const AHEAD = 16;

/**
 * Makes a server that closes a connection with too many unanswered calls. Pipelining (RFC 9112 §9.3.2) sends calls before the
 * earlier ones are answered, and Node starts all of them at once: one connection with thousands would make everybody else wait.
 */
export const createPatientServer: typeof createServer = (...given: readonly unknown[]) => {
  const [options, listener] = typeof given[0] === 'function' ? [{}, given[0]] : given;
  return createServer(options ?? {}, limitCallsAhead(listener as RequestListener));
};

/** Passes on at most so many unanswered calls of a connection, and closes it at the next one. */
function limitCallsAhead(listener: RequestListener, most = AHEAD): RequestListener {
  const unanswered = new WeakMap<Socket, number>();
  const add = (socket: Socket, one: number): number => {
    const count = (unanswered.get(socket) ?? 0) + one;
    unanswered.set(socket, count);
    return count;
  };
  return (incoming, outgoing) => {
    const { socket } = incoming;
    // What came together with the call that ended it is still read.
    if (socket.destroyed) return;
    if (add(socket, 1) > most) return void socket.destroy();
    outgoing.once('close', () => add(socket, -1));
    return listener(incoming, outgoing);
  };
}

/** How often idle connections are closed, and after how long all are closed. */
interface ClosingPatience {
  readonly sweepMs: number;
  readonly cutMs: number;
}

const PATIENCE: ClosingPatience = { sweepMs: 50, cutMs: 10_000 };

/**
 * Closes a server: accepts no more requests, lets open ones finish, and resolves when no connection is left. Otherwise a
 * connection that was answering would stay open for its keep-alive time, and one whose client does not read for ever.
 */
export async function closeServer(
  server: Server,
  { sweepMs, cutMs }: ClosingPatience = PATIENCE,
): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  const cut = setTimeout(() => server.closeAllConnections(), cutMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(sweep);
  clearTimeout(cut);
}
