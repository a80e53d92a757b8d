/** The clock of a story: it goes with the machine's, and a story may put it on, so that nobody has to wait for hours. */

export interface StoryClock {
  readonly now: () => Date;
  /** Puts the clock on. It is never put back. */
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
