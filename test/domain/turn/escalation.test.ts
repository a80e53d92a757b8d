/** Who is reminded when, and never more often than agreed. */
import { describe, expect, test } from 'vitest';
import { calendarSchema, localTimeOf } from '../../../src/domain/terms/calendar.ts';
import { officersOnDuty, rosterSchema } from '../../../src/domain/terms/roster.ts';
import {
  type EscalatedAct,
  type EscalationStep,
  escalationStepsOf,
  remainingStepsOf,
} from '../../../src/domain/turn/escalation.ts';
import { groupReminders, reminderTime } from '../../../src/domain/turn/reminder-digest.ts';
import { hexIdOf, hoursFromStart, IMMIGRATION_DID, SHELTER_DID } from '../../support/turns.ts';

const officers = [
  { id: 'ana', role: 'officer' },
  { id: 'budi', role: 'deputy' },
  { id: 'citra', role: 'supervisor' },
] as const;
/** Jakarta; hour 0 is eight in the morning of a Friday there. */
const day = (over: object = {}) =>
  localTimeOf(calendarSchema.parse({ zone: 'Asia/Jakarta', ...over }), IMMIGRATION_DID);
const owner = { did: IMMIGRATION_DID, officers, time: day() };
const other = { did: SHELTER_DID, officers: [{ id: 'sok', role: 'supervisor' }], time: day() } as const;

const chased = (over: Partial<EscalatedAct> = {}): EscalatedAct => ({
  act: {
    message: hexIdOf('ask'),
    recipient: IMMIGRATION_DID,
    act: 'acknowledge',
    urgency: 'urgent',
    since: hoursFromStart(0),
    until: hoursFromStart(2),
  },
  owner,
  other,
  endpoints: ['chat', 'mail', 'hook'],
  taken: [],
  ...over,
});
const answering = (since: number, until: number): Partial<EscalatedAct> => ({
  act: { ...chased().act, act: 'answer', since: hoursFromStart(since), until: hoursFromStart(until) },
});

const hoursOf = (at: Date): number => (at.getTime() - hoursFromStart(0).getTime()) / 3_600_000;
const line = ({ name: step, at, addressee: whom, endpoint }: EscalationStep): string =>
  `${hoursOf(at)} ${step} ${whom.officer ?? 'desk'}${endpoint === undefined ? '' : ` on ${endpoint}`}`;
const ladder = (over: Partial<EscalatedAct> = {}) => escalationStepsOf(chased(over)).map(line);

const TOP = ['4 supervisor:owner citra', '4 supervisor:other sok'];
const limited = (max: number): Partial<EscalatedAct> => ({
  terms: { reminders: { max, digest_minutes: 15 } },
});

describe('the steps', () => {
  test('go from half time to the supervisors of both sides', () => {
    expect(ladder({ terms: { reminders: { max: 20, digest_minutes: 15 } } })).toEqual([
      '1 half desk on chat',
      '2 expiry desk',
      '2 deadline desk on chat',
      '2.5 failover:mail desk on mail',
      '2.75 failover:hook desk on hook',
      '3 deputy budi on chat',
      ...TOP,
    ]);
  });

  test.each<[number, readonly string[]]>([
    [
      7,
      [
        'half',
        'expiry',
        'deadline',
        'failover:mail',
        'failover:hook',
        'deputy',
        'supervisor:owner',
        'supervisor:other',
      ],
    ],
    [6, ['half', 'expiry', 'deadline', 'failover:mail', 'deputy', 'supervisor:owner', 'supervisor:other']],
    [5, ['half', 'expiry', 'deadline', 'deputy', 'supervisor:owner', 'supervisor:other']],
    [4, ['expiry', 'deadline', 'deputy', 'supervisor:owner', 'supervisor:other']],
    [3, ['expiry', 'deadline', 'supervisor:owner', 'supervisor:other']],
    [1, ['expiry', 'supervisor:owner']],
    [0, ['expiry']],
  ])('with a limit of %i leave out the least useful ones', (max, rungs) => {
    expect(escalationStepsOf(chased(limited(max))).map((one) => one.name)).toEqual(rungs);
  });

  test('for an act that is not an acknowledgement have no expiry', () => {
    expect(ladder({ ...answering(0, 2), endpoints: ['chat'] })).toEqual([
      '1 half desk on chat',
      '2 deadline desk on chat',
      '3 deputy budi on chat',
      ...TOP,
    ]);
  });

  test('leave out roles without an officer', () => {
    const alone = { did: IMMIGRATION_DID, officers: [], time: day() };
    expect(ladder({ owner: alone, other: { ...alone, did: SHELTER_DID }, endpoints: [] })).toEqual([
      '1 half desk',
      '2 expiry desk',
      '2 deadline desk',
      '4 supervisor:other desk',
    ]);
  });

  test('use the agreement’s shares', () => {
    const terms = { chase: { half: 25, failover: 200, deputy: 300, supervisor: 400 } };
    expect(ladder({ terms, endpoints: ['chat', 'mail'] })).toEqual([
      '0.5 half desk on chat',
      '2 expiry desk',
      '2 deadline desk on chat',
      '4 failover:mail desk on mail',
      '6 deputy budi on chat',
      '8 supervisor:owner citra',
      '8 supervisor:other sok',
    ]);
  });

  test('count working time if the focal point has working hours', () => {
    const hours = { days: [1, 2, 3, 4, 5], from: '08:00', to: '16:00' };
    const focalPoint = { ...owner, time: day({ hours }) };
    // Four hours from Friday 15:00: half time is Monday 9:00, the deadline 11:00, the deputy’s hour 13:00.
    const steps = ladder({ ...answering(7, 75), owner: focalPoint, endpoints: ['chat'] });
    expect(steps.slice(0, 3)).toEqual([
      '73 half desk on chat',
      '75 deadline desk on chat',
      '77 deputy budi on chat',
    ]);
  });

  test('wait for the end of quiet hours, of each side separately, except for immediate messages and evidence', () => {
    const quiet = { ...owner, time: day({ quiet_hours: { from: '21:00', to: '06:00' } }) };
    // From 20:00 to 02:00 local.
    const act = { ...chased().act, since: hoursFromStart(12), until: hoursFromStart(18) };
    expect(ladder({ act, owner: quiet, endpoints: ['chat'] })).toEqual([
      '18 expiry desk',
      '22 half desk on chat',
      '22 deadline desk on chat',
      '22 deputy budi on chat',
      '24 supervisor:owner citra',
      '24 supervisor:other sok',
    ]);
    expect(ladder({ act: { ...act, urgency: 'immediate' }, owner: quiet, endpoints: [] })[0]).toBe(
      '15 half desk',
    );
  });
});

describe('the next step', () => {
  const next = (taken: readonly string[], now: number, over: Partial<EscalatedAct> = {}) => {
    const { due, next: later } = remainingStepsOf(
      chased({ taken, ...over }),
      hoursFromStart(now),
      () => true,
    );
    const step = due[0] ?? later;
    return step === undefined ? undefined : line(step);
  };
  test.each<[string, readonly string[], number, string | undefined]>([
    ['at first', [], 0, '1 half desk on chat'],
    ['after half time', ['half'], 1, '2 expiry desk'],
    ['half time missed', [], 2, '2 expiry desk'],
    ['at the deadline', ['half', 'expiry'], 2, '2 deadline desk on chat'],
    ['then by another way', ['half', 'expiry', 'deadline'], 2, '2.5 failover:mail desk on mail'],
    [
      'nothing is left',
      ['expiry', 'deadline', 'failover:mail', 'deputy', 'supervisor:owner', 'supervisor:other'],
      9,
      undefined,
    ],
  ])('%s', (_name, taken, now, expected) => {
    expect(next(taken, now)).toBe(expected);
  });

  test('that was missed waits for the end of the quiet hours at its time', () => {
    const quiet = { ...owner, time: day({ quiet_hours: { from: '21:00', to: '06:00' } }) };
    // Nobody looked until ten in the evening.
    const late = remainingStepsOf(
      chased({ owner: quiet, taken: ['expiry'] }),
      hoursFromStart(14),
      (one) => one === IMMIGRATION_DID,
    );
    expect(late.due).toEqual([]);
    expect(late.next && line(late.next)).toBe('22 deadline desk on chat');
  });

  test('gives a focal point that got the message late the full time again, except for the evidence', () => {
    const late = { arrived: hoursFromStart(5), endpoints: ['chat'] };
    expect(ladder(late)).toEqual([
      '2 expiry desk',
      '6 half desk on chat',
      '7 deadline desk on chat',
      '8 deputy budi on chat',
      '9 supervisor:owner citra',
      '9 supervisor:other sok',
    ]);
    expect(ladder({ ...late, arrived: hoursFromStart(0.9) })).toEqual(ladder({ endpoints: ['chat'] }));
    expect(next(['expiry'], 5, late)).toBe('6 half desk on chat');
  });

  test('is only for the focal points of one gateway', () => {
    const { due, next: later } = remainingStepsOf(chased(), hoursFromStart(9), (one) => one === SHELTER_DID);
    expect([due.map(line), later]).toEqual([['9 supervisor:other sok'], undefined]);
  });

  test('is only the evidence after the agreed number of reminders is used up, by whatever steps', () => {
    expect(next(['half', 'failover:gone'], 1, limited(2))).toBe('2 expiry desk');
    expect(next(['half', 'failover:gone', 'expiry'], 9, limited(2))).toBeUndefined();
  });
});

describe('the roster', () => {
  const duty = rosterSchema.parse({
    weekly: [
      { officer: 'ana', days: [5], from: '08:00', to: '16:00' },
      { officer: 'dewi', days: [5], from: '22:00', to: '06:00' },
    ],
    once: [{ officer: 'eka', from: hoursFromStart(2).toISOString(), until: hoursFromStart(3).toISOString() }],
  });
  test.each<[number, readonly string[]]>([
    [-0.5, []],
    [0, ['ana']],
    [2, ['eka']],
    [3, ['ana']],
    [8, []],
    [14, ['dewi']],
    [21.5, ['dewi']],
    [22, []],
    [-10, []],
  ])('%d hours after Friday eight o’clock', (at, expected) => {
    expect(officersOnDuty(duty, hoursFromStart(at), day())).toEqual(expected);
  });

  test('names the addressee of a step: an officer of the focal point with the given role', () => {
    const people = [...officers, { id: 'fitri', role: 'deputy' } as const];
    const standing = rosterSchema.parse({
      weekly: ['ana', 'fitri', 'stranger'].map((id) => ({
        officer: id,
        days: [5],
        from: '08:00',
        to: '20:00',
      })),
    });
    const steps = ladder({ owner: { ...owner, officers: people, roster: standing }, endpoints: ['chat'] });
    expect(steps).toEqual([
      '1 half ana on chat',
      '2 expiry ana',
      '2 deadline ana on chat',
      '3 deputy fitri on chat',
      ...TOP,
    ]);
  });
});

describe('acts in one notice', () => {
  const minute = (n: number): Date => new Date(hoursFromStart(0).getTime() + n * 60_000);
  test.each<[string, Parameters<typeof reminderTime>[0], number]>([
    ['at once where nobody was reminded', {}, 60],
    ['at once where that is long ago', { told: minute(45) }, 60],
    ['later where it was just now', { told: minute(50) }, 65],
    ['with what waits there', { told: minute(50), waiting: minute(65) }, 65],
    ['at once where what waited is due', { waiting: minute(60) }, 60],
  ])('%s', (_name, rhythm, expected) => {
    expect(reminderTime(rhythm, 15, minute(60))).toEqual(minute(expected));
  });

  test('are those with the same key, up to ten', () => {
    const keyOf = (one: string): string | undefined => (one.startsWith('!') ? undefined : one.slice(0, 1));
    expect(groupReminders(['a1', 'b1', '!1', 'a2', '!2'], keyOf)).toEqual([
      ['a1', 'a2'],
      ['b1'],
      ['!1'],
      ['!2'],
    ]);
    const many = Array.from({ length: 25 }, (_, n) => `a${n}`);
    expect(groupReminders(many, keyOf).map((one) => one.length)).toEqual([10, 10, 5]);
  });
});
