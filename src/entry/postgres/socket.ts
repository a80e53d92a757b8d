/** The folder of the embedded server's socket. */
import { chownSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, checkEntrance } from './unprivileged.ts';

/** A socket's path has 107 bytes, `/.s.PGSQL.65535` of them its name. */
const LONGEST_SOCKET_DIR = 90;

/**
 * Where the socket lies: in the data directory, which only the server's user may enter, or in a folder like it where
 * that path is too long for a socket.
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

/** Removes the folder of the socket where it is one of its own, and only when it is empty. */
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
    // A server that was killed left its socket in it. It does no harm there.
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
