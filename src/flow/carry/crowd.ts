/**
 * How many tries to one endpoint are under way at once. Whoever lets them hang, a gateway that answers nothing or a
 * system that is down, holds up what is for itself and nothing else.
 */

/** One claim brings at most so many for an endpoint, and none for an endpoint that has so many under way. */
export const TO_ONE = 16;

export interface Crowd {
  /** The endpoints that have as many under way as they may have. */
  full(): readonly string[];
  /** Makes a piece of work count for its endpoint from now until it ends. It must not reject. */
  counted(endpoint: string, work: () => Promise<void>): () => Promise<void>;
}

/** @param roomAgain is called when an endpoint is full no longer: of what is due for it nothing was claimed */
export function createCrowd(roomAgain: () => void = () => {}): Crowd {
  const underWay = new Map<string, number>();
  const count = (endpoint: string, more: 1 | -1): number => {
    const now = (underWay.get(endpoint) ?? 0) + more;
    if (now > 0) underWay.set(endpoint, now);
    else underWay.delete(endpoint);
    return now;
  };
  return {
    full: () => [...underWay].filter(([, n]) => n >= TO_ONE).map(([endpoint]) => endpoint),
    counted: (endpoint, work) => {
      count(endpoint, 1);
      return async () => {
        await work();
        if (count(endpoint, -1) === TO_ONE - 1) roomAgain();
      };
    },
  };
}
