/**
 * Rate limits of calls. An authenticated call counts for its caller, any other call for its network address, so that honest callers
 * behind one address do not use up each other's quota.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { Refusal } from '../domain/words/error.ts';
import {
  formatLimitField,
  formatPolicyField,
  type PolicyName,
  type RemainingCalls,
} from '../domain/words/limit.ts';
import type { Gateway } from '../gateway.ts';
import type { Admitting } from '../gateway-parts.ts';

/**
 * Makes a mark of the network address of a call, never the address itself; undefined if the address is not known. `env` is
 * what the runtime passes with the request.
 */
export type MarkOf = (request: Request, env: unknown) => string | undefined;

/** The caller, as far as it is authenticated by now. */
interface KnownCaller {
  /**
   * Names the authenticated caller, and counts the call.
   * @throws Refusal `too-many-requests`
   */
  proven(policy: PolicyName, name: string): void;
  /** Names the authenticated caller of a call that was already counted. */
  counted(policy: PolicyName, name: string): void;
  /** Says that the caller is authenticated and that its calls are not counted. */
  trusted(): void;
}

interface Known extends KnownCaller {
  readonly isProven: () => boolean;
  readonly left: () => RemainingCalls | undefined;
}

/** The caller of the call that is being answered. */
export const knownCallerOf = (context: Context): KnownCaller => context.get('asking');

export const refusalOfLimit = (policy: PolicyName): Refusal =>
  Object.assign(new Refusal('too-many-requests', `the limit "${policy}" is reached`), { policy });

function makeAsking(limits: Gateway['limits']): Known {
  let isProven = false;
  let caller: readonly [PolicyName, string] | undefined;
  const counted = (policy: PolicyName, name: string): void => {
    isProven = true;
    caller = [policy, name];
  };
  return {
    counted,
    proven: (policy, name) => {
      counted(policy, name);
      if (!limits.take(policy, name)) throw refusalOfLimit(policy);
    },
    trusted: () => {
      isProven = true;
    },
    isProven: () => isProven,
    left: () => caller && limits.left(...caller),
  };
}

/** The policies in which an address must have calls left. After too many failed authentications, all callers behind it must wait. */
const neededBy = (method: string, path: string): readonly PolicyName[] => {
  const isReading = method === 'GET' || method === 'HEAD';
  return isReading && !BY_KEY.test(path) ? ['unproven', 'public'] : ['unproven'];
};

/** Routes that need a key. A call without a valid key is refused and counts for its address. */
const BY_KEY = /^\/v1\/(?:messages|threads|evidence)(?:\/|$)|^\/metrics$/;

/** Applies the limits to every call and tells the caller what is left. `/healthz` has no limit. */
export const createLimiting = ({ limits, metrics }: Admitting, markOf: MarkOf): MiddlewareHandler =>
  async function limit(context, next) {
    const asking = makeAsking(limits);
    context.set('asking', asking);
    if (context.req.path === '/healthz') return next();
    const mark = markOf(context.req.raw, context.env);
    const needed = neededBy(context.req.method, context.req.path);
    const empty = mark && needed.map((one) => limits.left(one, mark)).find((one) => one.remaining < 1);
    if (empty) {
      tell(context, limits, empty, true);
      metrics.limited(empty.policy);
      throw refusalOfLimit(empty.policy);
    }
    await next();
    const { status } = context.res;
    const left = asking.isProven() ? asking.left() : mark && countedFor(limits, mark, status);
    if (left) tell(context, limits, left, status === 429);
    if (left && status === 429) metrics.limited(left.policy);
  };

/** Counts an unauthenticated call by its status; not where the fault is the gateway's. */
function countedFor(limits: Gateway['limits'], mark: string, status: number): RemainingCalls | undefined {
  if (status >= 500) return undefined;
  const policy = status < 400 ? 'public' : 'unproven';
  limits.charge(policy, mark);
  return limits.left(policy, mark);
}

function tell(
  context: Context,
  { policies }: Gateway['limits'],
  left: RemainingCalls,
  isReached: boolean,
): void {
  say(context, 'ratelimit-policy', formatPolicyField(left.policy, policies[left.policy]));
  say(context, 'ratelimit', formatLimitField(left));
  if (isReached) say(context, 'retry-after', String(left.more));
}

/** Sets a header of a finished answer in place. A new answer would copy the body for each caller. */
function say(context: Context, name: string, value: string): void {
  if (context.finalized) context.res.headers.set(name, value);
  else context.header(name, value);
}
