/**
 * How often a caller may call: policies, and the token bucket by which one is held to. Tokens come back at an even rate;
 * what was not used is there for a burst. `RateLimit` and `RateLimit-Policy` as draft-ietf-httpapi-ratelimit-headers-10
 * has them.
 */

import { z } from 'zod';

/** `quota` calls in `window` seconds. */
export interface Policy {
  readonly quota: number;
  readonly window: number;
}

/** Whom each policy is for; the name is what the header fields say. */
export const POLICIES = {
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
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof POLICIES;
export type Policies = Readonly<Record<PolicyName, Policy>>;

export const POLICY_NAMES = Object.keys(POLICIES) as [PolicyName, ...PolicyName[]];

/** Tokens there were at an instant, in milliseconds. Below zero where more was used than there was. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** What is left to a caller. */
export interface Left {
  readonly policy: PolicyName;
  /** Whole calls. */
  readonly remaining: number;
  /** Seconds until there is one more. */
  readonly more: number;
}

const perMs = ({ quota, window }: Policy): number => quota / (window * 1_000);

/** A bucket at `now` that holds at most `size` tokens; a full one where there was none. A clock set back adds nothing. */
export function refilled(bucket: Bucket | undefined, policy: Policy, size: number, now: number): Bucket {
  if (bucket === undefined) return { tokens: size, at: now };
  const since = Math.max(0, now - bucket.at);
  return { tokens: Math.min(size, bucket.tokens + since * perMs(policy)), at: now };
}

/** A bucket after this many tokens were used. The debt is never larger than the bucket, so that it ends. */
export const drawn = ({ tokens, at }: Bucket, used: number, size: number): Bucket => ({
  tokens: Math.max(-size, tokens - used),
  at,
});

/** What a bucket leaves to its caller. */
export function leftIn({ tokens }: Bucket, name: PolicyName, policy: Policy): Left {
  const next = Math.max(1, Math.floor(tokens) + 1);
  const more = Math.max(1, Math.ceil((next - tokens) / perMs(policy) / 1_000));
  return { policy: name, remaining: Math.max(0, Math.floor(tokens)), more };
}

/** The field `RateLimit-Policy` (section 3). */
export const policyField = (name: PolicyName, { quota, window }: Policy): string =>
  `"${name}";q=${quota};w=${window}`;

/** The field `RateLimit` (section 4). */
export const limitField = ({ policy, remaining, more }: Left): string =>
  `"${policy}";r=${remaining};t=${more}`;

/** What one caller used up under a policy. */
export const use = z.tuple([
  z.enum(POLICY_NAMES),
  z.string().min(1).max(300),
  z.int().min(1).max(1_000_000_000),
]);
export type Use = z.infer<typeof use>;

/** What one process tells the others, by its name: what it let through since it last spoke. */
export const toldUse = z.strictObject({ process: z.string().min(1).max(64), used: z.array(use).max(1_000) });
export type ToldUse = z.infer<typeof toldUse>;
