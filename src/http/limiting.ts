/**
 * Limits at the door. A call that proves who makes it is counted for that caller; one that proves nobody is counted for
 * its network address, so that honest callers behind one address do not use up each other's quota.
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
 * The mark of the network address that a call came from, never the address itself; undefined where that is not known.
 * `env` is what the runtime hands on with the request.
 */
export type MarkOf = (request: Request, env: unknown) => string | undefined;

/** Who makes a call, as far as it is known by now. */
export interface KnownCaller {
  /**
   * Says who the caller was proven to be, and counts the call.
   * @throws Refusal `too-many-requests`
   */
  proven(policy: PolicyName, name: string): void;
  /** Says who the caller was proven to be, where the call was counted already. */
  counted(policy: PolicyName, name: string): void;
  /** Says that the caller was proven, and that its calls are not counted here. */
  trusted(): void;
}

interface Known extends KnownCaller {
  readonly isProven: () => boolean;
  readonly left: () => RemainingCalls | undefined;
}

/** The asking of a call that is being answered. */
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

/** What an address has to have left to be heard. Where it proves nobody too often, proven callers behind it wait with it. */
const neededBy = (method: string, path: string): readonly PolicyName[] => {
  const isReading = method === 'GET' || method === 'HEAD';
  return isReading && !BY_KEY.test(path) ? ['unproven', 'public'] : ['unproven'];
};

/** What is read with a key only. Whoever has none is refused, and counted as such. */
const BY_KEY = /^\/v1\/(?:messages|threads|evidence)(?:\/|$)|^\/metrics$/;

/** Holds every call to its limits, and says in each answer what is left. Whether the process lives may always be asked. */
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

/** Counts a call of nobody: by how it ended, and not at all where the fault is ours. */
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

/** Of an answer that is made already only the header is changed: a new one around its body would copy that, for each caller. */
function say(context: Context, name: string, value: string): void {
  if (context.finalized) context.res.headers.set(name, value);
  else context.header(name, value);
}
