/**
 * Rules between agreements: which version may follow which, and where two agreements cover the same messages. Of
 * one agreement, only the highest version that has begun is in force. Of several agreements that cover a message,
 * the one that began last applies.
 */

import { Refusal } from '../words/error.ts';
import type { Agreement } from './agreement.ts';

const time = (text: string): number => Date.parse(text);

/**
 * Sorts agreements that cover a message; only the first one applies: the one that began last; at the same instant
 * the higher version, then the lower id. So every gateway chooses the same.
 */
export const compareByPrecedence = (
  a: Pick<Agreement, 'id' | 'version' | 'from'>,
  b: Pick<Agreement, 'id' | 'version' | 'from'>,
): number => time(b.from) - time(a.from) || b.version - a.version || (a.id < b.id ? -1 : 1);

/**
 * Checks that a new version fits the stored ones: the same parties, and a beginning after every lower version and
 * before every higher one. So exactly one version is in force at each instant. The store handles a repeat of the
 * same version.
 * @throws Refusal `statement-refused`
 */
export function checkAgreementVersion(one: Agreement, kept: readonly Agreement[]): void {
  const others = kept.filter((other) => other.id === one.id && other.version !== one.version);
  if (others.some((other) => !isSameSet(other.parties, one.parties)))
    throw new Refusal('statement-refused', 'an agreement with this id exists between other countries');
  const lower = others.filter((other) => other.version < one.version);
  if (lower.some((other) => time(other.from) >= time(one.from)))
    throw new Refusal('statement-refused', 'it must begin after every stored lower version');
  const higher = others.filter((other) => other.version > one.version);
  if (higher.some((other) => time(other.from) <= time(one.from)))
    throw new Refusal('statement-refused', 'it must begin before every stored higher version');
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each));

interface Period {
  readonly from: number;
  readonly until: number;
}

/** The period of a version: until it ends, or until the next stored version begins. */
function periodOf(one: Agreement, all: readonly Agreement[]): Period {
  const next = all.filter((other) => other.id === one.id && other.version > one.version);
  return {
    from: time(one.from),
    until: Math.min(time(one.until), ...next.map((other) => time(other.from))),
  };
}

/** The country of a focal point; undefined if it is not known. */
type CountryLookup = (did: string) => string | undefined;

/**
 * Finds the other agreements that cover some of the same messages at the same time, from `now` on. An unknown focal
 * point may be of any country.
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

/** A side of two letters is a country; every other side is a DID. */
const isCountry = (side: string): boolean => side.length === 2;

const sidesMeet = (one: readonly string[], other: readonly string[], countryOf: CountryLookup): boolean =>
  one.some((a) => other.some((b) => a === b || isOf(a, b, countryOf) || isOf(b, a, countryOf)));

function isOf(country: string, party: string, countryOf: CountryLookup): boolean {
  if (!isCountry(country) || isCountry(party)) return false;
  return (countryOf(party) ?? country) === country;
}
