/**
 * Working time computed by formula equals working time counted day by day, and takes no longer for a century than for
 * a week.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LocalTime, WorkingHours } from '../../../src/domain/terms/calendar.ts';
import { addWorkingTime, countWorkingSeconds } from '../../../src/domain/terms/working-time.ts';
import {
  dateOf,
  instantOfLocal,
  localDayOf,
  minutesOfHour,
  weekdayOf,
} from '../../../src/domain/words/zone.ts';
import { assertProperty } from '../../support/property.ts';

interface Desk extends LocalTime {
  readonly hours: WorkingHours;
}

/** The rule, as an agreement means it: each local day's opening, one after the other. */
function openingOn(day: number, { zone, hours }: Desk): { opens: number; closes: number } | undefined {
  if (!hours.days.includes(weekdayOf(day)) || hours.holidays.includes(dateOf(day))) return undefined;
  return {
    opens: instantOfLocal(day, minutesOfHour(hours.from), zone).getTime(),
    closes: instantOfLocal(day, minutesOfHour(hours.to), zone).getTime(),
  };
}

function secondsDayByDay(from: Date, to: Date, focalPoint: Desk): number {
  let sum = 0;
  for (let day = localDayOf(from, focalPoint.zone); day <= localDayOf(to, focalPoint.zone); day++) {
    const open = openingOn(day, focalPoint);
    if (open === undefined) continue;
    sum += Math.max(0, Math.min(open.closes, to.getTime()) - Math.max(open.opens, from.getTime()));
  }
  return Math.max(0, sum / 1_000);
}

function dueDayByDay(from: Date, seconds: number, focalPoint: Desk): Date {
  let left = seconds * 1_000;
  for (let day = localDayOf(from, focalPoint.zone); ; day++) {
    const open = openingOn(day, focalPoint);
    if (open === undefined) continue;
    const start = Math.max(open.opens, from.getTime());
    const usable = Math.max(0, open.closes - start);
    if (left <= usable) return new Date(start + left);
    left -= usable;
  }
}

/** Zones without changes, with two a year, with half an hour, with four a year, and one that left out a whole day. */
const zones = fc.constantFrom(
  'UTC',
  'Asia/Jakarta',
  'Asia/Phnom_Penh',
  'Europe/Berlin',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Pacific/Apia',
);

const hour = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const instants = fc.date({ min: new Date('1995-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });

const focalPoints: fc.Arbitrary<Desk> = fc
  .record({
    zone: zones,
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
    bounds: fc.uniqueArray(fc.integer({ min: 0, max: 1_440 }), { minLength: 2, maxLength: 2 }),
    holidays: fc.array(instants, { maxLength: 40 }),
  })
  .map(({ zone, days, bounds, holidays }) => {
    const [from = 0, to = 1] = [...bounds].sort((one, other) => one - other);
    const dates = holidays.map((one) => one.toISOString().slice(0, 10));
    return { zone, hours: { days, from: hour(from), to: hour(to), holidays: dates } };
  });

describe('working time computed without walking through days', () => {
  test('between two instants is the sum of the days', () => {
    assertProperty(
      fc.property(
        instants,
        fc.integer({ min: 0, max: 1_500 * 86_400 }),
        focalPoints,
        (from, span, focalPoint) => {
          const to = new Date(Math.min(from.getTime() + span * 1_000, Date.parse('2065-01-01')));
          expect(countWorkingSeconds(from, to, focalPoint)).toBeCloseTo(
            secondsDayByDay(from, to, focalPoint),
            3,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a deadline is the same as when days are added one by one', () => {
    assertProperty(
      fc.property(
        instants,
        fc.integer({ min: 1, max: 120 * 86_400 }),
        focalPoints,
        (from, seconds, focalPoint) => {
          const minutes = minutesOfHour(focalPoint.hours.to) - minutesOfHour(focalPoint.hours.from);
          const wanted = Math.min(seconds, minutes * 60 * focalPoint.hours.days.length * 60);
          expect(addWorkingTime(from, wanted, focalPoint)).toEqual(dueDayByDay(from, wanted, focalPoint));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is computed over eight thousand years without walking through them', () => {
    const hours = {
      days: [1, 2, 3, 4, 5],
      from: '08:00',
      to: '16:00',
      holidays: ['2026-12-25', '2026-12-25'],
    };
    const focalPoint = { zone: 'Asia/Jakarta', hours };
    const [from, to] = [new Date('2026-11-30T00:00:00Z'), new Date('9999-12-31T23:59:59Z')];
    const days = 416_000; // 7,973 years hold more than that many weeks times five, days times eight hours.
    expect(countWorkingSeconds(from, to, focalPoint)).toBeGreaterThan(days * 5 * 8 * 3_600);
    countWorkingSeconds(from, to, focalPoint);
    const steps = countFormatting(() => {
      countWorkingSeconds(from, to, focalPoint);
      addWorkingTime(from, days * 5 * 8 * 3_600, focalPoint);
    });
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(200);
  });
});

/** How often the runtime is asked for a wall clock: a measure of effort that no busy machine changes. */
function countFormatting(work: () => void): number {
  const format = Intl.DateTimeFormat.prototype.formatToParts;
  let count = 0;
  Intl.DateTimeFormat.prototype.formatToParts = function counted(...given) {
    count += 1;
    return format.apply(this, given);
  };
  try {
    work();
  } finally {
    Intl.DateTimeFormat.prototype.formatToParts = format;
  }
  return count;
}
