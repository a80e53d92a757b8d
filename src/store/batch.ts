/**
 * What waits while one transaction is under way goes into the next. One at a time outside, many at once inside: a
 * commit costs one flush to disk however many it carries.
 */
import { isWorkFault } from './database-fault.ts';

/** How one entry of a batch ended; `again` puts it into the next one, because it clashed with another of this. */
export type BatchResult<Answer> =
  | { readonly answer: Answer }
  | { readonly fault: unknown }
  | { readonly again: true };

export interface BatchOptions<Entry, Answer> {
  /**
   * Does a batch and says how each entry ended, in order; at least one must end. A throw means that nothing of it was
   * done: the batch is then done again entry by entry where `isOfOne` thinks that a single entry is to blame.
   */
  readonly work: (entries: readonly Entry[]) => Promise<readonly BatchResult<Answer>[]>;
  /** Bytes an entry weighs. */
  readonly weigh: (entry: Entry) => number;
  readonly limits: { readonly inFlight: number; readonly entries: number; readonly bytes: number };
  readonly isOfOne: (fault: unknown) => boolean;
}

interface Waiting<Entry, Answer> {
  readonly entry: Entry;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: unknown) => void;
}

/** Makes a function for one entry out of work on many. */
export function createBatcher<Entry, Answer>(
  batching: BatchOptions<Entry, Answer>,
): (entry: Entry) => Promise<Answer> {
  const { limits, weigh } = batching;
  let queue: Waiting<Entry, Answer>[] = [];
  let running = 0;

  /** Takes the longest run from the front that is within the limits; at least one, however heavy. */
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
      void settle(batching, take()).then((again) => {
        queue = [...again, ...queue];
        running--;
        pump();
      });
    }
  };

  return (entry) =>
    new Promise((resolve, reject) => {
      queue.push({ entry, resolve, reject });
      // After this turn, so that what is asked for together goes together.
      if (queue.length === 1) queueMicrotask(pump);
    });
}

/**
 * Reads that one statement answers together. One statement is under way at once: it is soon back, and what is asked for
 * meanwhile costs one more statement instead of two.
 */
const READS = { inFlight: 1, entries: 256, bytes: 256 } as const;

/**
 * Makes a read of one thing out of a read of many, which answers in order. Each statement is sent after all that it
 * answers were asked for, so that nothing answered is older than its question.
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

/** Does one batch and answers its entries; gives back those that want to go again. Never throws. */
async function settle<Entry, Answer>(
  batching: BatchOptions<Entry, Answer>,
  batch: Batch<Entry, Answer>,
): Promise<Batch<Entry, Answer>> {
  try {
    const ended = await batching.work(batch.map((one) => one.entry));
    return batch.filter(
      (one, n) => !answered(one, ended[n] ?? { fault: new Error('an entry was left unanswered') }),
    );
  } catch (fault) {
    if (batch.length === 1 || !batching.isOfOne(fault)) {
      for (const one of batch) one.reject(fault);
      return [];
    }
    const again: Waiting<Entry, Answer>[] = [];
    for (const one of batch) again.push(...(await settle(batching, [one])));
    return again;
  }
}

/** Answers one entry; false when it wants to go again. */
function answered<Entry, Answer>(one: Waiting<Entry, Answer>, ended: BatchResult<Answer>): boolean {
  if ('again' in ended) return false;
  if ('answer' in ended) one.resolve(ended.answer);
  else one.reject(ended.fault);
  return true;
}
