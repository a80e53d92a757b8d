/** The code lists are the published ones, letter by letter. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { personPart } from '../../../src/domain/message/body-parts.ts';
import * as caseCodes from '../../../src/domain/message/case-codes.ts';
import { CODED } from '../../../src/domain/message/outline-members.ts';
import * as vocabulary from '../../../src/domain/words/vocabulary.ts';
import { readPublishedLists } from '../../support/vocabulary.ts';

const published = readPublishedLists();
const SOURCE = readFileSync(new URL('../../../src/domain/words/vocabulary.ts', import.meta.url), 'utf8');

/** Each exported list whose comment begins by naming an HTCDS field, with that field. */
const claims = [...SOURCE.matchAll(/HTCDS `(\w+)`[^/]*\*\/\s*export const (\w+)/g)].map(
  ([, field = '', name = '']) => ({ field, name }),
);

const listOf = (name: string): unknown => Object.entries(vocabulary).find(([one]) => one === name)?.[1];

test('ten lists are from HTCDS', () => {
  expect(claims.map((one) => one.name)).toEqual([
    'GENDER',
    'TRAFFICKING_STATUS',
    'STATUS_DECIDED_BY',
    'RELATIONSHIP_TO_TRAFFICKER',
    'METHOD_OF_RECRUITMENT',
    'METHODS_OF_CONTROL',
    'TYPE_OF_EXPLOITATION',
    'ROLE_IN_PROCESS',
    'CASE_STATUS',
    'CLOSED_STATUS',
  ]);
});

test.skipIf(published === undefined).each(claims)('$name is $field as published', ({ field, name }) => {
  const list = published?.get(field) ?? [];
  // A thread ends in two of the four states that HTCDS has for a case.
  if (name === 'CLOSED_STATUS') expect(list).toEqual(['Active', 'FollowUp', ...vocabulary.CLOSED_STATUS]);
  else expect(listOf(name)).toEqual(list);
});

test.skipIf(published === undefined)('every member named like an HTCDS field is one', () => {
  const ours = Object.keys(personPart.shape).filter((one) => /^[a-z]{3}_/.test(one));
  expect(ours.length).toBeGreaterThan(10);
  expect(ours.filter((one) => !published?.has(one))).toEqual([]);
  expect([...SOURCE.matchAll(/\b(?:prs|vic|cas|con)_\w+/g)].filter(([one]) => !published?.has(one))).toEqual(
    [],
  );
});

test('our own codes cannot be mistaken for published ones', () => {
  const { OWN_METHODS_OF_CONTROL, OWN_TYPES_OF_EXPLOITATION, OWN_PLACES } = vocabulary;
  const own = [...OWN_METHODS_OF_CONTROL, ...OWN_TYPES_OF_EXPLOITATION, ...OWN_PLACES];
  for (const code of own) {
    expect(code).toMatch(/^amanat:/);
    expect([...(published?.values() ?? [])].flat()).not.toContain(code);
  }
});

test('no list has a code twice', () => {
  const lists = [...Object.values(vocabulary), ...Object.values(caseCodes), ...Object.values(CODED)];
  for (const list of lists as (readonly string[])[]) {
    expect(new Set(list).size).toBe(list.length);
  }
});
