/** Working time: nights, weekends and holidays do not count, in whatever zone the focal point is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Agreement, agreementSchema, workingTimeOf } from '../../../src/domain/terms/agreement.ts';
import {
  afterQuietHours,
  calendarSchema,
  type LocalTime,
  localTimeOf,
  ROUND_THE_CLOCK,
} from '../../../src/domain/terms/calendar.ts';
import { deadlinesOf } from '../../../src/domain/terms/deadline.ts';
import { addWorkingTime, countWorkingSeconds } from '../../../src/domain/terms/working-time.ts';
import { localDayOf, weekdayOf } from '../../../src/domain/words/zone.ts';
import { assertProperty } from '../../support/property.ts';

const HOUR = 3_600;
const DESK = 'did:web:gateway.test:fp:desk';
const FAR = 'did:web:gateway.test:fp:far';

/** Monday to Friday, eight to four; closed on Wednesday 2 December 2026. */
const focalPoint = (zone: string): LocalTime =>
  localTimeOf(
    calendarSchema.parse({
      zone,
      hours: { days: [1, 2, 3, 4, 5], from: '08:00', to: '16:00', holidays: ['2026-12-02'] },
    }),
    DESK,
  );
const due = (from: string, hours: number, time: LocalTime) =>
  addWorkingTime(new Date(from), hours * HOUR, time).toISOString();

describe('working time', () => {
  // Friday 27 November 2026; Jakarta is seven hours ahead of UTC.
  test.each<[string, string, number, string]>([
    ['within a day', '2026-11-27T02:00:00Z', 3, '2026-11-27T05:00:00.000Z'],
    [
      'what ends with the day is due as the desk closes',
      '2026-11-27T08:00:00Z',
      1,
      '2026-11-27T09:00:00.000Z',
    ],
    ['over the night', '2026-11-26T08:00:00Z', 2, '2026-11-27T02:00:00.000Z'],
    ['from before opening', '2026-11-26T20:00:00Z', 1, '2026-11-27T02:00:00.000Z'],
    ['over the weekend', '2026-11-27T08:00:00Z', 2, '2026-11-30T02:00:00.000Z'],
    ['from a Saturday', '2026-11-28T03:00:00Z', 1, '2026-11-30T02:00:00.000Z'],
    ['over a holiday', '2026-12-01T08:00:00Z', 2, '2026-12-03T02:00:00.000Z'],
    ['on the local day that UTC does not know yet', '2026-11-29T23:30:00Z', 1, '2026-11-30T02:00:00.000Z'],
    ['nothing', '2026-11-28T03:00:00Z', 0, '2026-11-28T03:00:00.000Z'],
    ['weeks', '2026-11-27T01:00:00Z', 48, '2026-12-07T09:00:00.000Z'],
  ])('%s', (_name, from, hours, expected) => {
    expect(due(from, hours, focalPoint('Asia/Jakarta'))).toBe(expected);
  });

  test.each<[string, string]>([
    ['Asia/Jakarta', '2026-11-30T02:00:00.000Z'],
    ['Asia/Makassar', '2026-11-30T01:00:00.000Z'],
    ['Asia/Jayapura', '2026-11-30T00:00:00.000Z'],
    ['Asia/Phnom_Penh', '2026-11-30T02:00:00.000Z'],
    ['Asia/Kuala_Lumpur', '2026-11-30T01:00:00.000Z'],
  ])('Monday nine o’clock in %s', (zone, expected) => {
    expect(due('2026-11-28T12:00:00Z', 1, focalPoint(zone))).toBe(expected);
  });

  test('a day of a clock change has its real length', () => {
    const all = { days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00', holidays: [] };
    const zone = 'Europe/Berlin';
    const [spring, after] = [new Date('2026-03-28T23:00:00Z'), new Date('2026-03-29T22:00:00Z')];
    expect(countWorkingSeconds(spring, after, { zone, hours: all })).toBe(23 * HOUR);
    expect(due('2026-03-29T07:00:00Z', 1, focalPoint(zone))).toBe('2026-03-30T07:00:00.000Z');
    expect(due('2026-10-23T14:00:00Z', 1, focalPoint(zone))).toBe('2026-10-26T08:00:00.000Z');
  });

  const instants = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
  const times = fc.constantFrom(
    ROUND_THE_CLOCK,
    focalPoint('Asia/Jakarta'),
    focalPoint('Asia/Jayapura'),
    focalPoint('Europe/Berlin'),
  );

  test('a deadline after some seconds of working time is that many seconds of working time away', () => {
    assertProperty(
      fc.property(instants, fc.integer({ min: 1, max: 400 * HOUR }), times, (from, seconds, time) => {
        expect(countWorkingSeconds(from, addWorkingTime(from, seconds, time), time)).toBe(seconds);
      }),
    );
  });

  test('durations add up', () => {
    assertProperty(
      fc.property(instants, instants, instants, times, (...[a, b, c, time]) => {
        const [from, between, to] = [a, b, c].sort((one, other) => one.getTime() - other.getTime()) as [
          Date,
          Date,
          Date,
        ];
        expect(countWorkingSeconds(from, between, time) + countWorkingSeconds(between, to, time)).toBeCloseTo(
          countWorkingSeconds(from, to, time),
          3,
        );
        expect(countWorkingSeconds(to, from, time)).toBe(0);
      }),
    );
  });

  test('days of the week', () => {
    expect(weekdayOf(localDayOf(new Date('2026-11-29T16:59:59Z'), 'Asia/Jakarta'))).toBe(7);
    expect(weekdayOf(localDayOf(new Date('2026-11-29T17:00:00Z'), 'Asia/Jakarta'))).toBe(1);
    expect(weekdayOf(-4)).toBe(7);
  });
});

describe('quiet hours', () => {
  const quiet = (from: string, to: string): LocalTime => ({
    ...focalPoint('Asia/Jakarta'),
    quiet: { from, to },
  });
  test.each<[string, LocalTime, string, string]>([
    ['before them', quiet('21:00', '06:00'), '2026-11-27T13:59:00Z', '2026-11-27T13:59:00.000Z'],
    ['as they begin', quiet('21:00', '06:00'), '2026-11-27T14:00:00Z', '2026-11-27T23:00:00.000Z'],
    ['after midnight', quiet('21:00', '06:00'), '2026-11-27T18:00:00Z', '2026-11-27T23:00:00.000Z'],
    ['as they end', quiet('21:00', '06:00'), '2026-11-27T23:00:00Z', '2026-11-27T23:00:00.000Z'],
    ['at noon', quiet('12:00', '13:00'), '2026-11-27T05:30:00Z', '2026-11-27T06:00:00.000Z'],
    ['until midnight', quiet('22:00', '24:00'), '2026-11-27T16:00:00Z', '2026-11-27T17:00:00.000Z'],
    ['none', focalPoint('Asia/Jakarta'), '2026-11-27T18:00:00Z', '2026-11-27T18:00:00.000Z'],
  ])('%s', (_name, time, at, expected) => {
    expect(afterQuietHours(new Date(at), time).toISOString()).toBe(expected);
  });
});

describe('an agreement', () => {
  const signed = (over: object = {}): Agreement =>
    agreementSchema.parse({
      kind: 'agreement',
      id: 'id-kh',
      version: 1,
      title: 'Test',
      parties: ['ID', 'KH'],
      rules: [{ from: ['KH'], to: ['ID'], types: ['text'] }],
      from: '2026-01-01T00:00:00Z',
      until: '2027-01-01T00:00:00Z',
      ...over,
    });
  const hours = { days: [1, 2, 3, 4, 5], from: '08:00', to: '16:00' };
  const stated = signed({
    calendars: { ID: { zone: 'Asia/Jakarta', desks: { [FAR]: 'Asia/Jayapura' }, hours } },
  });

  test('without calendars counts round the clock', () => {
    expect(workingTimeOf(signed(), { did: DESK, country: 'ID' }, 'routine')).toBe(ROUND_THE_CLOCK);
    expect(workingTimeOf(stated, { did: DESK, country: 'KH' }, 'routine')).toBe(ROUND_THE_CLOCK);
  });

  test('gives a focal point its own zone, and immediate messages no rest', () => {
    expect(workingTimeOf(stated, { did: DESK, country: 'ID' }, 'urgent').zone).toBe('Asia/Jakarta');
    expect(workingTimeOf(stated, { did: FAR, country: 'ID' }, 'urgent').zone).toBe('Asia/Jayapura');
    expect(workingTimeOf(stated, { did: DESK, country: 'ID' }, 'immediate')).toBe(ROUND_THE_CLOCK);
  });

  test('deadlines use the working time of the focal point that has to act', () => {
    const friday = new Date('2026-11-27T08:00:00Z');
    const time = workingTimeOf(stated, { did: DESK, country: 'ID' }, 'urgent');
    const { acknowledgeBy } = deadlinesOf({ acknowledge: 2 * HOUR, answer: 8 * HOUR }, friday, {}, time);
    expect(acknowledgeBy.toISOString()).toBe('2026-11-30T02:00:00.000Z');
  });

  test.each<[string, object]>([
    ['a zone nobody knows', { zone: 'Asia/Nowhere' }],
    ['an offset', { zone: '+07:00' }],
    ['an abbreviation', { zone: 'WIB' }],
    ['hours that end before they begin', { zone: 'UTC', hours: { ...hours, to: '07:00' } }],
    ['a day twice', { zone: 'UTC', hours: { ...hours, days: [1, 1] } }],
    ['an eighth day', { zone: 'UTC', hours: { ...hours, days: [8] } }],
    ['hardly any hours', { zone: 'UTC', hours: { days: [1], from: '08:00', to: '09:00' } }],
    ['a date that is none', { zone: 'UTC', hours: { ...hours, holidays: ['2026-02-30'] } }],
    ['an hour that is none', { zone: 'UTC', hours: { ...hours, from: '8:00' } }],
    ['quiet hours all day', { zone: 'UTC', quiet_hours: { from: '00:00', to: '24:00' } }],
  ])('refuses %s', (_name, wrong) => {
    expect(calendarSchema.safeParse(wrong).success).toBe(false);
  });

  test('refuses escalation shares that do not increase', () => {
    expect(() => signed({ chase: { deputy: 300 } })).toThrow();
    expect(signed({ chase: { deputy: 160 } }).chase).toEqual({
      half: 50,
      failover: 125,
      deputy: 160,
      supervisor: 200,
    });
  });
});
