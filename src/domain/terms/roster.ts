/** The duty roster of a focal point: which officer is on duty when. */
import { z } from 'zod';
import { instant, officerSchema } from '../party/designation.ts';
import { hourOfDay, localDayOf, localMinutesOf, minutesOfHour, weekdayOf } from '../words/zone.ts';
import type { LocalTime } from './calendar.ts';

/** A weekly shift, in the focal point's zone. A shift that ends at or before its beginning passes midnight. */
const weekly = z.strictObject({
  officer: officerSchema.shape.id,
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  from: hourOfDay,
  to: hourOfDay,
});

/** A single shift: a holiday, or a night in which somebody replaces another. */
const once = z
  .strictObject({ officer: officerSchema.shape.id, from: instant, until: instant })
  .refine((one) => Date.parse(one.from) < Date.parse(one.until), {
    path: ['until'],
    message: 'must be after from',
  });

export const rosterSchema = z.strictObject({
  weekly: z.array(weekly).max(200).default([]),
  /** Single shifts replace the weekly ones. */
  once: z.array(once).max(1_000).default([]),
});
export type Roster = z.infer<typeof rosterSchema>;

/** Ids of the officers on duty at an instant, in the order of the roster; empty if there are none. */
export function officersOnDuty(of: Roster, at: Date, { zone }: LocalTime): readonly string[] {
  const special = of.once.filter(
    (one) => Date.parse(one.from) <= at.getTime() && at.getTime() < Date.parse(one.until),
  );
  const shifts = special.length > 0 ? special : of.weekly.filter((one) => covers(one, at, zone));
  return [...new Set(shifts.map((one) => one.officer))];
}

function covers({ days, from, to }: z.infer<typeof weekly>, at: Date, zone: string): boolean {
  const day = localDayOf(at, zone);
  const now = localMinutesOf(at, zone);
  const [begins, ends] = [minutesOfHour(from), minutesOfHour(to)];
  if (begins < ends) return days.includes(weekdayOf(day)) && now >= begins && now < ends;
  return (
    (days.includes(weekdayOf(day)) && now >= begins) || (days.includes(weekdayOf(day - 1)) && now < ends)
  );
}
