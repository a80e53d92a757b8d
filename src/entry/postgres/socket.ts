/** The folder of the embedded server's socket. */
import { chownSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, checkEntrance } from './unprivileged.ts';

/** A socket's path has at most 107 bytes, with its name `/.s.PGSQL.65535`. */
const LONGEST_SOCKET_DIR = 90;

/**
 * Makes the folder of the socket: the data directory, which only the server's user may enter, or another private folder if that
 * path is too long for a socket.
 */
export function makeSocketFolder(dataDir: string, account: Account | undefined): string {
  if (Buffer.byteLength(dataDir) <= LONGEST_SOCKET_DIR) return dataDir;
  const root = account === undefined || isOpen(tmpdir(), account) ? tmpdir() : '/tmp';
  const folder = mkdtempSync(
    join(Buffer.byteLength(root) < LONGEST_SOCKET_DIR - 20 ? root : '/tmp', 'amanat-pg-'),
  );
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
}

/** Removes the folder of the socket if it is separate from the data directory, and only if it is empty. */
export function removeSocketFolder({
  socketDir,
  dataDir,
}: {
  readonly socketDir: string;
  readonly dataDir: string;
}): void {
  if (socketDir === dataDir) return;
  try {
    rmdirSync(socketDir);
  } catch {
    // A killed server left its socket in it, which does no harm.
  }
}

function isOpen(folder: string, account: Account): boolean {
  try {
    checkEntrance(folder, account, 'the folder for temporary files');
    return true;
  } catch {
    return false;
  }
}
