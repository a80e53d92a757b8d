/** The test page: set with every installed font, so that a missing font is found before a letter needs it. */
import { expect, test } from 'vitest';
import { findBrokenFamilies, findLetterFaults } from '../../src/entry/typst/letters-check.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import { FONT_FAMILIES } from '../../src/paper/scripts.ts';
import { makeTestPage } from '../../src/paper/test-page.ts';
import { readPdfText } from '../support/letters.ts';

const at = new Date('2026-11-30T00:00:00Z');

test('every script is on it, and no character is replaced by its code point', async () => {
  const text = await readPdfText(await createTypesetter()(makeTestPage(at, true)));
  expect(text).toContain('信函 护照');
  expect(text).toContain('Thư');
  expect(text).not.toContain('[U+');
});

test('the real fonts and templates have no faults', async () => {
  expect(await findLetterFaults(createTypesetter(), { at, all: true })).toEqual([]);
  expect(await findBrokenFamilies()).toEqual([]);
  expect(FONT_FAMILIES).toHaveLength(9);
});

test('a fault is named by its kind, never by its text', async () => {
  const broken = (fault: Error) => findLetterFaults(() => Promise.reject(fault), { at, all: false });
  const missing = Object.assign(new Error('/secret/path'), { code: 'MODULE_NOT_FOUND' });
  expect(await broken(missing)).toEqual(['MODULE_NOT_FOUND']);
  expect(await broken(new Error('what stood on the page'))).toEqual(['fault']);
  expect(await findLetterFaults(async () => new Uint8Array(), { at, all: false })).toEqual(['no-pdf']);
});
