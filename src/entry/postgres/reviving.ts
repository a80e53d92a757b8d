/**
 * Restarts the embedded server when it ends by itself (killed, out of memory, a failed disk), each attempt later than the one
 * before. Committed data are on disk, and the client reconnects by itself.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log.ts';

/** The wait before the first attempt, and the longest wait between two, in milliseconds. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 30_000;

/** After so many milliseconds of running, the next restart waits for the first wait again. */
const WELL = 60_000;

/** Callbacks for the loss and the return of the server. */
export interface ServerFate {
  /** The server ended by itself. */
  readonly lost: () => void;
  /** The server answers again. */
  readonly back: () => void;
}

export interface RevivedServer {
  /** The running server, or the last one. */
  server(): ChildProcess;
  /** Stops all restarts, and waits for a start in progress. */
  rest(): Promise<void>;
}

/**
 * Keeps a server running.
 * @param launch starts a server and waits until it is ready
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
