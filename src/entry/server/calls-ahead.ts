/**
 * Calls that are sent over one connection before the ones before them were answered (pipelining, RFC 9112 §9.3.2). Node begins
 * on all of them that have come, so that one connection with thousands would keep everybody else waiting.
 */
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** Calls of one connection that are not answered yet; nobody's client sends more than one. */
const AHEAD = 16;

/** A server that ends a connection over which more calls come than it would answer at once. */
export const createPatientServer: typeof createServer = (...given: readonly unknown[]) => {
  const [options, listener] = typeof given[0] === 'function' ? [{}, given[0]] : given;
  return createServer(options ?? {}, limitCallsAhead(listener as RequestListener));
};

/** Hands on the calls of a connection, so many at once at most, and ends it with the next. */
export function limitCallsAhead(listener: RequestListener, most = AHEAD): RequestListener {
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
