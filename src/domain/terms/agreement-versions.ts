/**
 * Agreements beside each other: which version may follow which, and where two agreements speak of the same carriage.
 * Of versions of one agreement the highest that has begun counts alone; of several agreements that cover a carriage, the
 * one that began last.
 */

import { Refusal } from '../words/error.ts';
import type { Agreement } from './agreement.ts';

const time = (text: string): number => Date.parse(text);

/**
 * The order in which agreements that cover a carriage count, the first alone: the one that began last; of one instant
 * the higher version, then the lower id, so that every gateway comes to the same.
 */
export const compareByPrecedence = (
  a: Pick<Agreement, 'id' | 'version' | 'from'>,
  b: Pick<Agreement, 'id' | 'version' | 'from'>,
): number => time(b.from) - time(a.from) || b.version - a.version || (a.id < b.id ? -1 : 1);

/**
 * Checks that a new version has its place among those that are kept: between the same parties, and beginning after every
 * lower version and before every higher one, so that at each instant it is plain which counts. The same version again is
 * for the store to judge.
 * @throws Refusal `statement-refused`
 */
export function checkAgreementVersion(one: Agreement, kept: readonly Agreement[]): void {
  const others = kept.filter((other) => other.id === one.id && other.version !== one.version);
  if (others.some((other) => !isSameSet(other.parties, one.parties)))
    throw new Refusal('statement-refused', 'an agreement of that id is kept between other countries');
  const lower = others.filter((other) => other.version < one.version);
  if (lower.some((other) => time(other.from) >= time(one.from)))
    throw new Refusal('statement-refused', 'it must begin after every version before it that is kept');
  const higher = others.filter((other) => other.version > one.version);
  if (higher.some((other) => time(other.from) <= time(one.from)))
    throw new Refusal('statement-refused', 'a higher version that is kept begins no later');
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each));

interface Period {
  readonly from: number;
  readonly until: number;
}

/** When a version counts: until it ends, or the next one that is kept begins. */
function periodOf(one: Agreement, all: readonly Agreement[]): Period {
  const next = all.filter((other) => other.id === one.id && other.version > one.version);
  return {
    from: time(one.from),
    until: Math.min(time(one.until), ...next.map((other) => time(other.from))),
  };
}

/** The country of a focal point, undefined where it is not known. */
export type CountryLookup = (did: string) => string | undefined;

/**
 * The other agreements of which some rule covers what some rule of this one covers, while both count, from `now` on. A
 * focal point that is not known may be of any country.
 */
export function findOverlaps(
  one: Agreement,
  kept: readonly Agreement[],
  countryOf: CountryLookup,
  now: Date,
): readonly Agreement[] {
  const all = [...kept.filter((other) => other.id !== one.id || other.version !== one.version), one];
  const own = periodOf(one, all);
  return kept.filter((other) => {
    if (other.id === one.id) return false;
    const its = periodOf(other, all);
    const meets = Math.max(own.from, its.from, now.getTime()) < Math.min(own.until, its.until);
    return meets && one.rules.some((rule) => other.rules.some((each) => covers(rule, each, countryOf)));
  });
}

type Rule = Agreement['rules'][number];

const covers = (one: Rule, other: Rule, countryOf: CountryLookup): boolean =>
  meet(one.types, other.types) &&
  meet(one.handling, other.handling) &&
  sidesMeet(one.from, other.from, countryOf) &&
  sidesMeet(one.to, other.to, countryOf);

const meet = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((each) => other.includes(each));

/** A country's two letters are no DID. */
const isCountry = (side: string): boolean => side.length === 2;

const sidesMeet = (one: readonly string[], other: readonly string[], countryOf: CountryLookup): boolean =>
  one.some((a) => other.some((b) => a === b || isOf(a, b, countryOf) || isOf(b, a, countryOf)));

function isOf(country: string, party: string, countryOf: CountryLookup): boolean {
  if (!isCountry(country) || isCountry(party)) return false;
  return (countryOf(party) ?? country) === country;
}
