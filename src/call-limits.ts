/**
 * Limits per caller in one process. Each caller has a token bucket for each policy. Of several processes on one database
 * each gives a caller its share of the burst, and every few seconds they tell each other what they gave
 * (`flow/limit-sharing.ts`), so that together they give what the policy says. Nothing is written for a call.
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

/** Buckets of one policy that are remembered, the longest unused forgotten first: memory is bounded. */
const REMEMBERED = 10_000;

/** What another process must have said within this time to count as running, in milliseconds. */
const HEARD = 60_000;

/** How many callers others are told of at once; who used least is left out. */
const TOLD = 400;

export interface CallLimits {
  readonly policies: LimitPolicies;
  /** Uses one call up. False where none is left; then nothing is used up. */
  take(policy: PolicyName, caller: string): boolean;
  /** Uses up what was done already, into debt where need be. */
  charge(policy: PolicyName, caller: string): void;
  left(policy: PolicyName, caller: string): RemainingCalls;
  /** What was used here since it was last asked. */
  use(): readonly CallUse[];
  /** What another process, by its name, said that it gave since it last spoke. */
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
  /** The youngest stands last. */
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
