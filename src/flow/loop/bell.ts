/** The bell of the loop: it ends a wait early, also when it rang before the wait began. */

interface Bell {
  readonly ring: () => void;
  /** Resolves when rung (also if rung since the last wait), after `ms`, or when stopped. */
  wait(ms: number): Promise<void>;
}

export function makeBell(stop: AbortSignal): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  stop.addEventListener('abort', ring);
  return {
    ring,
    wait: (ms) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          wake = undefined;
          rung = false;
          resolve();
        };
        const timer = setTimeout(done, ms);
        wake = done;
        if (rung || stop.aborted) done();
      }),
  };
}
