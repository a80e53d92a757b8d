/** The server that holds a data directory, as it says so itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `postmaster.pid` says of the server that made it (PostgreSQL, `src/include/utils/pidfile.h`). */
export interface Postmaster {
  readonly pid: number;
  readonly dataDir: string;
  readonly port: number;
  readonly socketDir: string;
}

/** Undefined where no server made one here. A copy of a data directory brings its file along, which names the directory it was copied from: not our server. */
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
