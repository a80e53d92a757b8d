/** Starting a gateway as a child process, and killing it with no chance to tidy up. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, 'serve-child.ts');

export interface KillableGateway {
  readonly pid: number;
  /** The port it serves at, once it does; rejects with its last words where it ended by itself before. */
  readonly ready: Promise<number>;
  /** Sets its clock, to seconds ahead of the machine's; resolves when it counts by it, or is gone. */
  setClock(ahead: number): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

export interface KillableOptions {
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds its clock is ahead of the machine's from the start. */
  readonly ahead?: number;
  /** Flags of Node itself. */
  readonly flags?: readonly string[];
}

/** Starts the gateway of a home folder. */
export function startKillable(home: string, options: KillableOptions = {}): KillableGateway {
  const { env = {}, ahead = 0, flags = [] } = options;
  const child = spawn(process.execPath, [...flags, PROGRAM, home, String(ahead)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let killed = false;
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = `${words}${chunk}`.slice(-2_000);
  });
  const gone = new Promise<void>((done) => child.once('close', () => done()));
  const ready = new Promise<number>((serves, failed) => {
    child.stdout?.once('data', (port: Buffer) => serves(Number(port)));
    void gone.then(() => (killed ? serves(0) : failed(new Error(`the gateway ended by itself: ${words}`))));
  });
  return {
    pid: child.pid ?? 0,
    ready,
    setClock: (seconds) =>
      new Promise((done) => {
        void gone.then(done);
        child.once('message', () => done());
        child.send(seconds, (fault) => fault !== null && done());
      }),
    kill: () => {
      killed = true;
      child.kill('SIGKILL');
      return gone;
    },
  };
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function createSeededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
