/** A cache of computed values, bounded in size. Each value expires with the thing that it depends on. */

export interface BoundedMemory<Value> {
  /**
   * The value under this name if it is still valid at `now`. Without `now`, only a value that never expires. If
   * nothing is found, all values that have expired by `now` are removed.
   */
  get(name: string, now?: Date): Value | undefined;
  /**
   * Keeps a value until that instant, or without an end if it never expires. The oldest value is removed if there
   * is no room.
   */
  keep(name: string, value: Value, until?: Date): void;
  forget(name: string): void;
}

/** @param size the most values that are kept */
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

/** The last instant that a `Date` can represent, in milliseconds. */
const LAST = 8.64e15;
