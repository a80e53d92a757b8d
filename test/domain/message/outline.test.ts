/** The outline of bodies that fit no schema: a gateway that carries them sealed cannot refuse them, and must show them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outline } from '../../../src/domain/message/outline.ts';
import { wordsFromFiles } from '../../../src/entry/words-from-files.ts';

const words = wordsFromFiles();
const shown = (body: Record<string, unknown>): string => JSON.stringify(outline(body, 'en', words));

test.each([
  ['persons that are a text', { persons: 'Melati' }],
  ['persons that are texts', { persons: ['Melati', null] }],
  ['a consent that is a text', { consent: 'Melati' }],
  ['a place that is a text', { where: 'Melati' }],
  ['a recruiter that is a list', { recruiter: [{ name: 'Melati' }] }],
  ['a member that nobody knows', { whereabouts: { last: { seen: 'Melati' } } }],
  ['a ref that is an object', { persons: [{ ref: { of: 'Melati' } }] }],
])('%s: what it says is there', (_, body) => {
  expect(shown(body)).toContain('Melati');
});

test.each(['toString', 'constructor', 'valueOf', 'hasOwnProperty', '__proto__'])(
  'a member called %s is one like any other',
  (name) => {
    const body = JSON.parse(`{"${name}":"Melati","persons":[{"${name}":"Contoh"}]}`);
    expect(shown(body)).toContain('Melati');
    expect(shown(body)).toContain('Contoh');
  },
);

test('no persons are no line', () => {
  expect(outline({ persons: [], text: 'Invented' }, 'en', words)).toEqual(
    outline({ text: 'Invented' }, 'en', words),
  );
});

test('whatever the body is, there is an outline of it', () => {
  const names = fc.constantFrom(
    'persons',
    'where',
    'evaluation',
    'recruiter',
    'consent',
    'when',
    'corrected',
    'toString',
  );
  const part = fc.dictionary(fc.oneof(names, fc.string()), fc.jsonValue());
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(names, fc.string()), fc.oneof(part, fc.array(part), fc.jsonValue())),
      (body) => {
        for (const lang of ['id', 'km']) expect(outline(body, lang, words).length).toBeGreaterThan(0);
      },
    ),
  );
});
