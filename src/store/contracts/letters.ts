/**
 * Letters, reports and figures: numbers of formal letters, the threads of a report, and counts for the
 * operator.
 *
 * Every call may be repeated and returns the same while nothing new is kept.
 */

/** Which threads a report reads. */
interface ThreadsUnder {
  /** Id of the agreement, in any version. */
  readonly agreement: string;
  readonly from: Date;
  readonly to: Date;
  readonly after: string;
}

export interface LetterStore {
  /**
   * The number of a focal point's (DID) formal letter for a message, in that year's register, from 1 without
   * gaps. The first call assigns it; every later call returns the same, whatever year it asks for.
   */
  letterNumber(
    letter: { readonly message: string; readonly office: string; readonly year: number },
    now: Date,
  ): Promise<{ readonly year: number; readonly number: number }>;
  /**
   * Ids of threads, ascending, in which a message was accepted in a period (`to` excluded) and is carried to
   * a recipient under an agreement; from the one after `after` (empty: from the first).
   */
  threadsUnder(period: ThreadsUnder, limit: number): Promise<readonly string[]>;
  /**
   * Counts for metrics: deliveries by channel and state, endpoints that are off, and the age of the oldest
   * one due, in seconds.
   */
  countForMetrics(now: Date): Promise<{
    readonly deliveries: readonly { channel: string; state: string; count: number }[];
    readonly oldestDueSeconds: number;
    /** Endpoints that are off, by code; removed ones are not counted. */
    readonly off: readonly { channel: string; code: string; count: number }[];
  }>;
}
