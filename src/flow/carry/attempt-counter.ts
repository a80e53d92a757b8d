/**
 * Counts the attempts under way to each endpoint. A gateway or system that lets them hang delays its own
 * deliveries only.
 */

/**
 * Most attempts to one endpoint at once. A claim brings no more of them, and none for an endpoint that is
 * full.
 */
export const ATTEMPTS_AT_ONCE = 16;

export interface AttemptCounter {
  /** Ids of the endpoints that have the most attempts under way. */
  fullEndpoints(): readonly string[];
  /** Counts a piece of work for its endpoint from now until it ends. The work must not reject. */
  countWork(endpoint: string, work: () => Promise<void>): () => Promise<void>;
}

/**
 * @param roomAgain is called when an endpoint is no longer full, to claim the deliveries that were left out
 */
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
