/** For any clocks, working hours and times of looking: how many reminders are sent at most, when, and to whom. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterQuietHours, calendarSchema, localTimeOf } from '../../../src/domain/terms/calendar.ts';
import {
  type EscalatedAct,
  type EscalationStep,
  remainingStepsOf,
} from '../../../src/domain/turn/escalation.ts';
import { present } from '../../../src/domain/words/present.ts';
import { assertProperty } from '../../support/property.ts';
import { hexIdOf, hoursFromStart, IMMIGRATION_DID, SHELTER_DID } from '../../support/turns.ts';

const ROLES = ['officer', 'deputy', 'supervisor'] as const;
const staff = (prefix: string) =>
  fc
    .array(fc.constantFrom(...ROLES), { maxLength: 4 })
    .map((roles) => roles.map((role, n) => ({ id: `${prefix}${n}`, role })));

const clock = fc.integer({ min: 0, max: 23 }).map((at) => `${String(at).padStart(2, '0')}:00`);
const time = fc
  .record({
    zone: fc.constantFrom('Asia/Jakarta', 'Asia/Phnom_Penh', 'Asia/Jayapura'),
    hours: fc.constantFrom('24x7', { days: [1, 2, 3, 4, 5], from: '08:00', to: '16:00' }),
    quiet: fc.option(fc.tuple(clock, clock).filter(([from, to]) => from !== to)),
  })
  .map(({ quiet, ...of }) => {
    const [from, to] = quiet ?? [];
    return localTimeOf(
      calendarSchema.parse({ ...of, ...present({ quiet_hours: quiet ? { from, to } : undefined }) }),
      IMMIGRATION_DID,
    );
  });

const chased: fc.Arbitrary<EscalatedAct> = fc
  .record({
    urgency: fc.constantFrom('immediate', 'urgent', 'routine'),
    act: fc.constantFrom('acknowledge', 'answer', 'reassign'),
    begin: fc.integer({ min: 0, max: 100 }),
    length: fc.integer({ min: 1, max: 60 }),
    max: fc.integer({ min: 0, max: 8 }),
    endpoints: fc.integer({ min: 0, max: 4 }),
    times: fc.tuple(time, time),
    people: fc.tuple(staff('d'), staff('s')),
  })
  .map(({ urgency, act, begin, length, max, endpoints, times, people }) => ({
    act: {
      message: hexIdOf('ask'),
      recipient: IMMIGRATION_DID,
      act,
      urgency,
      since: hoursFromStart(begin),
      until: hoursFromStart(begin + length),
    },
    owner: { did: IMMIGRATION_DID, officers: people[0], time: times[0] },
    other: { did: SHELTER_DID, officers: people[1], time: times[1] },
    endpoints: Array.from({ length: endpoints }, (_, n) => `e${n}`),
    terms: { reminders: { max, digest_minutes: 15 } },
    taken: [],
  })) as fc.Arbitrary<EscalatedAct>;

/** All that is taken when somebody looks at these hours, at the desks of one gateway or of both. */
function walk(
  one: EscalatedAct,
  looks: readonly number[],
  isHere: (focalPoint: string) => boolean = () => true,
) {
  const taken: { readonly step: EscalationStep; readonly at: Date }[] = [];
  for (const at of looks.map(hoursFromStart)) {
    const { due } = remainingStepsOf({ ...one, taken: taken.map(({ step }) => step.name) }, at, isHere);
    taken.push(...due.map((step) => ({ step, at })));
  }
  return taken;
}
const looks = fc
  .array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 30 })
  .map((list) => list.toSorted((a, b) => a - b));

test('never more reminders than agreed, no step twice, and none before its time or in quiet hours', () => {
  assertProperty(
    fc.property(chased, looks, (one, hours) => {
      const taken = walk(one, hours);
      const reminders = taken.filter(({ step }) => step.kind !== 'expiry');
      expect(reminders.length).toBeLessThanOrEqual(one.terms?.reminders?.max ?? 0);
      expect(new Set(taken.map(({ step }) => step.name)).size).toBe(taken.length);
      for (const { step, at } of taken) {
        expect(step.at.getTime()).toBeLessThanOrEqual(at.getTime());
        const focalPoint = step.addressee.focalPoint === IMMIGRATION_DID ? one.owner : one.other;
        if (step.kind !== 'expiry' && one.act.urgency !== 'immediate')
          expect(afterQuietHours(at, focalPoint.time)).toEqual(at);
      }
    }),
  );
});

test('two gateways, each for its own focal points, take together the steps that one alone would take', () => {
  const rungs = (list: ReturnType<typeof walk>) => list.map(({ step }) => step.name).toSorted();
  assertProperty(
    fc.property(chased, looks, (one, hours) => {
      const mine = walk(one, hours, (focalPoint) => focalPoint === IMMIGRATION_DID);
      const theirs = walk(one, hours, (focalPoint) => focalPoint === SHELTER_DID);
      expect(rungs([...mine, ...theirs])).toEqual(rungs(walk(one, hours)));
    }),
  );
});

test('looking when the next step is due misses none of the remaining steps', () => {
  assertProperty(
    fc.property(chased, (one) => {
      const taken: string[] = [];
      let now = one.act.since;
      for (let n = 0; n < 20; n += 1) {
        const { due, next } = remainingStepsOf({ ...one, taken }, now, () => true);
        taken.push(...due.map((step) => step.name));
        if (next === undefined) break;
        expect(next.at.getTime()).toBeGreaterThan(now.getTime());
        now = next.at;
      }
      expect(remainingStepsOf({ ...one, taken }, now, () => true)).toEqual({ due: [] });
    }),
  );
});
