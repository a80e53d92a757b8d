/** The duty roster of a desk: which of its officers is on duty when. */
import { z } from 'zod';
import { instant, officer } from '../party/party.ts';
import { hourOfDay, localDay, localMinutes, minutesOf, weekday } from '../words/zone.ts';
import type { DeskTime } from './calendar.ts';

/** Every week, by the desk's own clock; a shift that ends no later than it begins runs over midnight. */
const weekly = z.strictObject({
  officer: officer.shape.id,
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  from: hourOfDay,
  to: hourOfDay,
});

/** Once: a holiday, a night somebody stands in for another. */
const once = z
  .strictObject({ officer: officer.shape.id, from: instant, until: instant })
  .refine((one) => Date.parse(one.from) < Date.parse(one.until), {
    path: ['until'],
    message: 'must be after from',
  });

export const roster = z.strictObject({
  weekly: z.array(weekly).max(200).default([]),
  /** Goes before the weekly shifts. */
  once: z.array(once).max(1_000).default([]),
});
export type Roster = z.infer<typeof roster>;

/** Ids of the officers on duty at an instant, in the order of the roster; empty where it names nobody. */
export function onDuty(of: Roster, at: Date, { zone }: DeskTime): readonly string[] {
  const special = of.once.filter(
    (one) => Date.parse(one.from) <= at.getTime() && at.getTime() < Date.parse(one.until),
  );
  const shifts = special.length > 0 ? special : of.weekly.filter((one) => covers(one, at, zone));
  return [...new Set(shifts.map((one) => one.officer))];
}

function covers({ days, from, to }: z.infer<typeof weekly>, at: Date, zone: string): boolean {
  const day = localDay(at, zone);
  const now = localMinutes(at, zone);
  const [begins, ends] = [minutesOf(from), minutesOf(to)];
  if (begins < ends) return days.includes(weekday(day)) && now >= begins && now < ends;
  return (days.includes(weekday(day)) && now >= begins) || (days.includes(weekday(day - 1)) && now < ends);
}
