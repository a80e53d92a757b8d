/** A gateway in a separate process to which strangers send large bodies, and the effect on it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { writeConfig } from '../../src/entry/home/home.ts';
import { writeHead } from '../../src/entry/telling/log-head.ts';
import { startKillable } from './killable.ts';
import { PATIENCE } from './patience.ts';
import { processorTimeOf } from './processor-time.ts';
import type { Rig } from './rig.ts';
import { reachDatabase } from './server.ts';

export const BYTES_PER_MIB = 1024 * 1024;

export interface FloodAnswer {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface FloodedGateway {
  readonly pid: number;
  readonly home: string;
  readonly port: number;
  /** Posts bytes in pieces until the gateway answers; returns the answer. */
  post(path: string, pieces: Iterable<Uint8Array>, headers?: Record<string, string>): Promise<FloodAnswer>;
  close(): Promise<void>;
}

/** Serves a rig's gateway in a separate process. */
export async function serveFloodedGateway(
  house: Rig,
  flags: readonly string[] = [],
): Promise<FloodedGateway> {
  const home = mkdtempSync(join(tmpdir(), 'amanat-flood-'));
  const { url, env } = reachDatabase(house.database.server, house.database.name);
  writeConfig(home, { ...house.values, DATABASE_URL: url, AMANAT_LISTEN: '127.0.0.1:0' });
  writeHead(home, { place: 0 });
  const child = startKillable(home, { env, flags });
  const port = await child.ready;
  return {
    pid: child.pid,
    home,
    port,
    post: (path, pieces, headers = {}) => post(port, path, pieces, headers),
    close: async () => {
      await child.kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function post(
  port: number,
  path: string,
  pieces: Iterable<Uint8Array>,
  headers: Record<string, string>,
): Promise<FloodAnswer> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      timeout: PATIENCE,
    });
    call.on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => {
        const type = /"type":"urn:amanat:problem:([a-z-]+)"/.exec(text)?.[1] ?? '';
        resolve({ status: response.statusCode ?? 0, code: type, headers: response.headers });
        call.destroy();
      });
    });
    // The gateway need not read further after its answer.
    call.on('error', reject);
    call.on('timeout', () => call.destroy(new Error('no answer')));
    Readable.from(pieces, { objectMode: false }).pipe(call);
  });
}

/** Gives this many MiB of a repeated text, between a beginning and an end. */
export function* repeatText(mib: number, text: string, begin: string, end: string): Generator<Uint8Array> {
  const encode = (one: string): Uint8Array => new TextEncoder().encode(one);
  yield encode(begin);
  const piece = encode(text.repeat(Math.ceil((64 * 1024) / text.length)));
  for (let length = 0; length < mib * BYTES_PER_MIB; length += piece.length) yield piece;
  yield encode(end);
}

/** Bytes that a process has in memory. */
export const readResidentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;

export interface WatchedWork<T> {
  readonly result: T;
  /** The most bytes by which the process grew. */
  readonly grown: number;
  /** The most processor time between a call of `/healthz` and its answer, in milliseconds; and the number of answers. */
  readonly longest: number;
  readonly asked: number;
}

/** Watches the memory of the process, and its answers, during an action. */
export async function watchWork<T>(
  { pid, port }: FloodedGateway,
  act: () => Promise<T>,
): Promise<WatchedWork<T>> {
  const before = readResidentBytes(pid);
  let [most, longest, asked, isOver] = [before, 0, 0, false];
  const sampling = setInterval(() => {
    most = Math.max(most, readResidentBytes(pid));
  }, 10);
  const asking = (async () => {
    while (!isOver) {
      const start = processorTimeOf(pid);
      await fetch(`http://127.0.0.1:${port}/healthz`).then((one) => one.text());
      longest = Math.max(longest, processorTimeOf(pid) - start);
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  try {
    const result = await act();
    return { result, grown: Math.max(most, readResidentBytes(pid)) - before, longest, asked };
  } finally {
    isOver = true;
    clearInterval(sampling);
    await asking;
  }
}
