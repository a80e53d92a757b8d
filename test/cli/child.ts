/** The real program as a child process, on a home folder that is thrown away. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeTestDatabase } from '../support/database.ts';
import { reachDatabase } from '../support/server.ts';

const PROGRAM = new URL('../../src/cli/amanat.ts', import.meta.url).pathname;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Bench {
  /** Everything lies in here. */
  readonly folder: string;
  readonly file: (name: string) => string;
  readonly home: string;
  /** What its environment says of the gateway: where the database is, when it is not the embedded one. */
  readonly values: Values;
  /** Runs a command line to its end. */
  amanat(
    words: readonly string[],
    options?: { readonly env?: Values; readonly input?: string },
  ): Promise<Ended>;
  /** The same with `--json`: the document, and the exit code. */
  json(
    words: readonly string[],
    options?: { readonly env?: Values; readonly input?: string },
  ): Promise<Answered>;
  /** Serves the home folder; resolves with the line it prints when it is ready. */
  serve(env?: Values, logLevel?: 'warn' | 'error'): Promise<Served>;
  close(): Promise<void>;
}

type Values = Readonly<Record<string, string>>;
export interface Answered {
  readonly code: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was printed
  readonly document: any;
}

export interface Served {
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was printed
  readonly ready: any;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

/**
 * A bench whose gateway keeps what it has in a fresh database of the run's own server, as `DATABASE_URL` names one in
 * production: no command has to start a server and to wait for its end.
 */
export async function benchOnServer(): Promise<Bench> {
  const database = await makeTestDatabase();
  const { url, env } = reachDatabase(database.server, database.name);
  // The client takes a socket's folder from the environment alone: for the children, and for gateways opened here.
  Object.assign(process.env, env);
  const made = bench({ DATABASE_URL: url });
  return { ...made, close: () => made.close().then(database.close) };
}

/** A bench with an empty folder; as root, PostgreSQL's own user must be able to pass through it. */
export function bench(values: Values = {}): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'amanat-cli-'));
  chmodSync(folder, 0o755);
  const file = (name: string): string => join(folder, name);
  const home = file('home');
  const children = new Set<ChildProcess>();
  const begin = (words: readonly string[], env: Values = {}): ChildProcess => {
    const child = spawn(process.execPath, [PROGRAM, '--home', home, ...words], {
      env: { ...clean(), ...values, ...env },
    });
    children.add(child);
    child.once('close', () => children.delete(child));
    return child;
  };
  const amanat: Bench['amanat'] = (words, { env, input = '' } = {}) => {
    const child = begin(words, env);
    child.stdin?.end(input);
    return ended(child);
  };
  return {
    folder,
    file,
    home,
    values,
    amanat,
    json: async (words, options) => {
      const { code, out, err } = await amanat(['--json', ...words], options);
      if (out.trim().split('\n').length !== 1) throw new Error(`not one document: ${out}\n${err}`);
      return { code, document: JSON.parse(out) };
    },
    serve: (env, level = 'error') => served(begin(['serve', '--json', '--log-level', level], env)),
    close: async () => {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** This process's environment without anything a gateway or a prompt would look at. */
const clean = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:AMANAT_|DATABASE_URL$|FORCE_COLOR$)/.test(name)),
  );

async function served(child: ChildProcess): Promise<Served> {
  const end = ended(child);
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    end.then(({ err }) => Promise.reject(new Error(`it ended before it was ready: ${err}`))),
  ]);
  return {
    ready: JSON.parse(line),
    end: (signal) => {
      child.kill(signal);
      return end;
    },
  };
}

function ended(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (part: Buffer) => (out += part));
  child.stderr?.on('data', (part: Buffer) => (err += part));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

/** A port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
