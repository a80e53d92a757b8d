/**
 * Limits pipelining: calls on one connection before the earlier ones are answered (RFC 9112 §9.3.2). Node starts all of them at
 * once, so one connection with thousands of calls would make everybody else wait.
 */
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** How many calls of one connection may be unanswered; usual clients send one at a time. */
const AHEAD = 16;

/** Makes a server that closes a connection with too many unanswered calls. */
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
