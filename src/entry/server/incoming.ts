/**
 * Reading what comes straight from Node's own request. By way of a web stream each piece would be copied once more, and
 * memory for the copies would be given back only when the garbage collector thinks of it: too late where many send much.
 */
import type { IncomingMessage } from 'node:http';
import type { BodySource } from '../../domain/words/held-body.ts';

interface Known {
  readonly incoming: IncomingMessage;
  readonly mark: string | undefined;
}

/** Which of Node's requests a request stands for, and the mark of the address that it came from. */
const known = new WeakMap<Request, Known>();

/** Remembers them, as long as the request lives. */
export function noteIncoming(
  request: Request,
  incoming: IncomingMessage | undefined,
  mark: string | undefined,
): void {
  if (incoming !== undefined) known.set(request, { incoming, mark });
}

/** The mark of the address that a request came from, where it is known. */
export const markOfIncoming = (request: Request): string | undefined => known.get(request)?.mark;

/** The body of a request that came over HTTP; undefined if that is not known, or somebody reads it already. */
export function sourceOfIncoming(request: Request): BodySource | undefined {
  const incoming = known.get(request)?.incoming;
  return incoming === undefined || incoming.listenerCount('data') > 0 ? undefined : sourceOf(incoming);
}

interface Waiting {
  resolve(piece: Uint8Array | undefined): void;
  reject(fault: Error): void;
}

function sourceOf(incoming: IncomingMessage): BodySource {
  const pieces: Buffer[] = [];
  let waiting: Waiting | undefined;
  let end: 'ended' | 'broken' | undefined =
    incoming.destroyed && !incoming.readableEnded ? 'broken' : undefined;
  let last: Uint8Array | undefined;
  const settle = (): void => {
    const piece = pieces.shift();
    if (waiting === undefined || (piece === undefined && end === undefined)) return;
    const { resolve, reject } = waiting;
    waiting = undefined;
    last = piece;
    if (piece === undefined && end === 'broken') reject(new Error('the body broke off'));
    else resolve(piece);
  };
  const onData = (piece: Buffer): void => {
    incoming.pause();
    pieces.push(piece);
    settle();
  };
  const onEnd = (how: 'ended' | 'broken') => (): void => {
    end ??= how;
    settle();
  };
  incoming.on('data', onData).once('end', onEnd('ended'));
  incoming.once('error', onEnd('broken')).once('close', onEnd('broken'));
  return {
    next: () => {
      if (last !== undefined) freeBytes(last);
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        if (pieces.length === 0 && end === undefined) incoming.resume();
        settle();
      });
    },
    // The server reads on for a moment, so that the answer is not lost, and then ends the connection.
    stop: () => {
      pieces.length = 0;
      incoming.off('data', onData);
    },
  };
}

/** Gives the memory of bytes back at once. They must be nobody else's. */
export function freeBytes(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength && !buffer.detached)
    buffer.transfer(0);
}
