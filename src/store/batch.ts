/**
 * Batches: entries that wait while one transaction is under way go into the next. A commit flushes to disk
 * once, however many entries it has.
 */
import { isWorkFault } from './database-fault.ts';

/**
 * The result of one entry of a batch. `again` puts it into the next batch, because it clashed with another
 * entry of this one.
 */
export type BatchResult<Answer> =
  | { readonly answer: Answer }
  | { readonly fault: unknown }
  | { readonly again: true };

interface BatchOptions<Entry, Answer> {
  /**
   * Runs a batch and returns the result of each entry, in order; at least one must end. If it throws, nothing
   * was done. Then the entries run one by one, if `isOfOne` says that a single entry caused the fault.
   */
  readonly work: (entries: readonly Entry[]) => Promise<readonly BatchResult<Answer>[]>;
  /** Bytes of an entry. */
  readonly weigh: (entry: Entry) => number;
  readonly limits: { readonly inFlight: number; readonly entries: number; readonly bytes: number };
  readonly isOfOne: (fault: unknown) => boolean;
}

interface Waiting<Entry, Answer> {
  readonly entry: Entry;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: unknown) => void;
}

/** Makes a function for one entry from work on many. */
export function createBatcher<Entry, Answer>(
  batching: BatchOptions<Entry, Answer>,
): (entry: Entry) => Promise<Answer> {
  const { limits, weigh } = batching;
  let queue: Waiting<Entry, Answer>[] = [];
  let running = 0;

  /** Takes as many entries from the front as the limits allow; at least one, however large. */
  const take = (): Waiting<Entry, Answer>[] => {
    let bytes = 0;
    let count = 0;
    for (const { entry } of queue) {
      bytes += weigh(entry);
      if (count > 0 && (bytes > limits.bytes || count === limits.entries)) break;
      count++;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    return batch;
  };

  const pump = (): void => {
    while (running < limits.inFlight && queue.length > 0) {
      running++;
      void runBatch(batching, take()).then((again) => {
        queue = [...again, ...queue];
        running--;
        pump();
      });
    }
  };

  return (entry) =>
    new Promise((resolve, reject) => {
      queue.push({ entry, resolve, reject });
      // In the next microtask, so that entries of the same turn go together.
      if (queue.length === 1) queueMicrotask(pump);
    });
}

/**
 * Limits of reads that share a statement. Only one statement is under way at once: it is soon back, and the
 * reads that wait for it then share one more statement.
 */
const READS = { inFlight: 1, entries: 256, bytes: 256 } as const;

/**
 * Makes a read of one thing from a read of many, which returns them in order. A statement is sent only after
 * all its reads were requested, so that no answer is older than its request.
 */
export const batchReads = <Asked, Answer>(
  work: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
): ((asked: Asked) => Promise<Answer>) =>
  createBatcher<Asked, Answer>({
    work: async (asked) => (await work(asked)).map((answer) => ({ answer })),
    weigh: () => 1,
    limits: READS,
    isOfOne: isWorkFault,
  });

type Batch<Entry, Answer> = readonly Waiting<Entry, Answer>[];

/** Runs one batch and answers its entries; returns those that have to run again. Never throws. */
async function runBatch<Entry, Answer>(
  batching: BatchOptions<Entry, Answer>,
  batch: Batch<Entry, Answer>,
): Promise<Batch<Entry, Answer>> {
  try {
    const ended = await batching.work(batch.map((one) => one.entry));
    return batch.filter(
      (one, n) => !answerEntry(one, ended[n] ?? { fault: new Error('an entry of a batch got no answer') }),
    );
  } catch (fault) {
    if (batch.length === 1 || !batching.isOfOne(fault)) {
      for (const one of batch) one.reject(fault);
      return [];
    }
    const again: Waiting<Entry, Answer>[] = [];
    for (const one of batch) again.push(...(await runBatch(batching, [one])));
    return again;
  }
}

/** Answers one entry; false if it has to run again. */
function answerEntry<Entry, Answer>(one: Waiting<Entry, Answer>, ended: BatchResult<Answer>): boolean {
  if ('again' in ended) return false;
  if ('answer' in ended) one.resolve(ended.answer);
  else one.reject(ended.fault);
  return true;
}
