/** The protocol table: what each type's body must be, what it must not be, and what a refusal says of it. */
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/domain/error.ts';
import { LIMITS, MESSAGE_NAMES, type MessageName, nameOfType, typeUri } from '../../src/domain/message.ts';
import { checkBody, messageName, PROTOCOL } from '../../src/domain/protocol.ts';
import { refusalOf } from '../support/people.ts';

const person = {
  ref: 'p1',
  prs_FirstName: 'Invented',
  prs_Birthdate: '1999-02-28',
  prs_Gender: 'NonSpecifiedUnknown',
  prs_Citizenship: ['ID'],
  prs_PrimaryLanguage: 'ind',
  vic_RelationshipToTrafficker: 'Unaquainted',
  vic_MethodsOfControl: ['DebtBondage', 'amanat:RestrictsMovement'],
  vic_TypeOfExploitation: ['amanat:ForcedCriminality'],
  needs: ['shelter'],
};

/** One good body a type, with as much in it as the schema knows. */
const GOOD: Readonly<Record<MessageName, Record<string, unknown>>> = {
  report: {
    case_number: 'KH-1',
    persons: [person, { ref: 'p2' }],
    where: { country: 'KH', name: 'Phnom Penh', latitude: 11.5, longitude: 104.9 },
    happened: 'Left a compound.',
    since: '2026-11-01',
    needs: ['medical'],
    indicators: ['no passport'],
    consent: { con_Consent: true, note: 'spoken' },
    evaluation: { source: 'B', information: '2' },
  },
  request: { kind: 'nationality-verification', question: 'Is p1 a citizen?', persons: [person] },
  reply: { kind: 'nationality-verification', outcome: 'confirmed', answer: 'Yes.' },
  clarification: { question: 'Which of the two?' },
  refusal: { ground: 'national-law', detail: 'Article 3.' },
  notice: { kind: 'border-measure', subject: 'Closed', text: 'Closed on Monday.' },
  text: { text: 'Received with thanks.' },
  closure: { cas_Status: 'ClosedReferred', cas_ReasonForCaseClosure: 'Home.' },
};

/** Wrong in one place each: type, where the fault is, and what to change. */
const WRONG: readonly [MessageName, string, Record<string, unknown>][] = [
  ['report', 'body.persons', { persons: [] }],
  ['report', 'body.persons', { persons: [{ ref: 'p1' }, { ref: 'p1' }] }],
  ['report', 'body.persons.0.ref', { persons: [{ ref: 'P 1' }] }],
  ['report', 'body.persons.0.prs_Birthdate', { persons: [{ ref: 'p1', prs_Birthdate: '1999-02-30' }] }],
  ['report', 'body.persons.0.prs_Gender', { persons: [{ ref: 'p1', prs_Gender: 'female' }] }],
  ['report', 'body.persons.0.prs_Citizenship.0', { persons: [{ ref: 'p1', prs_Citizenship: ['IDN'] }] }],
  ['report', 'body.persons.0', { persons: [{ ref: 'p1', prs_Nickname: 'x' }] }],
  [
    'report',
    'body.persons.0.vic_RelationshipToTrafficker',
    { persons: [{ ref: 'p1', vic_RelationshipToTrafficker: 'Unacquainted' }] },
  ],
  ['report', 'body.where.latitude', { where: { country: 'KH', name: 'x', latitude: 91 } }],
  ['report', 'body.happened', { happened: '   ' }],
  ['report', 'body.happened', { happened: 'x'.repeat(20_001) }],
  ['report', 'body.consent.con_Consent', { consent: { con_Consent: 'yes' } }],
  ['report', 'body.evaluation.source', { evaluation: { source: 'D', information: '1' } }],
  ['request', 'body.kind', { kind: 'favour' }],
  ['request', 'body.question', { question: undefined }],
  ['reply', 'body.outcome', { outcome: 'maybe' }],
  ['reply', 'body.answer', { answer: 7 }],
  ['clarification', 'body.question', { question: '' }],
  ['refusal', 'body.ground', { ground: 'because' }],
  ['notice', 'body.subject', { subject: 'x'.repeat(201) }],
  ['text', 'body', { more: true }],
  ['text', 'body.text', { text: null }],
  ['closure', 'body.cas_Status', { cas_Status: 'Active' }],
];

describe('bodies', () => {
  test.each(MESSAGE_NAMES)('a good %s is taken as it is', (name) => {
    expect(checkBody(name, GOOD[name])).toEqual(GOOD[name]);
  });

  test.each(WRONG)('a %s with a fault in %s is refused', (name, path, change) => {
    const refused = (): unknown => checkBody(name, { ...GOOD[name], ...change });
    expect(refused).toThrow(Refusal);
    expect(refused).toThrow(`invalid-body: ${path}:`);
  });

  test.each(MESSAGE_NAMES)('no %s is null, a list, a text or empty', async (name) => {
    for (const body of [null, [], 'x', {}, undefined]) {
      expect(await refusalOf(() => checkBody(name, body))).toBe('invalid-body');
    }
  });

  test('a body over its limit is refused before it is judged', async () => {
    // Counted in bytes, as the wire does: 90,000 Khmer characters are 270,000.
    expect(await refusalOf(() => checkBody('text', { text: 'ស'.repeat(90_000) }))).toBe('too-large');
    expect(await refusalOf(() => checkBody('text', { text: 'x'.repeat(LIMITS.body) }))).toBe('too-large');
  });

  test('a refusal repeats nothing of what was sent, neither values nor names of members', () => {
    const secret = 'Marker-Name';
    const body = { [secret]: 1, text: { [secret]: secret }, persons: [{ ref: secret, [secret]: secret }] };
    for (const name of MESSAGE_NAMES) {
      try {
        checkBody(name, body);
      } catch (fault) {
        expect(String(fault)).not.toContain(secret);
      }
    }
  });
});

describe('types', () => {
  test('a name and its URI belong together', () => {
    for (const name of MESSAGE_NAMES) {
      expect(nameOfType(typeUri(name))).toBe(name);
      expect(messageName(name)).toBe(name);
    }
    for (const uri of ['', 'report', `${typeUri('report')}x`, 'https://w3id.org/amanat/case/2.0/report']) {
      expect(nameOfType(uri)).toBeUndefined();
    }
  });

  test('an unknown name is refused with the names there are', () => {
    expect(() => messageName('Report')).toThrow(/unknown-type: .*report, request/);
    expect(() => messageName('__proto__')).toThrow(/unknown-type/);
  });

  test('what answers something cannot open a thread, and what opens one can be answered or noted', () => {
    const opening = MESSAGE_NAMES.filter((name) => PROTOCOL[name].opens);
    expect(opening).toEqual(['report', 'request', 'notice', 'text']);
    expect(PROTOCOL.request.answeredBy).toEqual(['reply', 'clarification', 'refusal']);
  });
});
