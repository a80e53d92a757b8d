/**
 * A country's time: its zone, working days and hours, holidays and quiet hours. The instants are the same at every gateway:
 * nothing here knows where it runs.
 */
import { z } from 'zod';
import { calendarDate, did } from '../party/party.ts';
import { hourOfDay, instantOf, localDay, localMinutes, minutesOf, timeZone } from '../words/zone.ts';

/** Less, and the longest clock an agreement may set would count through centuries. */
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
    /** Local dates on which nobody is expected to work. */
    holidays: z.array(calendarDate).max(1_000).default([]),
  })
  .refine((one) => minutesOf(one.from) < minutesOf(one.to), { path: ['to'], message: 'must be after from' })
  .refine(
    (one) => (minutesOf(one.to) - minutesOf(one.from)) * one.days.length >= LEAST_MINUTES_A_WEEK,
    'must add up to ten hours a week or more',
  );
export type WorkingHours = z.infer<typeof workingHours>;

/** Local hours in which nobody is reminded; they may run over midnight. */
const quietHours = z
  .strictObject({ from: hourOfDay, to: hourOfDay })
  .refine(
    (one) => minutesOf(one.from) % 1_440 !== minutesOf(one.to) % 1_440,
    'must leave hours that are not quiet',
  );
export type QuietHours = z.infer<typeof quietHours>;

/** One country's time, as an agreement states it. */
export const calendar = z.strictObject({
  zone: timeZone,
  /** Focal points whose desk is in another zone of the country, or abroad. */
  desks: z.record(did, timeZone).optional(),
  hours: z.union([z.literal('24x7'), workingHours]).default('24x7'),
  quiet_hours: quietHours.optional(),
});
export type Calendar = z.infer<typeof calendar>;

/** A desk's time: its zone, and when it works. */
export interface DeskTime {
  readonly zone: string;
  readonly hours: '24x7' | WorkingHours;
  readonly quiet?: QuietHours | undefined;
}

/** What holds for a country that an agreement says nothing about, and for whatever is immediate. */
export const ROUND_THE_CLOCK: DeskTime = { zone: 'UTC', hours: '24x7' };

/** A desk's time under its country's calendar. */
export function deskTime(of: Calendar | undefined, desk: string): DeskTime {
  if (of === undefined) return ROUND_THE_CLOCK;
  return { zone: of.desks?.[desk] ?? of.zone, hours: of.hours, quiet: of.quiet_hours };
}

/** `at`, or where it falls into the desk's quiet hours the instant at which they end. */
export function afterQuiet(at: Date, { zone, quiet }: DeskTime): Date {
  if (quiet === undefined) return at;
  const [from, to] = [minutesOf(quiet.from) % 1_440, minutesOf(quiet.to) % 1_440];
  const now = localMinutes(at, zone);
  const today = localDay(at, zone);
  if (from < to) return now >= from && now < to ? instantOf(today, to, zone) : at;
  if (now >= from) return instantOf(today + 1, to, zone);
  return now < to ? instantOf(today, to, zone) : at;
}
