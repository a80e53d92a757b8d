/** The demo as a stranger runs it: a child process with a separate folder for temporary files. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = resolve(import.meta.dirname, '../../demo/main.ts');

export interface DemoRun {
  /** The folder for `--out`. */
  readonly out: string;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves with the first matching line of output; rejects if the demo ends before. */
  line(fits: (line: string) => boolean): Promise<string>;
  interrupt(): void;
  /** What the demo left behind: names in its folder for temporary files, and processes that use it (Linux). */
  left(): readonly string[];
  /** Ends everything that still runs and removes the folders. */
  clear(): Promise<void>;
}

/** Starts it with these flags, under another command's words; `<out>` in them stands for a fresh folder. */
export function startDemo(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
  under: readonly string[] = [],
): DemoRun {
  const folder = mkdtempSync(join(tmpdir(), 'amanat-demo-test-'));
  const temporary = mkdtempSync(join(tmpdir(), 'amanat-demo-tmp-'));
  // PostgreSQL does not run as root, so its user must be able to pass through the folder.
  chmodSync(temporary, 0o711);
  const out = join(folder, 'out');
  const [command = '', ...args] = [
    ...under,
    process.execPath,
    PROGRAM,
    ...flags.map((flag) => (flag === '<out>' ? out : flag)),
  ];
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, TMPDIR: temporary, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const errors: string[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const listener of listeners) listener();
  });
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  return {
    out,
    lines,
    errors,
    ended,
    line: (fits) =>
      new Promise((found, failed) => {
        const look = (): void => {
          const line = lines.find(fits);
          if (line !== undefined) found(line);
        };
        listeners.add(look);
        look();
        void ended.then((code) => failed(new Error(`the demo ended with ${code}: ${errors.join('\n')}`)));
      }),
    interrupt: () => void child.kill('SIGINT'),
    left: () => [...readdirSync(temporary), ...processesIn(temporary)],
    clear: async () => {
      child.kill('SIGTERM');
      await ended;
      for (const one of [folder, temporary]) rmSync(one, { recursive: true, force: true });
    },
  };
}

/** Command lines that name a folder, as `/proc` has them. */
function processesIn(folder: string): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
      return words.includes(folder) ? [words.replaceAll('\0', ' ')] : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

/** Files of one folder of `--out`, by name, as text. */
export function readFiles(out: string, folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(join(out, folder));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(out, folder, name), 'utf8')]));
}

/** The values of a file with one JSON value a line. */
export const readJsonLines = <T>(text: string): T[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
