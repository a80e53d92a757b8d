/**
 * The calendar of a country: zone, working days and hours, holidays and quiet hours. Results do not depend on the
 * zone of the machine, so every gateway computes the same instants.
 */
import { z } from 'zod';
import { calendarDate, did } from '../party/designation.ts';
import {
  hourOfDay,
  instantOfLocal,
  localDayOf,
  localMinutesOf,
  minutesOfHour,
  timeZone,
} from '../words/zone.ts';

/** With less working time, the longest clock of an agreement would take centuries. */
const LEAST_MINUTES_A_WEEK = 600;

const workingHours = z
  .strictObject({
    /** ISO 8601: 1 Monday to 7 Sunday. */
    days: z
      .array(z.int().min(1).max(7))
      .min(1)
      .max(7)
      .refine((list) => new Set(list).size === list.length, 'must differ'),
    from: hourOfDay,
    to: hourOfDay,
    /** Local dates without work. */
    holidays: z.array(calendarDate).max(1_000).default([]),
  })
  .refine((one) => minutesOfHour(one.from) < minutesOfHour(one.to), {
    path: ['to'],
    message: 'must be after from',
  })
  .refine(
    (one) => (minutesOfHour(one.to) - minutesOfHour(one.from)) * one.days.length >= LEAST_MINUTES_A_WEEK,
    'must add up to ten hours a week or more',
  );
export type WorkingHours = z.infer<typeof workingHours>;

/** Local hours in which nobody is reminded; they may pass midnight. */
const quietHours = z
  .strictObject({ from: hourOfDay, to: hourOfDay })
  .refine(
    (one) => minutesOfHour(one.from) % 1_440 !== minutesOfHour(one.to) % 1_440,
    'must leave hours that are not quiet',
  );
type QuietHours = z.infer<typeof quietHours>;

/** One country's time, as an agreement states it. */
export const calendarSchema = z.strictObject({
  zone: timeZone,
  /** Focal points in another zone of the country, or abroad. */
  desks: z.record(did, timeZone).optional(),
  hours: z.union([z.literal('24x7'), workingHours]).default('24x7'),
  quiet_hours: quietHours.optional(),
});
type Calendar = z.infer<typeof calendarSchema>;

/** The local time of a focal point: its zone and its working hours. */
export interface LocalTime {
  readonly zone: string;
  readonly hours: '24x7' | WorkingHours;
  readonly quiet?: QuietHours | undefined;
}

/** For a country without a calendar, and for immediate messages. */
export const ROUND_THE_CLOCK: LocalTime = { zone: 'UTC', hours: '24x7' };

/** The local time of a focal point by its country's calendar. */
export function localTimeOf(of: Calendar | undefined, focalPoint: string): LocalTime {
  if (of === undefined) return ROUND_THE_CLOCK;
  return { zone: of.desks?.[focalPoint] ?? of.zone, hours: of.hours, quiet: of.quiet_hours };
}

/** Returns `at`, or the end of the focal point's quiet hours if `at` is within them. */
export function afterQuietHours(at: Date, { zone, quiet }: LocalTime): Date {
  if (quiet === undefined) return at;
  const [from, to] = [minutesOfHour(quiet.from) % 1_440, minutesOfHour(quiet.to) % 1_440];
  const now = localMinutesOf(at, zone);
  const today = localDayOf(at, zone);
  if (from < to) return now >= from && now < to ? instantOfLocal(today, to, zone) : at;
  if (now >= from) return instantOfLocal(today + 1, to, zone);
  return now < to ? instantOfLocal(today, to, zone) : at;
}
