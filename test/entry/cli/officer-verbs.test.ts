/** `amanat officer list`, `link` and `unlink`, as an operator types them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
beforeAll(async () => {
  at = await benchOnServer();
  expect((await at.json(['init', '--url', 'https://gateway.example', '--country', 'ID'])).code).toBe(0);
  const desk = ['--slug', 'desk', '--name', 'Desk', '--country', 'ID'];
  const officer = ['--officer', 'id=o1,name=Wira Invented,role=officer,lang=id'];
  expect((await at.json(['focal-point', 'add', ...desk, ...officer])).code).toBe(0);
});
afterAll(() => at.close());

const officer = (...words: string[]) => at.json(['officer', ...words]);
const whose = ['--focal-point', 'desk', '--officer', 'o1'];

test('link makes a code, list shows who is there, unlink says where there is nothing to end', async () => {
  const { out } = await at.amanat(['officer', '--help']);
  for (const verb of ['list', 'link', 'unlink']) expect(out).toMatch(new RegExp(`^ {2}${verb} `, 'm'));
  const made = await officer('link', ...whose);
  expect(made).toMatchObject({ code: 0, document: { channel: 'telegram', good_for_days: 3 } });
  expect(made.document.code).toMatch(/^[\w-]{43}$/);
  expect((await officer('link', ...whose, '--beside')).code).toBe(0);
  expect((await officer('list')).document.officers).toMatchObject([
    { focal_point: 'desk', id: 'o1', role: 'officer', accounts: [] },
  ]);
  expect((await officer('unlink', ...whose)).code).toBe(2);
  const nobody = ['--focal-point', 'desk', '--officer', 'o9'];
  for (const verb of ['link', 'unlink'])
    expect((await officer(verb, ...nobody)).document.error.code).toBe('unknown-officer');
  const log = await at.json(['log']);
  expect(log.document.entries.map((one: { act: string }) => one.act)).toContain('officer.invited');
});
