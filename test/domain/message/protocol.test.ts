/** The protocol table: the types, what each one asks and answers, and what readers see of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { draftIndication, tipBody } from '../../../src/domain/message/body.ts';
import {
  MESSAGE_NAMES,
  type MessageName,
  messageNameOf,
  typeUriOf,
} from '../../../src/domain/message/message.ts';
import { outlineOfBody } from '../../../src/domain/message/outline.ts';
import { checkBody, PROTOCOL, readMessageName } from '../../../src/domain/message/protocol.ts';
import { EXPECTED_ANSWER } from '../../../src/domain/message/request-bodies.ts';
import { present } from '../../../src/domain/words/present.ts';
import { LANGUAGES, REQUEST_KINDS } from '../../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../../src/entry/phrases-from-files.ts';
import { EVALUATION, GOOD_BODIES, RECRUITER } from '../../support/good-bodies.ts';
import { catchRefusal } from '../../support/people.ts';

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
      const asking = { ...asked(kind), evaluation: EVALUATION };
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
    for (const one of [GOOD_BODIES.tip, { where: GOOD_BODIES.tip['where'], happened: 'Heard.' }]) {
      const draft = draftIndication(tipBody.parse(one));
      expect(checkBody('indication', draft)).toEqual(draft);
    }
    const draft = draftIndication(tipBody.parse(GOOD_BODIES.tip));
    expect(draft).toMatchObject({
      persons: [{ ref: 'p1' }],
      checklist: { recruiter: RECRUITER },
      evaluation: EVALUATION,
    });
    expect(JSON.stringify(draft)).not.toContain('Invented Officer');
  });
});

describe('outlines', () => {
  const translate = phrasesFromFiles();
  test.each(MESSAGE_NAMES.flatMap((name) => LANGUAGES.map((lang) => [name, lang] as const)))(
    'a %s is readable in %s',
    (name, lang) => {
      const lines = outlineOfBody(GOOD_BODIES[name], { lang, zone: 'Asia/Makassar' }, translate).flatMap(
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
