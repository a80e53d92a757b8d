/**
 * Threads for heavy work: opening, sealing and parsing large messages, so that the event loop never waits for it. A thread is
 * started when it is needed, and ended after it was idle for a while.
 */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ComposeMail } from '../../../adapters/email/compose.ts';
import { Refusal } from '../../domain/words/error.ts';
import { HEAVY_WORK, type HeavyWork, type HeavyWorkChooser } from '../../seal/heavy-work.ts';
import type { HeavyAnswer, HeavyCall } from './heavy-thread.ts';

/** Bytes below which copying between threads costs more than the work. */
const LARGE = 256 * 1_024;
const IDLE_MS = 30_000;
/** Heap limit of a thread: during the work there are several copies of a message of the largest size. */
const HEAP_MIB = 1_024;

const PROGRAM = new URL(`./heavy-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

interface HeavyThreads {
  readonly heavyFor: HeavyWorkChooser;
  /** Chooses where a mail with files of so many bytes is composed; undefined for the same thread. */
  readonly composeFor: (bytes: number) => ComposeMail | undefined;
  close(): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Thread {
  readonly waiting: ReadonlyMap<number, Waiting>;
  call(call: HeavyCall): Promise<unknown>;
  end(): Promise<unknown>;
}

/** Makes the threads of this process (default: one less than the number of processors). */
export function createHeavyThreads(
  most = Math.max(1, Math.min(4, availableParallelism() - 1)),
): HeavyThreads {
  const threads = new Set<Thread>();
  let last = 0;
  const free = (): Thread => {
    const [least] = [...threads].sort((one, other) => one.waiting.size - other.waiting.size);
    if (least !== undefined && (least.waiting.size === 0 || threads.size >= most)) return least;
    const started = startThread((ended) => threads.delete(ended));
    threads.add(started);
    return started;
  };
  const asked =
    (name: HeavyCall['name']) =>
    (...given: readonly unknown[]) => {
      last += 1;
      return free().call({ id: last, name, given });
    };
  const compose = asked('composeMail') as ComposeMail;
  const names = Object.keys(HEAVY_WORK) as (keyof HeavyWork)[];
  const aside = Object.fromEntries(names.map((name) => [name, asked(name)])) as unknown as HeavyWork;
  return {
    heavyFor: (bytes) => (bytes < LARGE ? HEAVY_WORK : aside),
    composeFor: (bytes) => (bytes < LARGE ? undefined : compose),
    close: async () => {
      await Promise.all([...threads].map((one) => one.end()));
    },
  };
}

function startThread(onEnd: (thread: Thread) => void): Thread {
  const waiting = new Map<number, Waiting>();
  const worker = new Worker(PROGRAM, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB } });
  worker.unref();
  let idle: NodeJS.Timeout | undefined;
  const rest = (): void => {
    worker.unref();
    idle = setTimeout(() => void worker.terminate(), IDLE_MS).unref();
  };
  const thread: Thread = {
    waiting,
    call: (call) =>
      new Promise((resolve, reject) => {
        clearTimeout(idle);
        worker.ref();
        waiting.set(call.id, { resolve, reject });
        worker.postMessage(call);
      }),
    end: () => worker.terminate(),
  };
  const ended = (): void => {
    clearTimeout(idle);
    onEnd(thread);
    for (const { reject } of waiting.values()) reject(new Error('a thread ended before its work did'));
    waiting.clear();
  };
  worker.on('message', (answer: HeavyAnswer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) rest();
    if (asked === undefined) return;
    if ('value' in answer) asked.resolve(answer.value);
    else if ('refusal' in answer) asked.reject(new Refusal(answer.refusal.code, answer.refusal.detail));
    else asked.reject(new Error(`a thread met a fault: ${answer.fault}`));
  });
  // An error, such as memory that is used up, is followed by the exit.
  worker.on('error', () => {});
  worker.once('exit', ended);
  return thread;
}
