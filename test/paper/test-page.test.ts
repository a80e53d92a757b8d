/** The test page: set with every font that is there, and a font that is not there is found before a letter needs it. */
import { expect, test } from 'vitest';
import { brokenFamilies, lettersFaults } from '../../src/entry/typst/letters-check.ts';
import { typesetter } from '../../src/entry/typst/typst.ts';
import { FAMILIES } from '../../src/paper/scripts.ts';
import { testPage } from '../../src/paper/test-page.ts';
import { textOf } from '../support/letters.ts';

const at = new Date('2026-11-30T00:00:00Z');

test('every script is on it, and no character is named by its code point', async () => {
  const text = await textOf(await typesetter()(testPage(at, true)));
  expect(text).toContain('信函 护照');
  expect(text).toContain('Thư');
  expect(text).not.toContain('[U+');
});

test('all is well here', async () => {
  expect(await lettersFaults(typesetter(), { at, all: true })).toEqual([]);
  expect(await brokenFamilies()).toEqual([]);
  expect(FAMILIES).toHaveLength(9);
});

test('what is wrong is named by its kind, never by the text of the fault', async () => {
  const broken = (fault: Error) => lettersFaults(() => Promise.reject(fault), { at, all: false });
  const missing = Object.assign(new Error('/secret/path'), { code: 'MODULE_NOT_FOUND' });
  expect(await broken(missing)).toEqual(['MODULE_NOT_FOUND']);
  expect(await broken(new Error('what stood on the page'))).toEqual(['fault']);
  expect(await lettersFaults(async () => new Uint8Array(), { at, all: false })).toEqual(['no-pdf']);
});
