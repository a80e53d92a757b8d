/** A new data directory for the embedded PostgreSQL, made by its own `initdb`. */
import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import type { Account } from './unprivileged.ts';

export interface Initialising {
  readonly superuser: string;
  /** Who runs initdb and owns what it makes; this user where undefined. */
  readonly account: Account | undefined;
  /** Does not wait until all of it is on the disk. */
  readonly throwaway: boolean;
}

/**
 * Makes the data directory aside and renames it, so that a crash half-way leaves none. Nothing else waits meanwhile.
 * @throws Error with the last thing initdb said
 */
export async function initialise(
  initdb: string,
  dataDir: string,
  { superuser, account, throwaway }: Initialising,
): Promise<void> {
  const side = `${dataDir}.new`;
  rmSync(side, { recursive: true, force: true });
  mkdirSync(side, { mode: 0o700 });
  if (account) chownSync(side, account.uid, account.gid);
  const flags = [
    '--username',
    superuser,
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...(throwaway ? ['--no-sync'] : []),
  ];
  const problem = await lastWords(initdb, ['-D', side, ...flags], account);
  if (problem !== undefined) {
    rmSync(side, { recursive: true, force: true });
    throw new Error(`initdb failed: ${problem}`);
  }
  renameSync(side, dataDir);
}

/** Runs a program to its end; undefined where it went well, else the last thing it said. */
function lastWords(
  program: string,
  args: readonly string[],
  account: Account | undefined,
): Promise<string | undefined> {
  const child = spawn(program, args, { ...account, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    words = `${words}${part}`.slice(-2_000);
  });
  return new Promise((done) => {
    child.once('error', (fault) => done(fault.message));
    child.once('close', (code) => done(code === 0 ? undefined : lastLine(words)));
  });
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
