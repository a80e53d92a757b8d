/**
 * The life of keys: which designation of a focal point counts at a time, which of its keys, and what a withdrawal
 * ends. A gateway keeps every version, so the same rules judge what was signed years ago.
 */
import { z } from 'zod';
import { Refusal } from '../words/error.ts';
import { country, type Designation, did, instant, isInForceAt, type PublicJwk, slug } from './designation.ts';

/** Why a designation is withdrawn: the reason codes of RFC 5280 §5.3.1 that fit a desk. */
export const WITHDRAWAL_REASONS = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const;

/** What an authority signs to end a designation before its time. */
export const withdrawalSchema = z.strictObject({
  kind: z.literal('withdrawal'),
  authority: country,
  country,
  focal_point: did,
  slug,
  reason: z.enum(WITHDRAWAL_REASONS),
  /** What the focal point signed from then on does not count. Traffic stops as soon as the withdrawal is known. */
  from: instant,
  /** Every designation that begins then or earlier is ended, so that an older one brought again changes nothing. */
  through: instant,
});
export type Withdrawal = z.infer<typeof withdrawalSchema>;

const time = (text: string): number => Date.parse(text);

/** Whether a withdrawal ends this designation. An authority ends its own country's only. */
export const isEndedBy = (
  one: Withdrawal,
  version: Pick<Designation, 'focal_point' | 'country' | 'from'>,
): boolean =>
  one.focal_point === version.focal_point &&
  one.country === version.country &&
  time(version.from) <= time(one.through);

/** Keys in the order they are listed, the newest last, without those that have retired. */
export const unretiredKeysOf = (
  keys: readonly PublicJwk[],
  retires: Designation['retires'],
  at: Date,
): PublicJwk[] =>
  keys.filter(({ kid }) => {
    const end = retires?.[kid];
    return end === undefined || at.getTime() < time(end);
  });

/**
 * Checks that every key said to retire is listed, and that one of each use is left to the end.
 * @throws Refusal `statement-refused`
 */
export function checkRetiringKeys({ keys, retires, until }: Designation): void {
  if (retires === undefined) return;
  const listed = [...keys.signing, ...keys.agreement].map(({ kid }) => kid);
  if (!Object.keys(retires).every((kid) => listed.includes(kid)))
    throw new Refusal('statement-refused', 'a key is said to retire that is not listed');
  const last = new Date(time(until) - 1);
  if ([keys.signing, keys.agreement].some((list) => unretiredKeysOf(list, retires, last).length === 0))
    throw new Refusal('statement-refused', 'no key of a use is left before the designation ends');
}

/**
 * The version that counts, of a focal point's designations or a gateway's: the one that began last; where none has
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
 * The statement about a gateway by which its signature of a time is judged: the version that counted then; undefined where
 * that had ended, for what is signed after the end is nobody's.
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
 * The designation of one focal point as it counts now: without retired keys, and ended where it is withdrawn, even
 * where the authority's clock is ahead of ours. Undefined where there is no version.
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

/** The designation as it counted at a time in the past; undefined where none was in force then. */
export function designationInForceAt<T extends Designation>(
  versions: readonly T[],
  withdrawals: readonly Withdrawal[],
  at: Date,
): T | undefined {
  const version = versionAt(versions, at);
  return version && versionInForceAt(version, withdrawals, at);
}

/** One version, as it counted at a time for whoever went by it; undefined where it was not in force then. */
export function versionInForceAt<T extends Designation>(
  version: T,
  withdrawals: readonly Withdrawal[],
  at: Date,
): T | undefined {
  const ended = withdrawals.filter((one) => isEndedBy(one, version)).map((one) => time(one.from));
  const one = untilEarliest(withKeys(version, at), ended);
  return isInForceAt(one, at) ? one : undefined;
}
