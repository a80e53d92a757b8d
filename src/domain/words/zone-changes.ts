/** Finds the days on which a time zone changes its clocks. */
import { createBoundedMemory } from './bounded-memory.ts';
import { localDayOf, zoneOffsetAt } from './zone.ts';

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** No rules of a zone are known beyond these years; there every day has its nominal length. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2099;

/** Days by `zone/year`. They depend only on the time zone data of the runtime, which does not change while it runs. */
const known = createBoundedMemory<readonly number[]>(4_096);

/**
 * The local days near changes of the zone’s offset, between two local days (days since 1970-01-01, both inclusive):
 * the day of each change, the day before and the day after. Ascending, each day once.
 *
 * The offset is compared week by week, so two changes within one week that cancel each other are not found.
 */
export function daysNearChanges(zone: string, first: number, last: number): readonly number[] {
  const days = new Set<number>();
  const from = Math.max(FIRST_YEAR, yearOf(first - 1));
  const to = Math.min(LAST_YEAR, yearOf(last + 1));
  for (let year = from; year <= to; year++)
    for (const day of daysIn(zone, year)) if (day >= first && day <= last) days.add(day);
  return [...days].sort((one, other) => one - other);
}

const yearOf = (day: number): number => new Date(day * DAY).getUTCFullYear();

function daysIn(zone: string, year: number): readonly number[] {
  const name = `${zone}/${year}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const days = changesIn(zone, year).flatMap((change) => daysAround(change, zone));
  known.keep(name, days);
  return days;
}

function daysAround(change: number, zone: string): number[] {
  const first = localDayOf(new Date(change - 1), zone) - 1;
  const last = localDayOf(new Date(change), zone) + 1;
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

/** The instants of one UTC year, in milliseconds, at which the offset changes. */
function changesIn(zone: string, year: number): readonly number[] {
  const changes: number[] = [];
  const end = Date.UTC(year + 1, 0);
  for (let at = Date.UTC(year, 0); at < end; at += WEEK) {
    const next = Math.min(at + WEEK, end);
    if (zoneOffsetAt(at, zone) !== zoneOffsetAt(next, zone)) changes.push(changeBetween(zone, at, next));
  }
  return changes;
}

/** The first whole second with the new offset, by binary search. */
function changeBetween(zone: string, before: number, after: number): number {
  const old = zoneOffsetAt(before, zone);
  let [low, high] = [before / 1_000, after / 1_000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffsetAt(middle * 1_000, zone) === old) low = middle;
    else high = middle;
  }
  return high * 1_000;
}
