/**
 * How many tries to one endpoint are under way at once. Whoever lets them hang, a gateway that answers nothing or a
 * system that is down, holds up what is for itself and nothing else.
 */

/** One claim brings at most so many for an endpoint, and none for an endpoint that has so many under way. */
export const ATTEMPTS_AT_ONCE = 16;

export interface AttemptCounter {
  /** The endpoints that have as many under way as they may have. */
  fullEndpoints(): readonly string[];
  /** Makes a piece of work count for its endpoint from now until it ends. It must not reject. */
  countWork(endpoint: string, work: () => Promise<void>): () => Promise<void>;
}

/** @param roomAgain is called when an endpoint is full no longer: of what is due for it nothing was claimed */
export function createAttemptCounter(roomAgain: () => void = () => {}): AttemptCounter {
  const underWay = new Map<string, number>();
  const count = (endpoint: string, more: 1 | -1): number => {
    const now = (underWay.get(endpoint) ?? 0) + more;
    if (now > 0) underWay.set(endpoint, now);
    else underWay.delete(endpoint);
    return now;
  };
  return {
    fullEndpoints: () => [...underWay].filter(([, n]) => n >= ATTEMPTS_AT_ONCE).map(([endpoint]) => endpoint),
    countWork: (endpoint, work) => {
      count(endpoint, 1);
      return async () => {
        await work();
        if (count(endpoint, -1) === ATTEMPTS_AT_ONCE - 1) roomAgain();
      };
    },
  };
}
