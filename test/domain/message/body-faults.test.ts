/** A valid body is accepted unchanged. A faulty one is refused, and the refusal repeats nothing that was sent. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { LIMITS, MESSAGE_NAMES, type MessageName } from '../../../src/domain/message/message.ts';
import { checkBody } from '../../../src/domain/message/protocol.ts';
import { parseBySchema } from '../../../src/domain/words/checked.ts';
import { Refusal } from '../../../src/domain/words/error.ts';
import { GOOD_BODIES } from '../../support/good-bodies.ts';
import { catchRefusal } from '../../support/people.ts';

const CHECKLIST = GOOD_BODIES.indication['checklist'] as object;
const FARES = { ref: 'p1', housing: 'unknown', schooling: 'unknown', health: 'unknown', legal: 'unknown' };

/** Wrong in one place each: type, where the fault is, and what to change. */
const WRONG: readonly [MessageName, string, Record<string, unknown>][] = [
  ['report', '/body/persons', { persons: [] }],
  ['report', '/body/persons', { persons: [{ ref: 'p1' }, { ref: 'p1' }] }],
  ['report', '/body/persons/0/ref', { persons: [{ ref: 'P 1' }] }],
  ['report', '/body/persons/0/prs_Birthdate', { persons: [{ ref: 'p1', prs_Birthdate: '1999-02-30' }] }],
  ['report', '/body/persons/0/prs_Gender', { persons: [{ ref: 'p1', prs_Gender: 'female' }] }],
  ['report', '/body/persons/0/prs_Citizenship/0', { persons: [{ ref: 'p1', prs_Citizenship: ['IDN'] }] }],
  ['report', '/body/persons/0', { persons: [{ ref: 'p1', prs_Nickname: 'x' }] }],
  [
    'report',
    '/body/persons/0/vic_RelationshipToTrafficker',
    { persons: [{ ref: 'p1', vic_RelationshipToTrafficker: 'Unacquainted' }] },
  ],
  ['report', '/body/where/latitude', { where: { country: 'KH', name: 'x', latitude: 91 } }],
  ['report', '/body/happened', { happened: '   ' }],
  ['report', '/body/happened', { happened: 'x'.repeat(20_001) }],
  ['report', '/body/consent/con_Consent', { consent: { con_Consent: 'yes' } }],
  ['report', '/body/evaluation/source', { evaluation: { source: 'D', information: '1' } }],
  ['request', '/body/kind', { kind: 'favour' }],
  ['request', '/body/question', { question: undefined }],
  ['reply', '/body/outcome', { outcome: 'maybe' }],
  ['reply', '/body/answer', { answer: 7 }],
  ['reply', '/body/outcome', { outcome: 'granted' }],
  ['reply', '/body/seats', { seats: 2 }],
  ['reply', '/body/papers', { kind: 'travel-document', outcome: 'provided', basis: undefined }],
  ['indication', '/body/checklist/minors', { checklist: { ...CHECKLIST, minors: -1 } }],
  ['indication', '/body/checklist/recruiter', { checklist: { ...CHECKLIST, recruiter: undefined } }],
  ['indication', '/body/checklist/fear/0', { checklist: { ...CHECKLIST, fear: ['fear'] } }],
  ['indication', '/body/measure', { measure: 'arrested' }],
  ['tip', '/body/reporter/role', { reporter: { role: 'spy' } }],
  ['request', '/body/persons', { persons: [] }],
  ['request', '/body/persons', { kind: 'exit-permit', persons: undefined, documents_seen: undefined }],
  ['request', '/body/seats', { kind: 'repatriation-seat', documents_seen: undefined }],
  ['handover', '/body/when', { when: '2026-12-01T09:00:00' }],
  ['handover', '/body/persons/0/medical_needs', { persons: [{ ref: 'p1', papers: [] }] }],
  ['acceptance', '/body/persons', { whole: true }],
  ['acceptance', '/body/persons', { persons: undefined }],
  ['acceptance', '/body/persons/0/ground', { persons: [{ ref: 'p1', accepted: false }] }],
  ['followup', '/body/persons/0/housing', { persons: [{ ...FARES, housing: 'fine' }] }],
  ['correction', '/body/corrected/0/member', { corrected: [{ member: '../x', now: 'y' }] }],
  ['recall', '/body/reason', { reason: 'regret' }],
  ['permission-request', '/body/purpose', { purpose: 'curiosity' }],
  ['permission', '/body/ground', { granted: false, conditions: undefined, until: undefined }],
  ['notice', '/body/border', { border: 'ajar' }],
  ['drill', '/body/exercise', { exercise: undefined }],
  ['clarification', '/body/question', { question: '' }],
  ['refusal', '/body/ground', { ground: 'because' }],
  ['notice', '/body/subject', { subject: 'x'.repeat(201) }],
  ['text', '/body', { more: true }],
  ['text', '/body/text', { text: null }],
  ['closure', '/body/cas_Status', { cas_Status: 'Active' }],
];

describe('bodies', () => {
  test.each(MESSAGE_NAMES)('a valid %s is accepted unchanged', (name) => {
    expect(checkBody(name, GOOD_BODIES[name])).toEqual(GOOD_BODIES[name]);
  });

  test.each(WRONG)('a %s with a fault in %s is refused', (name, path, change) => {
    const refused = (): unknown => checkBody(name, { ...GOOD_BODIES[name], ...change });
    expect(refused).toThrow(Refusal);
    expect(refused).toThrow(`invalid-body: ${path}:`);
  });

  test.each(MESSAGE_NAMES)('no %s is null, a list, a text or empty', async (name) => {
    for (const body of [null, [], 'x', {}, undefined]) {
      expect(await catchRefusal(() => checkBody(name, body))).toBe('invalid-body');
    }
  });

  test('a body over its limit is refused before it is checked', async () => {
    // Counted in bytes, as the wire does: 90,000 Khmer characters are 270,000.
    expect(await catchRefusal(() => checkBody('text', { text: 'ស'.repeat(90_000) }))).toBe('too-large');
    expect(await catchRefusal(() => checkBody('text', { text: 'x'.repeat(LIMITS.body) }))).toBe('too-large');
  });

  test('a refusal repeats nothing that was sent, neither values nor names of members', () => {
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

describe('the detail of a refused body', () => {
  const detail = (schema: z.ZodType, value: unknown): string => {
    try {
      parseBySchema(schema, value);
    } catch (fault) {
      if (fault instanceof Refusal) return fault.detail;
    }
    throw new Error('nothing was refused');
  };
  const codes = Array.from({ length: 40 }, (_, n) => `code-${n}`);

  test('names whole codes, and how many more there are if not all fit', () => {
    const said = detail(z.strictObject({ kind: z.enum(codes) }), { kind: 'x' });
    const [, listed = '', left] = /^\/kind: must be one of (.*) and (\d+) more$/.exec(said) ?? [];
    const named = listed.split(', ');
    expect(named).toEqual(codes.slice(0, named.length).map((one) => `"${one}"`));
    expect(named.length).toBeGreaterThan(5);
    expect(named.length + Number(left)).toBe(codes.length);
    expect(said.length).toBeLessThan(220);
    expect(detail(z.enum(['a', 'b']), 'x')).toBe('the whole: must be one of "a", "b"');
  });

  test('cuts a long sentence after a word, and counts the members it does not name', () => {
    const long = z.string().max(1, `${'much '.repeat(60)}`);
    expect(detail(long, 'xx')).toMatch(/^the whole: (?:much )+…$/);
    const said = detail(
      z.array(z.number()),
      Array.from({ length: 13 }, () => 'x'),
    );
    expect(said.split('; ')).toHaveLength(11);
    expect(said).toMatch(/; and 3 more$/);
  });
});
