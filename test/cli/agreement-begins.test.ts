/**
 * The example agreement, signed as in the README, is in force at once. One that begins later is kept and reported as
 * such.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome } from '../support/cli-home.ts';
import { type Bench, benchOnServer } from './child.ts';

const EXAMPLE = new URL('../../docs/agreement.example.json', import.meta.url).pathname;
const LATER = '2090-01-01T00:00:00Z';
const BOTH = ['--as', 'ID', '--as', 'KH'];

let at: Bench;

beforeAll(async () => {
  at = await benchOnServer();
  await makeHome(at, 'http://127.0.0.1:1', ['ID', 'KH']);
});
afterAll(() => at?.close());

const stateOf = async (id: string): Promise<string> => {
  const { document } = await at.json(['keys', 'list']);
  return document.keys.find((one: { name: string }) => one.name === id).state;
};

test('the example is in force as soon as both have signed it', async () => {
  const signed = await at.amanat(['agreement', 'sign', EXAMPLE, ...BOTH]);
  expect([signed.code, signed.err]).toEqual([0, expect.not.stringContaining('begins')]);
  expect(await stateOf('id-kh-stranded-persons')).toBe('in use');
});

test('an agreement that begins later is kept and listed as not begun, and the signer is told', async () => {
  const draft = { ...JSON.parse(readFileSync(EXAMPLE, 'utf8')), id: 'later', from: LATER };
  writeFileSync(at.file('later.json'), JSON.stringify({ ...draft, until: '2091-01-01T00:00:00Z' }));
  const signed = await at.amanat(['agreement', 'sign', at.file('later.json'), ...BOTH]);
  expect([signed.code, signed.err]).toEqual([0, expect.stringContaining(`It begins at ${LATER}`)]);
  expect(await stateOf('later')).toBe('not yet');
});
