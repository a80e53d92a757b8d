/** Makes a new data directory for the embedded PostgreSQL with its `initdb`. */
import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../../domain/words/error.ts';
import { giveDataDirectory } from './owning.ts';
import type { Account, Accounts } from './unprivileged.ts';

interface InitdbOptions {
  readonly superuser: string;
  /** The accounts that run initdb and own its result; this user if undefined. */
  readonly accounts: Accounts | undefined;
  /** Whether it skips waiting for the disk. */
  readonly throwaway: boolean;
}

/**
 * Makes the data directory under another name and renames it, so that a crash leaves no half of it. Only the maker's group may
 * enter the folder around it, which keeps other programs of the maker's user out.
 * @throws Refusal `configuration` where this process runs under a user id without a name, as in some containers
 * @throws Error with the last output of initdb
 */
export async function makeDataDirectory(
  initdb: string,
  dataDir: string,
  { superuser, accounts, throwaway }: InitdbOptions,
): Promise<void> {
  const workshop = `${dataDir}.new`;
  const side = join(workshop, 'data');
  rmSync(workshop, { recursive: true, force: true });
  mkdirSync(workshop, { mode: 0o710 });
  mkdirSync(side, { mode: 0o700 });
  if (accounts) {
    chownSync(workshop, 0, accounts.maker.gid);
    chownSync(side, accounts.maker.uid, accounts.maker.gid);
  }
  const flags = [
    '--username',
    superuser,
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...(throwaway ? ['--no-sync'] : []),
  ];
  const problem = await lastWords(initdb, ['-D', side, ...flags], accounts?.maker);
  if (problem !== undefined) {
    rmSync(workshop, { recursive: true, force: true });
    throw NAMELESS.test(problem) ? nameless() : new Error(`initdb failed: ${problem}`);
  }
  if (accounts) giveDataDirectory(side, accounts.server);
  renameSync(side, dataDir);
  rmSync(workshop, { recursive: true, force: true });
}

const NAMELESS = /could not look up effective user ID/;

const nameless = (): Refusal =>
  new Refusal(
    'configuration',
    'a user id without a name (no line in /etc/passwd) cannot make the embedded PostgreSQL: run as a user with a name, ' +
      'or set DATABASE_URL to your own PostgreSQL',
  );

/** Runs a program to its end. @returns undefined after success, else its last output */
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
