/** Starting a gateway as a child process, and killing it with no chance to tidy up. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, 'serve-child.ts');

export interface Killable {
  /** Resolves when it serves; rejects with its last words where it ended by itself before. */
  readonly ready: Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts the gateway of a home folder. */
export function startKillable(home: string): Killable {
  const child = spawn(process.execPath, [PROGRAM, home], { stdio: ['ignore', 'pipe', 'pipe'] });
  let killed = false;
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = `${words}${chunk}`.slice(-2_000);
  });
  const gone = new Promise<void>((done) => child.once('close', () => done()));
  const ready = new Promise<void>((serves, failed) => {
    child.stdout.once('data', () => serves());
    void gone.then(() => (killed ? serves() : failed(new Error(`the gateway ended by itself: ${words}`))));
  });
  return {
    ready,
    kill: () => {
      killed = true;
      child.kill('SIGKILL');
      return gone;
    },
  };
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
