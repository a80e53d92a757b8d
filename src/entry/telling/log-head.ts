/**
 * The head of the operator's log in the home folder: how far the log was read. It shows when entries at the end of the log are
 * missing, which the database alone cannot show. The file is replaced by a rename, and the head only moves forward.
 */
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LogHead, logHeadSchema } from '../../domain/evidence/operator-act.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { HeadKeeper } from '../../flow/operator/guard.ts';
import type { Log } from '../../log.ts';

const FILE = 'operator-log.json';

/**
 * Makes the head that is kept in a home folder. If the folder is not writable, the head is kept in memory while the process runs,
 * and the log tells the operator.
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
            todo: 'make the home folder writable, then restart: until then only this process would notice that the log was truncated',
          });
        unwritten = head;
      }
    },
  };
}

/** Writes the head of a new home, whose grants are signed from the first one on. */
export function writeHead(home: string, head: LogHead): void {
  const draft = join(home, `.${FILE}.${process.pid}`);
  try {
    writeFileSync(draft, `${JSON.stringify(head)}\n`, { mode: 0o600, flush: true });
    renameSync(draft, join(home, FILE));
  } catch (fault) {
    // On a full disk, each process that tried would leave an empty file.
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
