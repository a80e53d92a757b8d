/** Wall-clock time in a time zone: the local day of an instant, and the instant of a local hour. */
import { z } from 'zod';
import { createBoundedMemory } from './bounded-memory.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

/**
 * Making a format costs a thousand times more than using it. A format depends only on its zone, and there are about
 * 600 zones.
 */
const formats = createBoundedMemory<Intl.DateTimeFormat>(1_000);

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.keep(zone, made);
  return made;
}

function isZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** A zone by its name in the IANA Time Zone Database, such as Asia/Jakarta. Offsets and abbreviations are refused. */
export const timeZone = z
  .string()
  .max(64, { abort: true })
  .regex(/^(?:UTC|[A-Z][A-Za-z]+(?:\/[A-Z][A-Za-z_-]+)+)$/, 'must be an IANA time zone')
  .refine(isZone, 'must be an IANA time zone');

/** An hour of the day as `HH:MM`; `24:00` is the end of the day (ISO 8601-1:2019 §5.3.1). */
export const hourOfDay = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be HH:MM');

/** Minutes from the start of the day to an hour `HH:MM`. */
export const minutesOfHour = (hour: string): number => Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3));

/** Before this no zone has rules, only its local mean time. `Date.UTC` would also take the years 0 to 99 for 1900 to 1999. */
const EARLIEST = Date.UTC(1700, 0);

/** Milliseconds by which the zone's clocks are ahead of UTC at an instant (milliseconds since the epoch). */
export function zoneOffsetAt(at: number, zone: string): number {
  const instant = Math.max(at, EARLIEST);
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(instant / 1_000) * 1_000;
}

/** The local day of an instant, as days since 1970-01-01. */
export const localDayOf = (at: Date, zone: string): number =>
  Math.floor((at.getTime() + zoneOffsetAt(at.getTime(), zone)) / DAY);

/** Minutes from the start of the local day to an instant. */
export function localMinutesOf(at: Date, zone: string): number {
  const local = at.getTime() + zoneOffsetAt(at.getTime(), zone);
  return (local - Math.floor(local / DAY) * DAY) / MINUTE;
}

/**
 * The instant at which the wall clock shows `minutes` of a local day. The offset is looked up twice because it can
 * change on that day.
 */
export function instantOfLocal(day: number, minutes: number, zone: string): Date {
  const local = day * DAY + minutes * MINUTE;
  const guess = local - zoneOffsetAt(local, zone);
  return new Date(local - zoneOffsetAt(guess, zone));
}

/**
 * The first instant (UTC, milliseconds since the epoch) of a calendar date `YYYY-MM-DD`; undefined if there is no such day.
 * `Date` alone reads 31 February as a day of March.
 */
export function startOfDate(text: string): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(at) && dateOf(at / DAY) === text ? at : undefined;
}

/** The day of the week, 1 Monday to 7 Sunday (ISO 8601); 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** The calendar date of a local day, `YYYY-MM-DD`. */
export const dateOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
