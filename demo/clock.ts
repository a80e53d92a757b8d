/**
 * The clock of a story. It follows the machine's clock, and a story may move it forward, so that nobody has to wait
 * for hours.
 */

export interface StoryClock {
  readonly now: () => Date;
  /** Moves the clock forward. It never moves back. */
  pass(seconds: number): void;
}

export function createStoryClock(): StoryClock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    pass: (seconds) => {
      ahead += seconds * 1_000;
    },
  };
}
