/** A memory of what was worked out before: bounded in size, and each thing in time, by what it depends on. */

export interface BoundedMemory<Value> {
  /** What is remembered under the name and still counts at `now`. */
  get(name: string, now: Date): Value | undefined;
  /** Remembers a value until that instant; the oldest makes room. */
  keep(name: string, value: Value, until: Date): void;
}

/** @param size how many values are remembered at most */
export function boundedMemory<Value>(size: number): BoundedMemory<Value> {
  const kept = new Map<string, { readonly value: Value; readonly until: number }>();
  return {
    get(name, now) {
      const found = kept.get(name);
      if (found === undefined) return undefined;
      if (now.getTime() < found.until) return found.value;
      kept.delete(name);
      return undefined;
    },
    keep(name, value, until) {
      kept.delete(name);
      const [oldest] = kept.keys();
      if (kept.size >= size && oldest !== undefined) kept.delete(oldest);
      kept.set(name, { value, until: until.getTime() });
    },
  };
}
