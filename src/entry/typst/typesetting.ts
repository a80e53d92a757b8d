/**
 * Typesets in a separate process. Typst is native code that processes texts of others: it may take long, use all memory, or crash.
 * Then that process ends, that page gets a named fault, and the next page gets a new process. One page is set at a time.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { TypesetFault } from '../../domain/message/letter.ts';
import { present } from '../../domain/words/present.ts';
import type { Sheet, Typesetter } from '../../paper/typeset.ts';
import type { TypesetAnswer } from './typst-child.ts';

interface TypesettingOptions {
  /** Time limit for one page. */
  readonly seconds?: number;
  /** Limit of the process's resident memory, with native memory. */
  readonly megabytes?: number;
  /** How long an idle process is kept. */
  readonly idleSeconds?: number;
  /** Another program with the protocol of `typst-child.ts`. */
  readonly program?: URL;
}

/** A typesetter, with the process that does its work. */
export interface TypesettingProcess {
  readonly typeset: Typesetter;
  /** Ends the process. */
  close(): Promise<void>;
}

const PROGRAM = new URL(import.meta.url.replace(/typesetting(\.[jt]s)$/, 'typst-child$1'));

/** The interval between two checks of the memory, in milliseconds. */
const LOOK = 100;

/** The bytes of a page of memory: the unit in which Linux counts. */
const PAGE = 4_096;

/** The memory for JavaScript, in megabytes; the rest is for Typst and the fonts. */
const HEAP = 256;

/** Makes a typesetter. Its process starts when the first page is set. */
export function createTypesettingProcess(options: TypesettingOptions = {}): TypesettingProcess {
  const { seconds = 20, megabytes = 768, idleSeconds = 60, program = PROGRAM } = options;
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill('SIGKILL');
    await gone;
  };
  const one = async (sheet: Sheet): Promise<Uint8Array> => {
    clearTimeout(idle);
    if (isClosed) throw new TypesetFault(sheet.template, ['typesetter-closed']);
    if (child === undefined || !child.connected) child = start(program);
    const answer = await answered(child, sheet, { seconds, megabytes });
    if (typeof answer === 'string') {
      await end();
      throw new TypesetFault(sheet.template, [answer]);
    }
    idle = setTimeout(() => void end(), idleSeconds * 1_000).unref();
    return pageIn(answer, sheet);
  };
  return {
    typeset: (sheet) => {
      const set = last.then(() => one(sheet));
      last = set.catch(() => {});
      return set;
    },
    close: async () => {
      isClosed = true;
      await end();
    },
  };
}

/**
 * Starts the process without this one's environment, which may contain secrets. The process does not keep this one
 * from ending.
 */
function start(program: URL): ChildProcess {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = fork(program, [], {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${HEAP}`],
    env: {
      ...present({
        PATH: PATH || undefined,
        NODE_COMPILE_CACHE: NODE_COMPILE_CACHE || undefined,
      }),
    },
    // No output: native code may print parts of a case.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // The code that waits for an answer handles the error.
  child.on('error', () => {});
  child.unref();
  child.channel?.unref();
  return child;
}

/** Resolves to the answer of the process, or to the name of the fault. */
async function answered(
  child: ChildProcess,
  sheet: Sheet,
  { seconds, megabytes }: { readonly seconds: number; readonly megabytes: number },
): Promise<TypesetAnswer | string> {
  child.channel?.ref();
  const over = new AbortController();
  try {
    return await new Promise<TypesetAnswer | string>((resolve) => {
      const listen = { signal: over.signal };
      const on = (event: 'message' | 'exit' | 'error', word?: string): void => {
        const heard = (message: unknown): void => resolve(word ?? (message as TypesetAnswer));
        child.once(event, heard);
        listen.signal.addEventListener('abort', () => child.off(event, heard));
      };
      on('message');
      on('exit', 'process-ended');
      on('error', 'process-not-started');
      const tooLong = setTimeout(() => resolve('too-long'), seconds * 1_000);
      const look = setInterval(() => {
        void isAbove(child.pid, megabytes).then((is) => is && resolve('too-much-memory'));
      }, LOOK);
      listen.signal.addEventListener('abort', () => {
        clearTimeout(tooLong);
        clearInterval(look);
      });
      child.send(sheet, (fault) => fault !== null && resolve('process-ended'));
    });
  } finally {
    over.abort();
    child.channel?.unref();
  }
}

/**
 * Whether a process uses more resident memory than the limit. Only Linux shows this; elsewhere only the time limit
 * applies.
 */
async function isAbove(pid: number | undefined, megabytes: number): Promise<boolean> {
  const [, resident = '0'] = (await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')).split(' ');
  return Number(resident) * PAGE > megabytes * 1_048_576;
}

/** @throws TypesetFault, or an error with the code of the fault in the process */
function pageIn(answer: TypesetAnswer, { template }: Sheet): Uint8Array {
  if ('pdf' in answer) return new Uint8Array(answer.pdf);
  if ('diagnostics' in answer) throw new TypesetFault(template, answer.diagnostics);
  throw Object.assign(new Error('the typesetter met a fault'), { code: answer.code });
}
