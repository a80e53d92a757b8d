/** Gives the embedded server's data to another user, so that a crash in the middle loses nothing. */
import { lchownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './unprivileged.ts';

/** A file of `initdb` whose owner is changed last: while it has another owner than the folder, the work is not finished. */
const LAST = 'PG_VERSION';

/**
 * Makes `account` the owner of a data directory on which no server runs. Starts with the folder, which locks out its former owner.
 * Does not follow links, and does not change files of a third user. Continues after a crash.
 */
export function giveDataDirectory(dataDir: string, account: Account): void {
  const top = statSync(dataDir);
  const last = statSync(join(dataDir, LAST));
  if (top.uid === account.uid && last.uid === account.uid) return;
  const before = last.uid;
  lchownSync(dataDir, account.uid, account.gid);
  for (const name of readdirSync(dataDir)) if (name !== LAST) give(join(dataDir, name), before, account);
  give(join(dataDir, LAST), before, account);
}

function give(path: string, before: number, account: Account): void {
  const found = lstatSync(path);
  if (found.uid === before) lchownSync(path, account.uid, account.gid);
  else if (found.uid !== account.uid) return;
  if (found.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), before, account);
}
