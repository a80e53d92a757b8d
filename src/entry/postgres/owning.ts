/** Giving the embedded server's data to another user, so that a crash half-way loses nothing. */
import { lchownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './unprivileged.ts';

/** Written by `initdb`, and given last: while its owner is another than the folder's, the work is not done. */
const LAST = 'PG_VERSION';

/**
 * Makes `account` the owner of a data directory that no server runs on. The folder comes first, which shuts it to its
 * former owner; links are not followed, and what belongs to a third user stays as it is. Repeats what a crash broke off.
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
