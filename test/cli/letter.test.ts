/** `amanat letter`: an operator prints the formal letter of a message for a focal point. */
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chance } from '../../src/entry/chance.ts';
import { acceptSubmission } from '../../src/flow/intake/assisted.ts';
import type { Gateway } from '../../src/gateway.ts';
import { makeHome, postUndeliverable, withGateway } from '../support/cli-home.ts';
import { addHook } from '../support/confirmed.ts';
import { readPdfText } from '../support/letters.ts';
import { makeReportPost, PRIVATE_TEXT } from '../support/story.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
let id: string;
let restricted: string;

beforeAll(async () => {
  at = await benchOnServer();
  await makeHome(at, 'https://gateway.example');
  [id, restricted] = await withGateway(at, async (gateway) => [
    await postUndeliverable(at.home, gateway),
    await underH2(gateway),
  ]);
});
afterAll(() => at.close());

/** A report under H2 to the same desk, which is told of it by a notice only. @returns its id */
async function underH2(gateway: Gateway): Promise<string> {
  const focalPoint = `${gateway.did}:fp:desk`;
  await addHook(gateway, focalPoint, { shows: 'notice', address: 'none either' });
  const accepted = await acceptSubmission(gateway, {
    kind: 'submission',
    focalPoint: `${gateway.did}:fp:shelter`,
    key: chance.newId(),
    digest: 'another',
    submission: makeReportPost(['desk'], { handling: 'H2' }) as never,
  });
  return accepted.id;
}

test('the letter is written to a file readable by its owner alone, in the requested languages, and never overwrites a file', async () => {
  const out = at.file('letter.pdf');
  const said = await at.amanat(['letter', id, '--out', out, '--lang', 'ms', '--lang', 'en']);
  expect(said.code).toBe(0);
  expect(JSON.parse(said.err)).toMatchObject({
    event: 'letter.made',
    message: id,
    by: 'operator',
    languages: 'ms en',
  });
  for (const word of PRIVATE_TEXT) expect(said.out + said.err).not.toContain(word);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const text = await readPdfText(readFileSync(out));
  for (const part of [PRIVATE_TEXT[0] ?? '', 'Laporan', 'Report', 'SHELTER/']) expect(text).toContain(part);
  expect((await at.json(['letter', id, '--out', out])).code).toBe(2);
});

test('an unknown language, an unknown message and a stranger are refused, and nothing is written', async () => {
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
});

test('a restricted message is not opened for an operator, and nothing for a focal point before it has arrived there', async () => {
  const out = at.file('none.pdf');
  for (const more of [[], ['--for', 'shelter'], ['--for', 'desk']])
    expect(await at.json(['letter', restricted, '--out', out, ...more])).toMatchObject({
      code: 3,
      document: { error: { code: 'handling-restricted' } },
    });
  expect(await at.json(['letter', id, '--out', out, '--for', 'desk'])).toMatchObject({
    code: 3,
    document: { error: { code: 'not-handed-over' } },
  });
  expect(() => statSync(out)).toThrow();
});
