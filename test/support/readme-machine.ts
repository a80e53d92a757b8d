/**
 * Machines on which the README's commands are typed: folders with the program in them, as after a download and
 * `npm ci`. What one writes is carried to the others, as people carry files.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SettingValues } from '../../src/config/settings.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAM = ['src', 'adapters', 'demo', 'node_modules', 'docs', 'certs'];
/** Plain files that go to and fro; no folder, so no home and no authority's key. */
const CARRIED = /^[^.].*\.(?:json|pem|amanat)$/;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
}

export interface Machine {
  readonly folder: string;
  readonly home: string;
  readonly values: SettingValues;
  /** Types a line of a shell and waits for its end. */
  type(line: string, more?: SettingValues): Promise<Ran>;
  /** Types a line that goes on, and waits for its first line of output that fits. */
  begin(line: string, fits: RegExp, more?: SettingValues): Promise<string>;
  /** Takes the files that another machine wrote. */
  takeFrom(other: Machine): void;
  close(): Promise<void>;
}

/** @param values what the environment says, such as where the database is */
export function machine(values: SettingValues = {}): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'amanat-readme-'));
  for (const name of PROGRAM) symlinkSync(join(ROOT, name), join(folder, name));
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const going = new Set<{ child: ChildProcess; gone: Promise<unknown> }>();
  const shell = (line: string, more: SettingValues): ChildProcess => {
    const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: join(folder, 'tmp'), ...values, ...more };
    // A group of its own: npm, its shell and the program end together.
    const child = spawn('sh', ['-c', line], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const one = { child, gone: new Promise((done) => child.once('close', done)) };
    going.add(one);
    void one.gone.then(() => going.delete(one));
    return child;
  };
  mkdirSync(join(folder, 'tmp'));
  return {
    folder,
    home: join(folder, '.amanat'),
    values,
    type: (line, more = {}) =>
      new Promise((done) => {
        const child = shell(line, more);
        let out = '';
        for (const stream of [child.stdout, child.stderr])
          stream?.on('data', (part: Buffer) => (out += part));
        child.once('close', (code) => done({ code, out }));
      }),
    begin: (line, fits, more = {}) =>
      new Promise((found, failed) => {
        const child = shell(line, more);
        let out = '';
        for (const stream of [child.stdout, child.stderr])
          stream?.on('data', (part: Buffer) => {
            out += part;
            const seen = fits.exec(out)?.[0];
            if (seen !== undefined) found(seen);
          });
        child.once('close', (code) => failed(new Error(`it ended with ${code}: ${out}`)));
      }),
    takeFrom: (other) => {
      for (const name of readdirSync(other.folder))
        if (name !== 'package.json' && CARRIED.test(name))
          cpSync(join(other.folder, name), join(folder, name));
    },
    close: async () => {
      for (const { child } of going) process.kill(-(child.pid ?? 0), 'SIGTERM');
      await Promise.all([...going].map(({ gone }) => gone));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
