/**
 * Rate limits: policies, and the token bucket that enforces them. Tokens return at an even rate; unused tokens
 * allow a burst. The header fields `RateLimit` and `RateLimit-Policy` follow
 * draft-ietf-httpapi-ratelimit-headers-10.
 */

import { z } from 'zod';

/** At most `quota` calls in `window` seconds. */
interface LimitPolicy {
  readonly quota: number;
  readonly window: number;
}

/** The default policies. Each name appears in the header fields. */
export const DEFAULT_POLICIES = {
  /** A focal point's own system, once its signature is verified. */
  'focal-point': { quota: 3_000, window: 60 },
  'access-key': { quota: 3_000, window: 60 },
  /** Another gateway. It brings the calls of all its focal points. */
  gateway: { quota: 12_000, window: 60 },
  /** The account of one person in a channel. */
  account: { quota: 60, window: 60 },
  /**
   * An account that is linked to no officer (`stranger`), and all such accounts of a channel together
   * (`strangers`).
   */
  stranger: { quota: 10, window: 60 },
  strangers: { quota: 60, window: 60 },
  /** A network address that reads public routes. */
  public: { quota: 1_200, window: 60 },
  /** A network address whose calls are not authenticated. */
  unproven: { quota: 60, window: 60 },
} as const satisfies Record<string, LimitPolicy>;

export type PolicyName = keyof typeof DEFAULT_POLICIES;
export type LimitPolicies = Readonly<Record<PolicyName, LimitPolicy>>;

export const POLICY_NAMES = Object.keys(DEFAULT_POLICIES) as [PolicyName, ...PolicyName[]];

/** The tokens of a caller at an instant in milliseconds. Below zero if the caller used more than it had. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** The calls that a caller has left. */
export interface RemainingCalls {
  readonly policy: PolicyName;
  /** Whole calls. */
  readonly remaining: number;
  /** Seconds until one more call is allowed. */
  readonly more: number;
}

const perMs = ({ quota, window }: LimitPolicy): number => quota / (window * 1_000);

/**
 * Refills a bucket up to `now`, to at most `size` tokens. A missing bucket starts full. A clock that was set back
 * adds nothing.
 */
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

/** Takes tokens from a bucket. The debt is at most one bucket, so that it is paid off in bounded time. */
export const drawFromBucket = ({ tokens, at }: Bucket, used: number, size: number): Bucket => ({
  tokens: Math.max(-size, tokens - used),
  at,
});

/** The calls that a bucket leaves to its caller. */
export function remainingOf({ tokens }: Bucket, name: PolicyName, policy: LimitPolicy): RemainingCalls {
  const next = Math.max(1, Math.floor(tokens) + 1);
  const more = Math.max(1, Math.ceil((next - tokens) / perMs(policy) / 1_000));
  return { policy: name, remaining: Math.max(0, Math.floor(tokens)), more };
}

/** The field `RateLimit-Policy` (section 3 of the draft). */
export const formatPolicyField = (name: PolicyName, { quota, window }: LimitPolicy): string =>
  `"${name}";q=${quota};w=${window}`;

/** The field `RateLimit` (section 4 of the draft). */
export const formatLimitField = ({ policy, remaining, more }: RemainingCalls): string =>
  `"${policy}";r=${remaining};t=${more}`;

/** Calls that one caller used under a policy: policy, caller, number. */
const useSchema = z.tuple([
  z.enum(POLICY_NAMES),
  z.string().min(1).max(300),
  z.int().min(1).max(1_000_000_000),
]);
export type CallUse = z.infer<typeof useSchema>;

/** A report of one process to the others: its name, and the calls it let through since its last report. */
export const toldUseSchema = z.strictObject({
  process: z.string().min(1).max(64),
  used: z.array(useSchema).max(1_000),
});
export type ToldUse = z.infer<typeof toldUseSchema>;
