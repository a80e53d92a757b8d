/** Manifests: persons, by their refs in the thread. */
import { expect, test } from 'vitest';
import {
  checkAcceptedPersons,
  checkManifest,
  findUnknownPersons,
  personRefsOf,
} from '../../../src/domain/message/manifest.ts';
import { catchRefusal } from '../../support/people.ts';

const naming = (...refs: readonly string[]) => ({ persons: refs.map((ref) => ({ ref })) });

test('a person is known if any message of the thread names it', async () => {
  expect(findUnknownPersons([naming('p1'), { text: 'x' }, naming('p2')], naming('p2', 'p3'))).toEqual(['p3']);
  checkManifest([naming('p1', 'p2')], naming('p2'));
  expect(await catchRefusal(() => checkManifest([naming('p1')], naming('p2')))).toBe('unknown-person');
  expect(() => checkManifest([], naming('secret-name'))).not.toThrow(/secret-name/);
});

test('an acceptance is for the whole manifest, or for each person of it', async () => {
  const manifest = naming('p1', 'p2');
  checkAcceptedPersons(manifest, { whole: true });
  checkAcceptedPersons(manifest, naming('p2', 'p1'));
  expect(await catchRefusal(() => checkAcceptedPersons(manifest, naming('p1', 'p2', 'p3')))).toBe(
    'unknown-person',
  );
  expect(await catchRefusal(() => checkAcceptedPersons(manifest, naming('p1')))).toBe('invalid-body');
});

test('a value that is not a list of persons names nobody', () => {
  for (const persons of [undefined, null, 'p1', [null, 'p1', {}, { ref: 1 }]])
    expect(personRefsOf({ persons })).toEqual([]);
});
