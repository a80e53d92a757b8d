/** `amanat letter`: an operator prints the formal letter of a message for a desk. */
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failing, inside } from '../../support/cli-home.ts';
import { textOf } from '../../support/letters.ts';
import { PRIVATE } from '../../support/story.ts';
import { type Bench, bench } from './child.ts';

let at: Bench;
let id: string;

beforeAll(async () => {
  at = bench();
  expect((await at.json(['init', '--url', 'https://gateway.example', '--country', 'ID'])).code).toBe(0);
  id = await inside(at.home, (gateway) => failing(at.home, gateway));
}, 60_000);
afterAll(() => at.close());

test('the letter becomes a file of its owner’s alone, in the languages asked for, and is never overwritten', async () => {
  const out = at.file('letter.pdf');
  const said = await at.amanat(['letter', id, '--out', out, '--for', 'desk', '--lang', 'ms', '--lang', 'en']);
  expect(said).toMatchObject({ code: 0, err: '' });
  for (const word of PRIVATE) expect(said.out).not.toContain(word);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const text = await textOf(readFileSync(out));
  for (const part of [PRIVATE[0] ?? '', 'Laporan', 'Report', 'SHELTER/']) expect(text).toContain(part);
  expect((await at.json(['letter', id, '--out', out])).code).toBe(2);
}, 60_000);

test('a language that is none, an unknown message and a stranger are refused, and nothing is written', async () => {
  const out = at.file('none.pdf');
  expect((await at.json(['letter', id, '--out', out, '--lang', 'th'])).code).toBe(2);
  expect(await at.json(['letter', '0'.repeat(32), '--out', out])).toMatchObject({
    code: 3,
    document: { error: { code: 'not-found' } },
  });
  expect(await at.json(['letter', id, '--out', out, '--for', 'nobody'])).toMatchObject({
    code: 3,
    document: { error: { code: 'unknown-recipient' } },
  });
  expect(() => statSync(out)).toThrow();
}, 60_000);
