/** A memory of what was worked out before: bounded in size, and each thing in time, by what it depends on. */

export interface BoundedMemory<Value> {
  /**
   * What is remembered under the name and still counts at `now`. Without `now`, only what depends on nothing that ends.
   * Where nothing is found, everything that is over by then is forgotten.
   */
  get(name: string, now?: Date): Value | undefined;
  /** Remembers a value until that instant, or where it depends on nothing that ends, without one; the oldest makes room. */
  keep(name: string, value: Value, until?: Date): void;
  forget(name: string): void;
}

/** @param size how many values are remembered at most */
export function createBoundedMemory<Value>(size: number): BoundedMemory<Value> {
  const kept = new Map<string, { readonly value: Value; readonly until: number }>();
  return {
    get(name, now) {
      const found = kept.get(name);
      if (found !== undefined && (now?.getTime() ?? LAST) < found.until) return found.value;
      if (now !== undefined)
        for (const [other, { until }] of kept) if (until <= now.getTime()) kept.delete(other);
      return undefined;
    },
    keep(name, value, until) {
      kept.delete(name);
      const [oldest] = kept.keys();
      if (kept.size >= size && oldest !== undefined) kept.delete(oldest);
      kept.set(name, { value, until: until?.getTime() ?? Number.POSITIVE_INFINITY });
    },
    forget(name) {
      kept.delete(name);
    },
  };
}

/** The last instant that a `Date` can say, in milliseconds. */
const LAST = 8.64e15;
