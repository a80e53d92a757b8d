/** Reads which server uses a data directory, from the server's own file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The content of `postmaster.pid` (PostgreSQL, `src/include/utils/pidfile.h`). */
interface Postmaster {
  readonly pid: number;
  readonly dataDir: string;
  readonly port: number;
  readonly socketDir: string;
}

/** Reads the file; undefined if no server wrote one for this directory. A copied data directory has the file of its original, which names another directory. */
export function readPostmaster(dataDir: string): Postmaster | undefined {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pid, named = '', , port, socketDir = ''] = readFileSync(file, 'utf8').split('\n');
  const found = { pid: Number(pid), dataDir: named, port: Number(port), socketDir };
  return found.pid > 0 && found.port > 0 && socketDir !== '' && named === dataDir ? found : undefined;
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (fault) {
    return fault instanceof Error && 'code' in fault && fault.code === 'EPERM';
  }
}
