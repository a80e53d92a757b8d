/** A partner's server on loopback: it answers as told and keeps what it received, byte for byte. */
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How to answer one call that was read whole. */
export type PeerAnswer = (response: ServerResponse, call: ReceivedCall) => void;

export interface HttpPeer {
  /** `http(s)://127.0.0.1:port` */
  readonly url: string;
  /** `127.0.0.1:port`, for an allow-list. */
  readonly host: string;
  readonly received: readonly ReceivedCall[];
  /** Connections opened to it so far, and those open now. */
  connections(): { readonly opened: number; readonly open: number };
  answer(next: PeerAnswer): void;
  close(): Promise<void>;
}

/** Answers with a status and a complete body, at once. */
export const answerStatus =
  (code: number, headers: Readonly<Record<string, string>> = {}, body = ''): PeerAnswer =>
  (response) => {
    response.writeHead(code, headers).end(body);
  };

/** Never answers. */
export const answerNever: PeerAnswer = () => {};

/** Breaks the connection instead of answering. */
export const breakConnection: PeerAnswer = (response) => {
  response.socket?.destroy();
};

/** Answers 200, then sends an endless body, as fast as it is read. */
export const answerEndlessly: PeerAnswer = (response) => {
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.writeHead(200).on('drain', more);
  more();
};

/** Answers 200, then sends a byte of the body now and then, without end (slow loris). */
export const answerSlowly: PeerAnswer = (response) => {
  response.writeHead(200).write(' ');
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(timer));
};

/** Announces an endless answer, and sends none. */
export const announceEndless: PeerAnswer = ({ socket }) => {
  const more = () => {
    while (
      socket?.destroyed === false &&
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(100))
    );
  };
  socket?.on('drain', more);
  more();
};

/** Sends bytes that are not HTTP. */
export const answerNoHttp: PeerAnswer = (response) => {
  response.socket?.end('SSH-2.0-not-a-web-server\r\n\r\n');
};

/** Starts a peer that answers 204 until told otherwise. With `tls` it speaks HTTPS with that certificate (PEM). */
export async function startPeer(tls?: { readonly key: string; readonly cert: string }): Promise<HttpPeer> {
  const received: ReceivedCall[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;
  let answer: PeerAnswer = answerStatus(204);
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const call: ReceivedCall = { method, url, headers, body: Buffer.concat(chunks) };
      received.push(call);
      answer(response, call);
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer({ ...tls }, listener);
  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}`,
    host,
    received,
    connections: () => ({ opened, open: sockets.size }),
    answer: (next) => {
      answer = next;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
