/**
 * The target of deliveries: an HTTP server that reads each call completely, answers 204, and counts each delivery
 * once.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebhookSink {
  readonly url: string;
  /** Resets the count; resolves after `count` different deliveries; rejects after `seconds`. */
  expect(count: number, seconds: number): Promise<void>;
  close(): Promise<void>;
}

export async function startSink(): Promise<WebhookSink> {
  const seen = new Set<string>();
  let note = (): void => {};
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(204).end();
      seen.add(String(request.headers['webhook-id']));
      note();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    expect: (count, seconds) =>
      new Promise((resolve, reject) => {
        seen.clear();
        const late = () => reject(new Error(`${seen.size} of ${count} deliveries came in ${seconds} s`));
        const timer = setTimeout(late, seconds * 1_000);
        note = () => {
          if (seen.size < count) return;
          clearTimeout(timer);
          resolve();
        };
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
