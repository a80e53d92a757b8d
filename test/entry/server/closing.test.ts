/** A server that closes: persistent connections do not delay it, and requests in progress get their whole answer. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { chance } from '../../../src/entry/chance.ts';
import { readHome } from '../../../src/entry/home/home.ts';
import { initHome } from '../../../src/entry/home/init.ts';
import { closeServer } from '../../../src/entry/server/connections.ts';
import { serveGateway } from '../../../src/entry/server/serving.ts';
import { silentLog } from '../../../src/log.ts';
import { makeWebhookSecret, readWebhookSigner, signWebhook } from '../../../src/seal/webhook-signature.ts';
import { makeTestDatabase } from '../../support/database.ts';
import { reachDatabase } from '../../support/server.ts';

const HOUR = 3_600_000;
/** So long that a test which waits for it never ends. */
const NEVER = { sweepMs: HOUR, cutMs: HOUR };

/** A client that shows every byte it is sent. */
interface Client {
  readonly socket: Socket;
  /** Resolves when this was answered. */
  answered(word: string): Promise<void>;
  /** Resolves with all of it when the other side has ended the connection. */
  readonly ended: Promise<string>;
}

const opened: Socket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

function client(port: number): Client {
  const socket = connect(port, '127.0.0.1');
  opened.push(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => (text += part));
  socket.on('error', () => {});
  return {
    socket,
    answered: async (word) => {
      while (!text.includes(word)) await once(socket, 'data');
    },
    ended: once(socket, 'close').then(() => text),
  };
}

/** Answers with what was posted; its connections are kept alive for an hour. */
async function echo(): Promise<{ server: Server; port: number }> {
  const server = createServer({ keepAliveTimeout: HOUR }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => response.end(Buffer.concat(parts)));
    request.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

const head = (length: number, ...more: string[]): string =>
  ['POST / HTTP/1.1', 'Host: 127.0.0.1', `Content-Length: ${length}`, ...more, '', ''].join('\r\n');

/** The server says that it has read the head of the request, and waits for the rest. */
const CONTINUE = '100 Continue\r\n\r\n';
const EXPECTS = 'Expect: 100-continue';

test('a connection that was used just before is closed', async () => {
  const { server, port } = await echo();
  const used = client(port);
  used.socket.write(`${head(3)}one`);
  await used.answered('\r\n\r\none');
  await closeServer(server, { ...NEVER, sweepMs: 5 });
  expect(await used.ended).toMatch(/Keep-Alive: timeout=3600[\s\S]*one$/i);
});

test('a request in progress gets its whole answer, and its connection is closed after it', async () => {
  const { server, port } = await echo();
  const busy = client(port);
  const body = 'x'.repeat(1_000_000);
  busy.socket.write(head(body.length, EXPECTS));
  await busy.answered(CONTINUE);
  const closing = closeServer(server, { ...NEVER, sweepMs: 5 });
  busy.socket.write(body);
  await closing;
  const [, , answer = ''] = (await busy.ended).split('\r\n\r\n');
  expect(answer.length).toBe(body.length);
});

test('a client that never ends its request is disconnected', async () => {
  const { server, port } = await echo();
  const stuck = client(port);
  stuck.socket.write(head(1_000, EXPECTS));
  await stuck.answered(CONTINUE);
  await closeServer(server, { sweepMs: 5, cutMs: 50 });
  expect(await stuck.ended).toContain(CONTINUE);
});

test('a gateway answers requests in progress from its database before it closes the database', async () => {
  const database = await makeTestDatabase();
  const home = mkdtempSync(join(tmpdir(), 'amanat-closing-'));
  const { url, env } = reachDatabase(database.server, database.name);
  // The client takes a socket's folder from the environment alone.
  Object.assign(process.env, env);
  try {
    const options = { url: 'http://127.0.0.1:80', countries: ['ID'] };
    await initHome(home, options, new Date(), chance);
    const values = { DATABASE_URL: url, AMANAT_LISTEN: '127.0.0.1:0' };
    const serving = await serveGateway(readHome(home, values), silentLog);
    const { port } = serving.address;
    const used = client(port);
    used.socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await used.answered('alive');
    const busy = client(port);
    const body = '{}';
    // Whose signature it is, the database is asked once the body is here.
    const stranger = await readWebhookSigner(makeWebhookSecret(new Uint8Array(32)));
    const timestamp = Math.floor(Date.now() / 1_000);
    const signed = await signWebhook([stranger], { id: 'a-call', timestamp, body });
    const headers = { ...signed, 'content-type': 'application/json' };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const call = head(body.length, EXPECTS, ...lines);
    busy.socket.write(call.replace('POST /', 'POST /v1/focal-points/nobody/messages'));
    await busy.answered(CONTINUE);
    const closing = serving.close();
    busy.socket.write(body);
    await closing;
    const [, status = '', answer = ''] = (await busy.ended).split('\r\n\r\n');
    expect(status).toMatch(/^HTTP\/1\.1 401 /);
    expect(JSON.parse(answer)).toMatchObject({ status: 401 });
    await used.ended;
  } finally {
    rmSync(home, { recursive: true, force: true });
    await database.close();
  }
});
