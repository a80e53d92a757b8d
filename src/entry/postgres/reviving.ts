/**
 * The embedded server while the gateway is served: where it ends by itself (killed, out of memory, a disk that failed) it is
 * started again, each try later than the one before. What was committed is on disk; the client connects by itself.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log.ts';

/** The wait before the first try, and the longest between two. Milliseconds. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 30_000;

/** A server that ran for so long was well: the next loss begins anew. Milliseconds. */
const WELL = 60_000;

/** What becomes of the server, for whoever shows it. */
export interface ServerFate {
  /** It ended, and nobody asked it to. */
  readonly lost: () => void;
  /** It answers again. */
  readonly back: () => void;
}

export interface RevivedServer {
  /** The server that runs, or ran last. */
  server(): ChildProcess;
  /** Nothing is started any more; a start that is under way is waited for. */
  rest(): Promise<void>;
}

/**
 * Keeps a server running.
 * @param launch starts one and waits until it is ready
 */
export function keepServerRunning(
  first: ChildProcess,
  launch: () => Promise<ChildProcess>,
  log: Log,
  fate: ServerFate,
): RevivedServer {
  const resting = new AbortController();
  let server = first;
  let since = performance.now();
  let tries = 0;
  let work = Promise.resolve();
  const watch = (one: ChildProcess): void => {
    const ended = (): void => {
      if (!resting.signal.aborted) work = again();
    };
    if (hasExited(one)) ended();
    else one.once('close', ended);
  };
  const again = async (): Promise<void> => {
    fate.lost();
    if (performance.now() - since > WELL) tries = 0;
    for (;;) {
      const wait = Math.min(FIRST_WAIT * 2 ** tries, LONGEST_WAIT);
      tries += 1;
      log.error('embedded-postgres.starting-again', { in_ms: wait, tries });
      await sleep(wait, undefined, { signal: resting.signal }).catch(() => {});
      if (resting.signal.aborted) return;
      try {
        server = await launch();
        break;
      } catch (fault) {
        log.error('embedded-postgres.not-started', {
          fault: fault instanceof Error ? fault.name : 'unknown',
        });
      }
    }
    since = performance.now();
    log.warn('embedded-postgres.started-again', { tries });
    fate.back();
    watch(server);
  };
  watch(server);
  return {
    server: () => server,
    rest: async () => {
      resting.abort();
      await work;
    },
  };
}

/** Whether a process has ended. */
export const hasExited = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;
