/**
 * Adds and counts working time. Whole weeks are multiplied instead of walked, so the cost does not depend on the
 * distance of two instants.
 */

import { dateOf, instantOfLocal, localDayOf, minutesOfHour, weekdayOf } from '../words/zone.ts';
import { daysNearChanges } from '../words/zone-changes.ts';
import type { LocalTime, WorkingHours } from './calendar.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

/** Days that are walked one by one before weeks are multiplied. Most deadlines are within them. */
const WALKED = 8;

interface ZonedHours {
  readonly zone: string;
  readonly hours: WorkingHours;
}

/** Opening and closing time in milliseconds since the epoch. */
interface Opening {
  readonly opens: number;
  readonly closes: number;
}

/**
 * The instant at which `seconds` of working time have passed since `from`. If the time ends with a working day, the
 * instant is when the office closes, not when it opens again.
 */
export function addWorkingTime(from: Date, seconds: number, { zone, hours }: LocalTime): Date {
  let left = Math.round(seconds * 1_000);
  if (hours === '24x7' || left <= 0) return new Date(from.getTime() + Math.max(0, left));
  const focalPoint = { zone, hours };
  const first = localDayOf(from, zone);
  for (let day = first; day < first + WALKED; day++) {
    const open = openingOn(day, focalPoint);
    if (open === undefined) continue;
    const start = Math.max(open.opens, from.getTime());
    const usable = Math.max(0, open.closes - start);
    if (left <= usable) return new Date(start + left);
    left -= usable;
  }
  return dueOnOrAfter(first + WALKED, left, focalPoint);
}

/** Seconds of working time between two instants; 0 if `to` is not after `from`. */
export function countWorkingSeconds(from: Date, to: Date, { zone, hours }: LocalTime): number {
  if (to <= from) return 0;
  if (hours === '24x7') return (to.getTime() - from.getTime()) / 1_000;
  const focalPoint = { zone, hours };
  const [first, last] = [localDayOf(from, zone), localDayOf(to, zone)];
  const within = (one: number, other: number): number => {
    let sum = 0;
    for (let day = one; day <= other; day++) sum += openBetween(openingOn(day, focalPoint), from, to);
    return sum;
  };
  if (last - first < WALKED) return within(first, last) / 1_000;
  return (
    (within(first, first + 1) + openOnWholeDays(first + 2, last - 2, focalPoint) + within(last - 1, last)) /
    1_000
  );
}

/** Milliseconds of an opening between two instants. */
function openBetween(open: Opening | undefined, from: Date, to: Date): number {
  if (open === undefined) return 0;
  return Math.max(0, Math.min(open.closes, to.getTime()) - Math.max(open.opens, from.getTime()));
}

/** Opening and closing time on a local day; undefined if the office stays closed. */
function openingOn(day: number, { zone, hours }: ZonedHours): Opening | undefined {
  if (!hours.days.includes(weekdayOf(day)) || hours.holidays.includes(dateOf(day))) return undefined;
  return {
    opens: instantOfLocal(day, minutesOfHour(hours.from), zone).getTime(),
    closes: instantOfLocal(day, minutesOfHour(hours.to), zone).getTime(),
  };
}

const lengthOf = (open: Opening | undefined): number =>
  open === undefined ? 0 : Math.max(0, open.closes - open.opens);

/** Milliseconds of a working day without a clock change. */
const nominalLength = ({ from, to }: WorkingHours): number =>
  (minutesOfHour(to) - minutesOfHour(from)) * MINUTE;

/**
 * Milliseconds of working time on the local days `first` to `last`. Days near a clock change have their real
 * length, all others the nominal one.
 */
function openOnWholeDays(first: number, last: number, localTime: ZonedHours): number {
  const { hours, zone } = localTime;
  const nominal = nominalLength(hours);
  let sum = countWorkingDays(first, last, hours) * nominal;
  for (const day of daysNearChanges(zone, first, last)) {
    const open = openingOn(day, localTime);
    if (open !== undefined) sum += lengthOf(open) - nominal;
  }
  return sum;
}

function countWorkingDays(first: number, last: number, { days, holidays }: WorkingHours): number {
  if (last < first) return 0;
  const weeks = Math.floor((last - first + 1) / 7);
  let count = weeks * days.length;
  for (let day = first + weeks * 7; day <= last; day++) if (days.includes(weekdayOf(day))) count += 1;
  for (const date of new Set(holidays)) {
    const day = Date.parse(date) / DAY;
    if (day >= first && day <= last && days.includes(weekdayOf(day))) count -= 1;
  }
  return count;
}

/**
 * The instant at which `left` milliseconds of working time have passed since the start of the local day `first`.
 * Nominal lengths give a day nearby; from there real lengths are used.
 */
function dueOnOrAfter(first: number, left: number, localTime: ZonedHours): Date {
  let day = dayByNominalLength(first, left, localTime.hours);
  let rest = left - openOnWholeDays(first, day - 1, localTime);
  while (rest <= 0) rest += lengthOf(openingOn(--day, localTime));
  for (;;) {
    const open = openingOn(day, localTime);
    if (open !== undefined && rest <= lengthOf(open)) return new Date(open.opens + rest);
    rest -= lengthOf(open);
    day += 1;
  }
}

/** The local day on which `left` milliseconds are used up if no clock changes, by doubling and binary search. */
function dayByNominalLength(first: number, left: number, hours: WorkingHours): number {
  const wanted = left / nominalLength(hours);
  let [low, high] = [first - 1, first];
  while (countWorkingDays(first, high, hours) < wanted) {
    low = high;
    high = first + (high - first + 1) * 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (countWorkingDays(first, middle, hours) < wanted) low = middle;
    else high = middle;
  }
  return high;
}
