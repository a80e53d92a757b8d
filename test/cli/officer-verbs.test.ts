/** `amanat officer list`, `link`, `pin` and `unlink`, as an operator types them. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
beforeAll(async () => {
  at = await benchOnServer();
  const mail = ['--mail-from', 'amanat@gateway.example'];
  expect((await at.json(['init', '--url', 'https://gateway.example', '--country', 'ID', ...mail])).code).toBe(
    0,
  );
  const focalPoint = ['--slug', 'desk', '--name', 'Desk', '--country', 'ID'];
  const officer = ['--officer', 'id=o1,name=Wira Invented,role=officer,lang=id'];
  expect((await at.json(['focal-point', 'add', ...focalPoint, ...officer])).code).toBe(0);
});
afterAll(() => at.close());

const officer = (...words: string[]) => at.json(['officer', ...words]);
const whose = ['--focal-point', 'desk', '--officer', 'o1'];

test('link and pin make start pages, list shows the officers, unlink says if there is nothing to end', async () => {
  const { out } = await at.amanat(['officer', '--help']);
  for (const verb of ['list', 'link', 'pin', 'unlink']) expect(out).toMatch(new RegExp(`^ {2}${verb} `, 'm'));
  const made = await officer('link', ...whose);
  expect(made).toMatchObject({ code: 0, document: { channel: 'telegram', good_for_days: 3 } });
  expect(made.document.start_page).toMatch(/^https:\/\/gateway\.example\/start\/[\w-]{43}$/);
  const pin = await officer('pin', ...whose);
  expect(pin.document.start_page).toMatch(/\/start\/[\w-]{43}$/);
  const { out: shown } = await at.amanat(['officer', 'pin', ...whose]);
  expect(shown).toContain('Hand over the start page in person');
  expect(shown).toMatch(/[▀▄█]{8}/);
  expect((await officer('link', ...whose, '--beside')).code).toBe(0);
  expect((await officer('list')).document.officers).toMatchObject([
    { focal_point: 'desk', id: 'o1', role: 'officer', pin: 'none', accounts: [] },
  ]);
  expect((await officer('unlink', ...whose)).code).toBe(2);
  const nobody = ['--focal-point', 'desk', '--officer', 'o9'];
  for (const verb of ['link', 'pin', 'unlink'])
    expect((await officer(verb, ...nobody)).document.error.code).toBe('unknown-officer');
  const log = await at.json(['log']);
  const acts = log.document.entries.map((one: { act: string }) => one.act);
  expect(acts).toEqual(expect.arrayContaining(['officer.invited', 'pin.invited']));
});

test('list shows complete ids, as the other commands accept them', async () => {
  writeFileSync(at.file('password'), 'correct horse battery staple');
  const mail = [
    '--channel',
    'email',
    '--address',
    'wira@mail.example',
    '--password-file',
    at.file('password'),
  ];
  const added = await at.json([
    'endpoint',
    'add',
    ...whose,
    ...mail,
    '--issue-certificate',
    at.file('o1.p12'),
  ]);
  expect(added.code).toBe(0);
  const { out } = await at.amanat(['officer', 'list']);
  const [, id = ''] = /email ([0-9a-f]+)/.exec(out) ?? [];
  expect(await at.json(['endpoint', 'show', id])).toMatchObject({ code: 0, document: { id, officer: 'o1' } });
});
