/** Every type of message in words: no code, no name of a member, no JSON, and nested members under a heading. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MESSAGE_NAMES } from '../../../src/domain/message/message.ts';
import { outlineOfBody } from '../../../src/domain/message/outline.ts';
import { CODED } from '../../../src/domain/message/outline-members.ts';
import { PROTOCOL } from '../../../src/domain/message/protocol.ts';
import {
  INFORMATION_EVALUATION,
  LANGUAGES,
  SOURCE_EVALUATION,
} from '../../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../../src/entry/phrases-from-files.ts';
import { arbitraryOf } from '../../support/from-schema.ts';
import { assertProperty } from '../../support/property.ts';

type Body = Record<string, unknown>;

const translate = phrasesFromFiles();
const EN = { lang: 'en', zone: 'UTC' };

/** The texts of an outline, headings and labels among them. */
const texts = (body: Body, lang: string): readonly string[] =>
  outlineOfBody(body, { lang, zone: 'UTC' }, translate).flatMap(({ heading, lines }) => [
    ...(heading === undefined ? [] : [heading]),
    ...lines.flatMap(({ label, text }) => [label, text]),
  ]);

/** Codes that no word of a language looks like. */
const CODES = Object.values(CODED)
  .flat()
  .filter((one) => /[a-z][A-Z]|-|:/.test(one));

/** Names of members: those of HTCDS, and ours of several words. */
const MEMBER = /\b(?:prs|vic|cas|con|per)_\w|\b[a-z]+_[a-z]+\b/;

describe.each(MESSAGE_NAMES)('%s', (name) => {
  test('any valid body is readable without a code, a member’s name or JSON', () => {
    const bodies = arbitraryOf(PROTOCOL[name].body) as fc.Arbitrary<Body>;
    assertProperty(
      fc.property(bodies, fc.constantFrom(...LANGUAGES), (body, lang) => {
        // Where a correction points to is the sender's to write.
        const shown = texts({ ...body, corrected: undefined }, lang);
        // An acceptance of the whole has an empty body.
        const isEmpty = Object.keys(body).every((member) => member === 'corrected');
        expect(shown.length > 0).toBe(!isEmpty);
        for (const text of shown) {
          expect(CODES).not.toContain(text);
          expect(text).not.toMatch(/[{}]|\btrue\b|\bfalse\b|\bnull\b/);
        }
        for (const label of outlineOfBody(body, { lang, zone: 'UTC' }, translate).flatMap((one) =>
          one.lines.map((line) => line.label),
        ))
          expect(name === 'correction' ? '' : label).not.toMatch(MEMBER);
      }),
      { numRuns: 60 },
    );
  });
});

const JOURNEY = { from: 'Bone', journeys: [{ carrier: 'Contoh' }, { carrier: 'Misal' }] };

test('nested members are a group under their headings, numbered if there are several', () => {
  const body = { happened: 'Invented', checklist: { route: JOURNEY, companions: null, fear: [] } };
  expect(outlineOfBody(body, EN, translate)).toEqual([
    {
      lines: [
        { label: 'What happened', text: 'Invented', isWritten: true },
        { label: 'Number of companions', text: 'Not known' },
        { label: 'Signs of fear', text: 'nothing entered' },
      ],
    },
    { heading: 'Route', lines: [{ label: 'From', text: 'Bone', isWritten: true }] },
    { heading: 'Route › Journeys 1', lines: [{ label: 'Carrier', text: 'Contoh', isWritten: true }] },
    { heading: 'Route › Journeys 2', lines: [{ label: 'Carrier', text: 'Misal', isWritten: true }] },
  ]);
});

test('members of a person are under that person', () => {
  const papers = [{ document: 'passport', number: 'X0000000' }];
  const [, person, paper] = outlineOfBody(
    { persons: [{ ref: 'p1', minor: true, papers }] },
    { lang: 'id', zone: 'UTC' },
    translate,
  );
  expect(person).toEqual({ heading: 'ORANG 1 (p1)', lines: [{ label: 'Di bawah umur', text: 'ya' }] });
  expect(paper?.heading).toBe('ORANG 1 (p1) › Dokumen perjalanan');
  expect(paper?.lines[0]).toEqual({ label: 'Jenis dokumen', text: 'Paspor' });
});

test('a correction names the place in words, and translates codes', () => {
  const corrected = [
    { member: 'persons.1.prs_Birthdate', now: '2001-02-03' },
    { member: 'persons.0.prs_Gender', now: 'Feminine' },
    { member: 'checklist.recruiter.name', now: 'Contoh' },
  ];
  expect(outlineOfBody({ corrected }, EN, translate)).toEqual([
    { lines: [] },
    {
      heading: 'Corrected',
      lines: [
        { label: 'Person 2 › Date of birth', text: '3 February 2001' },
        { label: 'Person 1 › Gender', text: 'Female' },
        { label: 'Recruiter › Name', text: 'Contoh', isWritten: true },
      ],
    },
  ]);
});

const evaluated = (source: string, information: string, lang: string): string | undefined =>
  outlineOfBody({ evaluation: { source, information } }, { lang, zone: 'UTC' }, translate)[0]?.lines[0]?.text;

test('an evaluation is in words: of the source, of the information, or that there is none', () => {
  expect(evaluated('A', '1', 'en')).toBe('source reliable, information confirmed');
  expect(evaluated('X', '4', 'en')).toBe('not evaluated');
  expect(evaluated('X', '4', 'km')).toBe('មិនបានវាយតម្លៃ');
});

test.each([
  [{ source: 'A' }, ['source reliable']],
  [{ information: '1' }, ['information confirmed']],
  [{ source: 'X' }, ['source cannot be evaluated']],
  [{ source: 'D', information: '1' }, ['Source: D', 'Information: information confirmed']],
  [{ source: null, information: '1' }, ['Source: Not known', 'Information: information confirmed']],
])('an evaluation %j says exactly what is there', (evaluation, expected) => {
  const [first, ...more] = outlineOfBody({ evaluation }, { lang: 'en', zone: 'UTC' }, translate).flatMap(
    ({ lines }) => lines.map(({ label, text }) => (label === 'Evaluation' ? text : `${label}: ${text}`)),
  );
  expect([first, ...more]).toEqual(expected);
});

test.each(LANGUAGES)('in %s each code of an evaluation reads differently', (lang) => {
  const all = SOURCE_EVALUATION.flatMap((source) =>
    INFORMATION_EVALUATION.map((information) => evaluated(source, information, lang)),
  );
  expect(new Set(all).size).toBe(SOURCE_EVALUATION.length * INFORMATION_EVALUATION.length);
  for (const one of all) expect(one).not.toMatch(/\b[ABCX1-4]\b/);
});
