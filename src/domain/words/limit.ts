/**
 * How often a caller may call: policies, and the token bucket by which one is held to. Tokens come back at an even rate;
 * what was not used is there for a burst. `RateLimit` and `RateLimit-Policy` as draft-ietf-httpapi-ratelimit-headers-10
 * has them.
 */

import { z } from 'zod';

/** `quota` calls in `window` seconds. */
export interface LimitPolicy {
  readonly quota: number;
  readonly window: number;
}

/** Whom each policy is for; the name is what the header fields say. */
export const DEFAULT_POLICIES = {
  /** A focal point's own system, once its signature is verified. */
  'focal-point': { quota: 3_000, window: 60 },
  'access-key': { quota: 3_000, window: 60 },
  /** Another gateway, which brings the calls of all its desks. */
  gateway: { quota: 12_000, window: 60 },
  /** One person's account in a channel. */
  account: { quota: 60, window: 60 },
  /** One account that is linked to nobody, and all of these in a channel together. */
  stranger: { quota: 10, window: 60 },
  strangers: { quota: 60, window: 60 },
  /** A network address that reads what anybody may read. */
  public: { quota: 1_200, window: 60 },
  /** A network address whose calls prove nobody. */
  unproven: { quota: 60, window: 60 },
} as const satisfies Record<string, LimitPolicy>;

export type PolicyName = keyof typeof DEFAULT_POLICIES;
export type LimitPolicies = Readonly<Record<PolicyName, LimitPolicy>>;

export const POLICY_NAMES = Object.keys(DEFAULT_POLICIES) as [PolicyName, ...PolicyName[]];

/** Tokens there were at an instant, in milliseconds. Below zero where more was used than there was. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** What is left to a caller. */
export interface RemainingCalls {
  readonly policy: PolicyName;
  /** Whole calls. */
  readonly remaining: number;
  /** Seconds until there is one more. */
  readonly more: number;
}

const perMs = ({ quota, window }: LimitPolicy): number => quota / (window * 1_000);

/** A bucket at `now` that holds at most `size` tokens; a full one where there was none. A clock set back adds nothing. */
export function refillBucket(
  bucket: Bucket | undefined,
  policy: LimitPolicy,
  size: number,
  now: number,
): Bucket {
  if (bucket === undefined) return { tokens: size, at: now };
  const since = Math.max(0, now - bucket.at);
  return { tokens: Math.min(size, bucket.tokens + since * perMs(policy)), at: now };
}

/** A bucket after this many tokens were used. The debt is never larger than the bucket, so that it ends. */
export const drawFromBucket = ({ tokens, at }: Bucket, used: number, size: number): Bucket => ({
  tokens: Math.max(-size, tokens - used),
  at,
});

/** What a bucket leaves to its caller. */
export function remainingOf({ tokens }: Bucket, name: PolicyName, policy: LimitPolicy): RemainingCalls {
  const next = Math.max(1, Math.floor(tokens) + 1);
  const more = Math.max(1, Math.ceil((next - tokens) / perMs(policy) / 1_000));
  return { policy: name, remaining: Math.max(0, Math.floor(tokens)), more };
}

/** The field `RateLimit-Policy` (section 3). */
export const formatPolicyField = (name: PolicyName, { quota, window }: LimitPolicy): string =>
  `"${name}";q=${quota};w=${window}`;

/** The field `RateLimit` (section 4). */
export const formatLimitField = ({ policy, remaining, more }: RemainingCalls): string =>
  `"${policy}";r=${remaining};t=${more}`;

/** What one caller used up under a policy. */
export const useSchema = z.tuple([
  z.enum(POLICY_NAMES),
  z.string().min(1).max(300),
  z.int().min(1).max(1_000_000_000),
]);
export type CallUse = z.infer<typeof useSchema>;

/** What one process tells the others, by its name: what it let through since it last spoke. */
export const toldUseSchema = z.strictObject({
  process: z.string().min(1).max(64),
  used: z.array(useSchema).max(1_000),
});
export type ToldUse = z.infer<typeof toldUseSchema>;
