/**
 * Which designation of a focal point is in force at a time, which of its keys, and what a withdrawal ends. A
 * gateway keeps every version, so the same rules answer for signatures made years ago.
 */
import { z } from 'zod';
import { Refusal } from '../words/error.ts';
import { country, type Designation, did, instant, isInForceAt, type PublicJwk, slug } from './designation.ts';

/** Why a designation is withdrawn: the reason codes of RFC 5280 §5.3.1 that fit a focal point. */
export const WITHDRAWAL_REASONS = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const;

/** The statement by which an authority ends a designation early. */
export const withdrawalSchema = z.strictObject({
  kind: z.literal('withdrawal'),
  authority: country,
  country,
  focal_point: did,
  slug,
  reason: z.enum(WITHDRAWAL_REASONS),
  /**
   * Signatures of the focal point from this instant on are not valid. Traffic stops as soon as the withdrawal is
   * known.
   */
  from: instant,
  /** All designations that begin at this instant or earlier end. So importing an older one again has no effect. */
  through: instant,
});
export type Withdrawal = z.infer<typeof withdrawalSchema>;

const time = (text: string): number => Date.parse(text);

/** Whether a withdrawal ends this designation. An authority can end only designations of its own country. */
export const isEndedBy = (
  one: Withdrawal,
  version: Pick<Designation, 'focal_point' | 'country' | 'from'>,
): boolean =>
  one.focal_point === version.focal_point &&
  one.country === version.country &&
  time(version.from) <= time(one.through);

/** The keys that have not retired, in the order of the list: the newest is last. */
const unretiredKeysOf = (
  keys: readonly PublicJwk[],
  retires: Designation['retires'],
  at: Date,
): PublicJwk[] =>
  keys.filter(({ kid }) => {
    const end = retires?.[kid];
    return end === undefined || at.getTime() < time(end);
  });

/**
 * Checks that every retiring key is listed, and that one key of each use lasts until the designation ends.
 * @throws Refusal `statement-refused`
 */
export function checkRetiringKeys({ keys, retires, until }: Designation): void {
  if (retires === undefined) return;
  const listed = [...keys.signing, ...keys.agreement].map(({ kid }) => kid);
  if (!Object.keys(retires).every((kid) => listed.includes(kid)))
    throw new Refusal('statement-refused', 'a retiring key is not listed');
  const last = new Date(time(until) - 1);
  if ([keys.signing, keys.agreement].some((list) => unretiredKeysOf(list, retires, last).length === 0))
    throw new Refusal('statement-refused', 'all keys of one use retire before the designation ends');
}

/**
 * The version in force among designations of one focal point or one gateway: the one that began last. If none has
 * begun, the one that begins first.
 */
export function versionAt<T extends { readonly from: string }>(
  versions: readonly T[],
  at: Date,
): T | undefined {
  const inOrder = versions.toSorted((a, b) => time(a.from) - time(b.from));
  return inOrder.findLast((one) => time(one.from) <= at.getTime()) ?? inOrder[0];
}

/**
 * The statement about a gateway that verifies its signature of that time: the version in force then. Undefined if
 * that version had ended, because a signature after the end is not valid.
 */
export function gatewayVersionAt<T extends { readonly from: string; readonly until: string }>(
  versions: readonly T[],
  at: Date,
): T | undefined {
  const version = versionAt(versions, at);
  return version !== undefined && at.getTime() < time(version.until) ? version : undefined;
}

const withKeys = <T extends Designation>(version: T, at: Date): T => ({
  ...version,
  keys: {
    signing: unretiredKeysOf(version.keys.signing, version.retires, at),
    agreement: unretiredKeysOf(version.keys.agreement, version.retires, at),
  },
});

const untilEarliest = <T extends Designation>(version: T, ended: readonly number[]): T => {
  const until = Math.min(time(version.until), ...ended);
  return until === time(version.until) ? version : { ...version, until: new Date(until).toISOString() };
};

/**
 * The designation of a focal point that is in force now: without retired keys, and ended if it is withdrawn, even
 * if the authority's clock is ahead of ours. Undefined if there is no version.
 */
export function effectiveDesignation<T extends Designation>(
  versions: readonly T[],
  withdrawals: readonly Withdrawal[],
  now: Date,
): T | undefined {
  const version = versionAt(versions, now);
  if (version === undefined) return undefined;
  const ended = withdrawals.filter((one) => isEndedBy(one, version)).map((one) => time(one.from));
  const known = ended.length === 0 ? [] : [...ended, now.getTime()];
  return untilEarliest(withKeys(version, now), known);
}

/** The designation that was in force at a time in the past; undefined if there was none. */
export function designationInForceAt<T extends Designation>(
  versions: readonly T[],
  withdrawals: readonly Withdrawal[],
  at: Date,
): T | undefined {
  const version = versionAt(versions, at);
  return version && versionInForceAt(version, withdrawals, at);
}

/** One version as it was at a time, for a step that relied on it. Undefined if it was not in force then. */
export function versionInForceAt<T extends Designation>(
  version: T,
  withdrawals: readonly Withdrawal[],
  at: Date,
): T | undefined {
  const ended = withdrawals.filter((one) => isEndedBy(one, version)).map((one) => time(one.from));
  const one = untilEarliest(withKeys(version, at), ended);
  return isInForceAt(one, at) ? one : undefined;
}
