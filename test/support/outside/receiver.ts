/** A partner's HTTP server: it keeps each call unchanged, and answers as the partner's code decides. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One received call. */
export interface WebhookCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebhookReceiver {
  /** The URL to which the gateway posts. */
  readonly url: string;
  /** `host:port`, for the gateway's allow-list. */
  readonly host: string;
  readonly received: readonly WebhookCall[];
  /** Handles a call: if it resolves, the answer is 204; if it throws, 400. */
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
