/**
 * One address that opens as many connections as it can, and sends slowly: others are served meanwhile. Real processes,
 * real sockets.
 */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FloodedGateway, serveFloodedGateway } from '../support/flood.ts';
import { makeRig, type Rig } from '../support/rig.ts';

let house: Rig;
let gateway: FloodedGateway;
const open: Socket[] = [];

beforeAll(async () => {
  house = await makeRig();
  gateway = await serveFloodedGateway(house);
});
afterAll(async () => {
  for (const one of open) one.destroy();
  await gateway?.close();
  await house?.close();
});

const HEAD =
  'POST /v1/consignments HTTP/1.1\r\nHost: gateway.test\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n';

/** Begins an upload from an address of this machine, of which no more comes. */
function begin(localAddress: string, sent: string): Socket {
  const socket = connect({ port: gateway.port, host: '127.0.0.1', localAddress });
  socket.on('error', () => {});
  socket.write(sent);
  open.push(socket);
  return socket;
}

/** The status of the answer to a whole upload of some KiB from another address; undefined where there is none. */
async function answered(localAddress: string, kib: number): Promise<string | undefined> {
  const body = `{"payload":"${'A'.repeat(kib * 1_024)}"}`;
  const socket = begin(localAddress, `${HEAD.replace('900000', String(body.length))}${body}`);
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString();
    if (text.includes('urn:amanat:problem')) socket.destroy();
  });
  await new Promise((resolve) => socket.once('close', resolve));
  return /urn:amanat:problem:([a-z-]+)/.exec(text)?.[1];
}

/** Ends all that is open, and waits until the gateway has let go of it. */
async function ended(kib: number): Promise<void> {
  for (const one of open.splice(0)) one.destroy();
  await expect.poll(() => answered('127.0.0.2', kib)).toBe('jose-malformed');
}

test.each([
  ['uploads that lie on disk', 100, 300],
  ['small bodies', 1_100, 1],
])('%s', async (_what, count, kib) => {
  for (let n = 0; n < count; n += 1) begin('127.0.0.2', `${HEAD}{"payload":"${'A'.repeat(kib * 1_024)}`);
  await expect.poll(() => answered('127.0.0.2', kib)).toBe('busy');
  expect(await answered('127.0.0.3', kib)).toBe('jose-malformed');
  await ended(kib);
});

test('connections that send nothing', async () => {
  for (let n = 0; n < 2_100; n += 1) begin('127.0.0.2', '');
  await expect.poll(() => answered('127.0.0.2', 1)).toBe(undefined);
  expect(await answered('127.0.0.3', 1)).toBe('jose-malformed');
  await ended(1);
});

describe('calls sent ahead of their answers', () => {
  /** Sends so many over one connection; gives the statuses that came until it ended, or until all had come. */
  async function sent(count: number): Promise<readonly string[]> {
    const socket = begin('127.0.0.4', 'GET /healthz HTTP/1.1\r\nHost: gateway.test\r\n\r\n'.repeat(count));
    let text = '';
    const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.on('data', (bytes) => {
        text += bytes.toString();
        if (statuses().length === count) resolve();
      });
    });
    return statuses();
  }

  test('are answered in order, up to a small number', async () => {
    expect(await sent(16)).toEqual(Array(16).fill('200'));
  });

  test('end the connection if there are more, and only that number is started', async () => {
    expect((await sent(5_000)).length).toBeLessThanOrEqual(16);
    expect(await sent(1)).toEqual(['200']);
  });

  test('count as long as they are not answered', async () => {
    const socket = begin('127.0.0.4', '');
    for (let n = 0; n < 40; n += 1) {
      const answer = new Promise((resolve) => socket.once('data', resolve));
      socket.write('GET /healthz HTTP/1.1\r\nHost: gateway.test\r\n\r\n');
      expect(String(await answer)).toContain('200 OK');
    }
  });
});
