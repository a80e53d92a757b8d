/** A partner's HTTP server: keeps each call as raw as it came, and answers as the partner's code says. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as it was received. */
export interface WebhookCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebhookReceiver {
  /** Where the gateway posts to. */
  readonly url: string;
  /** `host:port`, for the gateway's allow-list. */
  readonly host: string;
  readonly received: readonly WebhookCall[];
  /** What to do with a call: resolves and it is answered 204, throws and it is answered 400. */
  onCall(take: (call: WebhookCall) => Promise<void>): void;
  close(): Promise<void>;
}

const LIMIT = 64 * 1024 * 1024;

/** Starts a receiver on a free port of loopback. */
export async function startReceiver(path: string): Promise<WebhookReceiver> {
  const received: WebhookCall[] = [];
  let take: (call: WebhookCall) => Promise<void> = async () => {};
  const server = createServer(async (request, response) => {
    try {
      const call = {
        url: `http://${host}${request.url ?? ''}`,
        headers: plain(request),
        body: await text(request),
      };
      received.push(call);
      await take(call);
      response.writeHead(204).end();
    } catch {
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}${path}`,
    host,
    received,
    onCall: (next) => {
      take = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const plain = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
