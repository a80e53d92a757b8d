/**
 * The head of the operator's log in the home folder: how far it was seen. The database alone cannot say that an entry is
 * missing at its end; this file can. It is replaced in one step, and only ever moves on.
 */
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LogHead, logHeadSchema } from '../../domain/evidence/operator-act.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { HeadKeeper } from '../../flow/operator/guard.ts';
import type { Log } from '../../log.ts';

const FILE = 'operator-log.json';

/**
 * The head that is kept in a home folder. Where the folder cannot be written, it is held in memory while the process runs,
 * and the operator is told.
 */
export function createHomeHead(home: string, log: Log): HeadKeeper {
  const path = join(home, FILE);
  let seen: { readonly stamp: string; readonly head: LogHead } | undefined;
  let unwritten: LogHead | undefined;
  const kept = (): LogHead | undefined => {
    if (!existsSync(path)) return undefined;
    const { mtimeNs, ino } = statSync(path, { bigint: true });
    const stamp = `${ino} ${mtimeNs}`;
    if (seen?.stamp !== stamp) seen = { stamp, head: readHead(path) };
    return seen.head;
  };
  return {
    read: () => {
      const head = kept();
      return unwritten !== undefined && unwritten.place > (head?.place ?? -1) ? unwritten : head;
    },
    write: (head) => {
      if ((kept()?.place ?? -1) >= head.place) return;
      try {
        writeHead(home, head);
      } catch (fault) {
        if (unwritten === undefined)
          log.warn('operator-log.head-unwritten', {
            code: fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown',
            todo: 'let the home folder be written to, then restart: until then a cut of the log would show to this process only',
          });
        unwritten = head;
      }
    },
  };
}

/** Says of a new home that its grants are signed from the first one on. */
export function writeHead(home: string, head: LogHead): void {
  const draft = join(home, `.${FILE}.${process.pid}`);
  try {
    writeFileSync(draft, `${JSON.stringify(head)}\n`, { mode: 0o600, flush: true });
    renameSync(draft, join(home, FILE));
  } catch (fault) {
    // Of a full disk it would hold an empty file, one for each process that tried.
    rmSync(draft, { force: true });
    throw fault;
  }
}

function readHead(path: string): LogHead {
  try {
    return logHeadSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new Refusal('configuration', `${FILE} in the home folder cannot be read`);
  }
}
