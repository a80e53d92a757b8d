/**
 * The machine of a stranger who follows the documents: an empty folder with the program in it, as after a download and
 * `npm ci`, an empty home directory, and one shell whose exports last from line to line.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
/** What lies beside the program here and is in no download. */
const NOT_DOWNLOADED = ['.git', '.amanat', 'authority', 'coverage', 'demo-out'];

export interface Ran {
  readonly code: number | null;
  readonly out: string;
}

export interface Machine {
  /** The folder of the program, in which every line is typed. */
  readonly folder: string;
  /** Types a line and waits for its end. */
  type(line: string): Promise<Ran>;
  /** Types a line that goes on, and waits for output that fits. */
  begin(line: string, fits: RegExp): Promise<void>;
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function machine(): Machine {
  const place = mkdtempSync(join(tmpdir(), 'amanat-readme-'));
  // Under root, PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(place, 0o755);
  const [folder, home, after] = ['amanat', 'home', 'environment'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ];
  for (const name of [folder, home]) mkdirSync(name);
  for (const name of readdirSync(ROOT))
    if (!NOT_DOWNLOADED.includes(name)) symlinkSync(join(ROOT, name), join(folder, name));

  const going = new Map<ChildProcess, Promise<unknown>>();
  const shell = (line: string): ChildProcess => {
    const env = environmentAfter(after) ?? { PATH: ownPath(), HOME: home };
    // A group of its own: npm, its shell and the program end together.
    const child = spawn('sh', ['-c', line], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    going.set(child, new Promise((done) => child.once('close', done)));
    child.once('close', () => going.delete(child));
    return child;
  };
  return {
    folder,
    type: async (line) => {
      const child = shell(`${line}\ncode=$?; env -0 > '${after}'; exit $code`);
      const said = listen(child);
      const code = await new Promise<number | null>((done) => child.once('close', done));
      return { code, out: said.join('') };
    },
    begin: (line, fits) => {
      const child = shell(line);
      const said = listen(child);
      return new Promise((found, failed) => {
        for (const stream of [child.stdout, child.stderr])
          stream?.on('data', () => fits.test(said.join('')) && found());
        child.once('close', (code) => failed(new Error(`it ended with ${code}: ${said.join('')}`)));
      });
    },
    close: async () => {
      for (const { pid = 0 } of going.keys()) process.kill(-pid, 'SIGTERM');
      await Promise.all(going.values());
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Where a stranger's programs are: not what npm adds for the scripts of this project, such as its own Node. */
const ownPath = (): string =>
  (process.env['PATH'] ?? '')
    .split(':')
    .filter((one) => !one.includes('node_modules'))
    .join(':');

/** The environment that the line before left, as `env -0` wrote it; undefined before the first line. */
function environmentAfter(file: string): Environment | undefined {
  if (!existsSync(file)) return undefined;
  const pairs = readFileSync(file, 'utf8').split('\0').filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]));
}

/** Collects what a process says, on both streams. */
function listen(child: ChildProcess): string[] {
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => said.push(String(part)));
  return said;
}
