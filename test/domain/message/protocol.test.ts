/** The protocol table: what the body of each type must be, what it must not be, and what a refusal says about it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { draftIndication, tipBody } from '../../../src/domain/message/body.ts';
import {
  LIMITS,
  MESSAGE_NAMES,
  type MessageName,
  messageNameOf,
  typeUriOf,
} from '../../../src/domain/message/message.ts';
import { outlineOfBody } from '../../../src/domain/message/outline.ts';
import { checkBody, PROTOCOL, readMessageName } from '../../../src/domain/message/protocol.ts';
import { EXPECTED_ANSWER } from '../../../src/domain/message/request-bodies.ts';
import { parseBySchema } from '../../../src/domain/words/checked.ts';
import { Refusal } from '../../../src/domain/words/error.ts';
import { present } from '../../../src/domain/words/present.ts';
import { LANGUAGES, REQUEST_KINDS } from '../../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../../src/entry/phrases-from-files.ts';
import { catchRefusal } from '../../support/people.ts';

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
  determinations: [
    {
      country: 'KH',
      vic_TraffickingStatusDecisionMakingOrg: 'Police',
      date: '2026-11-02',
      vic_TraffickingStatus: 'NotAVictimOfTrafficking',
    },
    {
      country: 'ID',
      vic_TraffickingStatusDecisionMakingOrg: 'NonPoliceGovernmentalOrganization',
      date: '2026-11-09',
      vic_TraffickingStatus: 'ActualVictimOfTrafficking',
    },
  ],
};

const evaluation = { source: 'B', information: '2' };
const recruiter = {
  known: 'yes',
  name: 'Invented Recruiter',
  contact: 'an invented number',
  vic_RelationshipToTrafficker: 'Acquainted',
  per_RoleInProcess: ['RecruiterOrIntermediary'],
};
const journeys = [
  { carrier: 'Invented Air', number: 'XX 100', date: '2026-12-01', from: 'Phnom Penh', to: 'Jakarta' },
];

/** One good body a type, with as much in it as the schema knows. */
const GOOD: Readonly<Record<MessageName, Record<string, unknown>>> = {
  report: {
    case_number: 'KH-1',
    persons: [person, { ref: 'p2' }],
    where: {
      country: 'KH',
      name: 'Phnom Penh',
      kind: 'amanat:ScamCompound',
      latitude: 11.5,
      longitude: 104.9,
    },
    happened: 'Left a compound.',
    since: '2026-11-01',
    needs: ['medical'],
    indicators: ['no passport'],
    consent: { con_Consent: true, note: 'spoken' },
    evaluation: { source: 'B', information: '2' },
  },
  indication: {
    persons: [person],
    where: { country: 'ID', name: 'Badau', kind: 'border-post' },
    happened: 'Four young people with one ticket.',
    checklist: {
      languages: ['ind', 'msa'],
      documents_seen: ['identity-card'],
      documents_missing: ['passport', 'work-permit'],
      recruiter,
      route: { from: 'Putussibau', via: ['Badau'], to: 'Kuching', journeys },
      money: { debt: 'yes', amount: 5_000_000, currency: 'IDR', paid_by: 'the recruiter' },
      fear: ['others-answer', 'watched'],
      companions: 3,
      minors: null,
    },
    measure: 'departure-postponed',
    referred_to: 'Invented desk',
    indicators: ['one ticket for four'],
    consent: { con_Consent: true },
    evaluation,
  },
  tip: {
    where: { country: 'ID', name: 'Invented village' },
    happened: 'A stranger collects young people.',
    since: '2026-11-01',
    persons: [{ ref: 'p1' }],
    recruiter,
    offered: 'Restaurant work',
    destination: 'KH',
    departure: '2026-12-01',
    reporter: { role: 'village-officer', name: 'Invented Officer', contact: 'the office' },
    evaluation,
  },
  request: {
    kind: 'nationality-verification',
    question: 'Is p1 a citizen?',
    persons: [person],
    documents_seen: ['identity-card'],
    evaluation,
  },
  reply: {
    kind: 'nationality-verification',
    outcome: 'confirmed',
    basis: ['civil-registry'],
    answer: 'Yes.',
    evaluation,
  },
  clarification: { question: 'Which of the two?' },
  refusal: { ground: 'national-law', detail: 'Article 3.' },
  notice: {
    kind: 'border-measure',
    subject: 'Closed',
    text: 'Closed on Monday.',
    border: 'closed',
    where: { country: 'ID', name: 'Badau' },
    from: '2026-12-01',
    until: '2026-12-03',
    evaluation,
  },
  handover: {
    when: '2026-12-01T09:00:00+07:00',
    where: { country: 'ID', name: 'Soekarno-Hatta', kind: 'airport' },
    escort: { name: 'Invented Escort', office: 'Embassy', contact: 'a number' },
    persons: [
      {
        ref: 'p1',
        papers: [{ document: 'emergency-travel-document', number: 'INVENTED-1', valid_until: '2026-12-31' }],
        medical_needs: true,
        medical_note: 'Asthma.',
        minor: false,
        needs: ['medical'],
      },
    ],
    note: 'At the usual gate.',
  },
  acceptance: {
    persons: [
      { ref: 'p1', accepted: true },
      { ref: 'p2', accepted: false, ground: 'not-our-national', note: 'Other papers.' },
    ],
  },
  followup: {
    date: '2027-01-10',
    persons: [
      {
        ref: 'p1',
        housing: 'with-family',
        schooling: 'in-training',
        health: 'well',
        legal: 'complaint-filed',
        note: 'Doing well.',
      },
    ],
    text: 'First visit.',
    evaluation,
  },
  correction: { corrected: [{ member: 'persons.0.prs_Birthdate', now: '1999-03-01' }], reason: 'Misread.' },
  recall: { reason: 'wrong-recipient', detail: 'Meant for another desk.' },
  'permission-request': {
    purpose: 'pass-on',
    third_party: { name: 'Invented prosecutor', country: 'ID' },
    reason: 'A case is prepared.',
  },
  permission: { granted: true, conditions: 'Without the name.', until: '2027-01-01' },
  drill: { exercise: 'Invented exercise', text: 'Please tap.' },
  text: { text: 'Received with thanks.' },
  closure: { cas_Status: 'ClosedReferred', cas_ReasonForCaseClosure: 'Home.' },
};

const CHECKLIST = GOOD.indication['checklist'] as object;
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
    expect(checkBody(name, GOOD[name])).toEqual(GOOD[name]);
  });

  test.each(WRONG)('a %s with a fault in %s is refused', (name, path, change) => {
    const refused = (): unknown => checkBody(name, { ...GOOD[name], ...change });
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

describe('types', () => {
  test('a name and its URI match', () => {
    for (const name of MESSAGE_NAMES) {
      expect(messageNameOf(typeUriOf(name))).toBe(name);
      expect(readMessageName(name)).toBe(name);
    }
    for (const uri of ['', 'report', `${typeUriOf('report')}x`, 'https://w3id.org/amanat/case/2.0/report']) {
      expect(messageNameOf(uri)).toBeUndefined();
    }
  });

  test('an unknown name is refused with the list of names', () => {
    expect(() => readMessageName('Report')).toThrow(/unknown-type: .*report, indication/);
    expect(() => readMessageName('__proto__')).toThrow(/unknown-type/);
  });

  test('a type that answers cannot open a thread, and a type that opens one can be answered or noted', () => {
    const opening = MESSAGE_NAMES.filter((name) => PROTOCOL[name].opens);
    expect(opening).toEqual(['report', 'indication', 'tip', 'request', 'notice', 'text', 'drill']);
    expect(PROTOCOL.request.answeredBy).toEqual(['reply', 'clarification', 'refusal']);
  });

  test('a type that answers may be about what it answers, and a type that asks for more than an acknowledgement can be answered finally', () => {
    const settlingOf = (name: MessageName) =>
      PROTOCOL[name].answeredBy.filter((one) => PROTOCOL[one].about?.effect === 'settles');
    for (const name of MESSAGE_NAMES) {
      const { answeredBy, asks } = PROTOCOL[name];
      for (const answer of answeredBy) expect(PROTOCOL[answer].about?.of, answer).toContain(name);
      // A recall is answered by the gateways, with evidence.
      if (asks !== 'acknowledge' && asks !== 'purge') expect(settlingOf(name), name).not.toEqual([]);
    }
    expect(settlingOf('handover')).toEqual(['acceptance', 'refusal']);
    expect(settlingOf('permission-request')).toEqual(['permission']);
  });

  test('each has its row in the published table', () => {
    const text = readFileSync(new URL('../../../docs/wire.md', import.meta.url), 'utf8');
    const section = text.slice(text.indexOf('### Types'), text.indexOf('Every type asks'));
    const rows = [...section.matchAll(/^\| `([a-z-]+)` \|(.*)\|$/gm)].map(([, name = '', rest = '']) => ({
      name,
      cells: rest.split('|').map((cell) => cell.trim()),
    }));
    expect(rows.map((row) => row.name)).toEqual([...MESSAGE_NAMES]);
    const named = (cell = ''): readonly string[] =>
      [...cell.matchAll(/`([a-z-]+)`/g)].map(([, one = '']) => one);
    for (const { name, cells } of rows) {
      const { asks, clock, answeredBy, about, opens } = PROTOCOL[readMessageName(name)];
      expect(named(cells[0]), name).toEqual([asks]);
      expect(named(cells[1]), name).toEqual([clock]);
      expect(named(cells[2]), name).toEqual(answeredBy);
      expect(cells[3], name).toBe(about === undefined ? '–' : about.needed ? 'must' : 'may');
      expect(cells[4], name).toBe(about?.by ?? '–');
      expect(cells[5], name).toBe(opens ? 'yes' : 'no');
    }
  });
});

describe('requests and replies', () => {
  const persons = [{ ref: 'p1' }];
  const asked = (kind: string) => ({
    kind,
    question: 'Please.',
    persons,
    ...present({ seats: kind === 'repatriation-seat' ? 1 : undefined }),
  });
  const members = {
    papers: [{ document: 'passport' }],
    valid_until: '2027-01-01',
    seen_on: '2026-12-01',
    seats: 1,
    journeys: [{ number: 'XX 100' }],
    cas_Status: 'Active',
  };
  const needed = (kind: (typeof REQUEST_KINDS)[number]): object =>
    Object.fromEntries(
      Object.entries(members).filter(([name]) => EXPECTED_ANSWER[kind].needs.some((one) => one === name)),
    );

  test.each(REQUEST_KINDS)(
    '%s is requested, and answered with the members that its kind needs',
    async (kind) => {
      const asking = { ...asked(kind), evaluation };
      expect(checkBody('request', asking)).toEqual(asking);
      const [yes, no] = EXPECTED_ANSWER[kind].outcomes;
      const answer = { kind, answer: 'So it is.' };
      checkBody('reply', { ...answer, outcome: yes, ...needed(kind) });
      checkBody('reply', { ...answer, outcome: no });
      checkBody('reply', { ...answer, outcome: 'pending' });
      expect(await catchRefusal(() => checkBody('reply', answer))).toBe('invalid-body');
      for (const left of EXPECTED_ANSWER[kind].needs) {
        const without = { ...answer, outcome: yes, ...needed(kind), [left]: undefined };
        expect(() => checkBody('reply', without)).toThrow(`invalid-body: /body/${left}: is missing`);
      }
    },
  );

  test('information that is not evaluated says so', () => {
    const unknown = { source: 'X', information: '4' };
    expect(checkBody('reply', { answer: 'Yes.' })).toEqual({ answer: 'Yes.', evaluation: unknown });
    expect(checkBody('request', asked('family-tracing'))).toMatchObject({ evaluation: unknown });
  });
});

describe('a tip', () => {
  test('becomes an indication unchanged, whatever it left out', () => {
    for (const one of [GOOD.tip, { where: GOOD.tip['where'], happened: 'Heard.' }]) {
      const draft = draftIndication(tipBody.parse(one));
      expect(checkBody('indication', draft)).toEqual(draft);
    }
    const draft = draftIndication(tipBody.parse(GOOD.tip));
    expect(draft).toMatchObject({ persons: [{ ref: 'p1' }], checklist: { recruiter }, evaluation });
    expect(JSON.stringify(draft)).not.toContain('Invented Officer');
  });
});

describe('outlines', () => {
  const translate = phrasesFromFiles();
  test.each(MESSAGE_NAMES.flatMap((name) => LANGUAGES.map((lang) => [name, lang] as const)))(
    'a %s is readable in %s',
    (name, lang) => {
      const lines = outlineOfBody(GOOD[name], { lang, zone: 'Asia/Makassar' }, translate).flatMap(
        (group) => group.lines,
      );
      expect(lines.length).toBeGreaterThan(0);
      for (const { label, text } of lines) {
        expect(label).toMatch(/\S/);
        expect(text).toMatch(/\S/);
        // Nothing in it falls through as a code or as JSON.
        expect(`${label}: ${text}`).not.toMatch(/[{}]|amanat:|_|\bundefined\b/);
      }
    },
  );
});
