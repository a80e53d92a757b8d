/** Persons of a thread: collected from its messages, with every difference kept. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasDeterminations,
  type PersonTelling,
  personsOfThread,
} from '../../../src/domain/message/persons.ts';
import { assertProperty } from '../../support/property.ts';

const DESK = 'did:web:gateway.test:fp:desk';
const SHELTER = 'did:web:gateway.test:fp:shelter';

const told = (
  message: string,
  hour: number,
  persons: readonly object[],
  over: object = {},
): PersonTelling => ({
  message,
  from: SHELTER,
  to: [DESK],
  at: new Date(Date.parse('2026-11-02T01:00:00Z') + hour * 3_600_000),
  body: { persons },
  ...over,
});

const decided = (country: string, status: string, date = '2026-11-02', org = 'Police') => ({
  country,
  date,
  vic_TraffickingStatusDecisionMakingOrg: org,
  vic_TraffickingStatus: status,
});
const YES = 'ActualVictimOfTrafficking';
const NO = 'NotAVictimOfTrafficking';

describe('facts', () => {
  test('have the last reported value of each member; different identities are shown next to it', () => {
    const [person] = personsOfThread([
      told('m1', 1, [{ ref: 'p1', prs_FirstName: 'Invented', prs_Birthdate: '2001-01-01', needs: ['food'] }]),
      told('m2', 2, [{ ref: 'p1', prs_Birthdate: '2003-03-03', needs: ['medical'] }], { from: DESK }),
    ]);
    expect(person?.facts).toEqual({
      prs_FirstName: 'Invented',
      prs_Birthdate: '2003-03-03',
      needs: ['medical'],
    });
    expect(person?.differences).toEqual({
      prs_Birthdate: [
        { value: '2001-01-01', message: 'm1', from: SHELTER },
        { value: '2003-03-03', message: 'm2', from: DESK },
      ],
    });
  });

  test('a correction by the sender corrects a text; any other correction is left to people', () => {
    const wrong = told('m1', 1, [
      { ref: 'p1', prs_FirstName: 'Invented' },
      { ref: 'p2', prs_Gender: 'Female' },
    ]);
    const right = (member: string, over: object = {}) =>
      told('m2', 2, [], {
        about: 'm1',
        body: { corrected: [{ member, now: 'Right' }], reason: 'x' },
        ...over,
      });
    const name = (list: readonly PersonTelling[]) => personsOfThread(list)[0]?.facts['prs_FirstName'];
    expect(name([wrong, right('persons.0.prs_FirstName')])).toBe('Right');
    expect(name([wrong, right('persons.0.prs_FirstName', { from: DESK })])).toBe('Invented');
    for (const member of [
      'persons.1.prs_FirstName',
      'persons.7.prs_FirstName',
      'where.name',
      'persons.0.ref',
    ])
      expect(personsOfThread([wrong, right(member)])).toEqual(personsOfThread([wrong]));
  });

  test('bodies without persons, and unreadable persons, are skipped', () => {
    for (const body of [{}, { persons: 'x' }, { persons: [null, {}, { ref: 'No Ref!' }] }])
      expect(personsOfThread([{ ...told('m1', 1, []), body }])).toEqual([]);
  });
});

describe('determinations', () => {
  test('are listed by date, with every message that reported them', () => {
    const own = decided('ID', YES, '2026-11-05');
    const [person] = personsOfThread([
      told('m1', 1, [{ ref: 'p1', determinations: [decided('KH', NO)] }]),
      told('m2', 2, [{ ref: 'p1', determinations: [own, decided('KH', NO)] }], { from: DESK, to: [SHELTER] }),
    ]);
    expect(person?.determinations).toMatchObject([
      { country: 'KH', told: [{ message: 'm1' }, { message: 'm2' }] },
      { country: 'ID', told: [{ message: 'm2', from: DESK }] },
    ]);
    expect(person?.reviews).toMatchObject([{ ref: 'p1', pair: [{ country: 'KH' }, { country: 'ID' }] }]);
  });

  test.each([
    ['two countries differ', [decided('KH', NO), decided('ID', YES)], 1],
    [
      'two organisations of one country differ',
      [decided('KH', NO), decided('KH', YES, '2026-11-02', 'NGO')],
      1,
    ],
    ['one decider thought better of it', [decided('KH', NO), decided('KH', YES, '2026-11-09')], 0],
    [
      'the other side’s earlier word is not its last',
      [decided('KH', NO), decided('ID', YES), decided('KH', YES, '2026-11-09')],
      0,
    ],
    [
      'three, of which one differs from two',
      [decided('KH', NO), decided('ID', YES), decided('ID', YES, '2026-11-02', 'NGO')],
      2,
    ],
    ['they agree', [decided('KH', YES), decided('ID', YES)], 0],
  ] as const)('%s: %#', (_, determinations, count) => {
    const [person] = personsOfThread([told('m1', 1, [{ ref: 'p1', determinations }])]);
    expect(person?.reviews).toHaveLength(count);
  });

  test('are found in a body, but not if nobody’s status was decided', () => {
    expect(hasDeterminations({ persons: [{ ref: 'p1', determinations: [decided('KH', NO)] }] })).toBe(true);
    for (const body of [{}, { persons: [{ ref: 'p1' }] }, { determinations: [decided('KH', NO)] }])
      expect(hasDeterminations(body)).toBe(false);
  });
});

test('order of arrival and repetition do not matter', () => {
  const telling = fc.record({
    id: fc.integer({ min: 0, max: 9 }),
    hour: fc.integer({ min: 0, max: 3 }),
    ref: fc.constantFrom('p1', 'p2'),
    prs_Birthdate: fc.constantFrom('2001-01-01', '2003-03-03'),
    determinations: fc.array(
      fc
        .tuple(
          fc.constantFrom('KH', 'ID'),
          fc.constantFrom(YES, NO),
          fc.constantFrom('2026-11-02', '2026-11-09'),
        )
        .map(([country, status, date]) => decided(country, status, date)),
      { maxLength: 3 },
    ),
  });
  assertProperty(
    fc.property(
      fc.uniqueArray(telling, { selector: (one) => one.id }).chain((list) => {
        const tellings = list.map(({ id, hour, ...person }) => told(`m${id}`, hour, [person]));
        return fc.tuple(fc.constant(tellings), fc.shuffledSubarray(tellings, { minLength: tellings.length }));
      }),
      ([tellings, shuffled]) => {
        expect(personsOfThread([...shuffled, ...tellings])).toEqual(personsOfThread(tellings));
      },
    ),
  );
});
