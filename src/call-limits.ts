/**
 * Limits for each caller in one process. Each caller has a token bucket for each policy. With several processes on one database,
 * each process gives a caller its share of the burst. Every few seconds they tell each other what they gave
 * (`flow/limit-sharing.ts`), so that together they keep to the policy. A call itself writes nothing to the database.
 */
import {
  type Bucket,
  type CallUse,
  drawFromBucket,
  type LimitPolicies,
  POLICY_NAMES,
  type PolicyName,
  type RemainingCalls,
  refillBucket,
  remainingOf,
} from './domain/words/limit.ts';

/** How many buckets of one policy are kept in memory. The longest unused one is forgotten first. */
const REMEMBERED = 10_000;

/** A process that has reported nothing for this time does not count as running. Milliseconds. */
const HEARD = 60_000;

/** How many callers one report names; those with the least use are left out. */
const TOLD = 400;

export interface CallLimits {
  readonly policies: LimitPolicies;
  /** Uses up one call. @returns false if none is left; then nothing is used up */
  take(policy: PolicyName, caller: string): boolean;
  /** Uses up a call that already happened, below zero if necessary. */
  charge(policy: PolicyName, caller: string): void;
  left(policy: PolicyName, caller: string): RemainingCalls;
  /** Returns the use in this process since the last call of this function. */
  use(): readonly CallUse[];
  /** Takes the report of another process, by its name, on what it gave since its last report. */
  heard(process: string, uses: readonly CallUse[]): void;
}

interface Parts {
  readonly policies: LimitPolicies;
  readonly now: () => Date;
}

export function createCallLimits({ policies, now }: Parts): CallLimits {
  const tables = new Map(POLICY_NAMES.map((name) => [name, new Map<string, Bucket>()]));
  const processes = new Map<string, number>();
  let used = new Map<string, CallUse>();

  const sizeOf = (name: PolicyName): number => {
    for (const [process, at] of processes) if (now().getTime() - at > HEARD) processes.delete(process);
    return Math.max(1, Math.floor(policies[name].quota / (processes.size + 1)));
  };
  const bucketOf = (name: PolicyName, caller: string): Bucket =>
    refillBucket(tables.get(name)?.get(caller), policies[name], sizeOf(name), now().getTime());
  /** Keeps the most recently used bucket last. */
  const put = (name: PolicyName, caller: string, bucket: Bucket): void => {
    const table = tables.get(name);
    table?.delete(caller);
    table?.set(caller, bucket);
    const [oldest] = table !== undefined && table.size > REMEMBERED ? table.keys() : [];
    if (oldest !== undefined) table?.delete(oldest);
  };
  const draw = (name: PolicyName, caller: string, count: number): void =>
    put(name, caller, drawFromBucket(bucketOf(name, caller), count, sizeOf(name)));
  const charge = (name: PolicyName, caller: string): void => {
    draw(name, caller, 1);
    const key = `${name} ${caller}`;
    const before = used.get(key)?.[2] ?? 0;
    if (before > 0 || used.size < REMEMBERED) used.set(key, [name, caller, before + 1]);
  };

  return {
    policies,
    take: (name, caller) => {
      if (bucketOf(name, caller).tokens < 1) return false;
      charge(name, caller);
      return true;
    },
    charge,
    left: (name, caller) => remainingOf(bucketOf(name, caller), name, policies[name]),
    use: () => {
      const all = [...used.values()];
      used = new Map();
      return all.toSorted((one, other) => other[2] - one[2]).slice(0, TOLD);
    },
    heard: (process, uses) => {
      if (processes.size < REMEMBERED) processes.set(process, now().getTime());
      for (const [name, caller, count] of uses) draw(name, caller, count);
    },
  };
}
