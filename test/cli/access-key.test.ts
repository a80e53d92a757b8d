/** `amanat focal-point access-key`: an operator makes, lists and revokes keys while the gateway serves. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome } from '../support/cli-home.ts';
import { type Bench, benchOnServer, freePort, type Served } from './child.ts';

let at: Bench;
let served: Served | undefined;
let url: string;

beforeAll(async () => {
  at = await benchOnServer();
  url = `http://127.0.0.1:${await freePort()}`;
  await makeHome(at, url);
  const officer = ['--officer', 'id=o1,name=Chan Invented,role=officer,lang=id'];
  for (const slug of ['desk', 'other']) {
    const focalPoint = [
      'focal-point',
      'add',
      '--slug',
      slug,
      '--name',
      'Invented',
      '--country',
      'ID',
      ...officer,
    ];
    expect((await at.json(focalPoint)).code).toBe(0);
  }
  served = await at.serve();
});
afterAll(async () => {
  await served?.end('SIGKILL');
  await at.close();
});

const keys = (...words: string[]) => at.json(['focal-point', 'access-key', ...words]);
const listed = async (...words: string[]) => (await keys('list', ...words)).document.access_keys;

/** What the gateway answers to a call with this key, without the id of the call. */
async function answered(key: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`${url}/v1/threads`, { headers: { authorization: `Bearer ${key}` } });
  const body = (await response.text()).replace(/urn:amanat:request:[0-9a-f-]+/, '');
  return { status: response.status, body };
}

/** Two keys of the desk, the second written to a file, and one of another desk. */
let first: { id: string; key: string };
let second: { id: string; key: string };
let elsewhere: string;

test('a key is made, shown once or written to a file, and listed by its id alone', async () => {
  const made = (await keys('--slug', 'desk')).document;
  expect(made.access_key).toMatch(/^amk_/);
  first = { id: made.id, key: made.access_key };
  const { id, access_key_file: file } = (await keys('add', '--slug', 'desk', '--key-out', at.file('key')))
    .document;
  second = { id, key: readFileSync(file, 'utf8').trim() };
  elsewhere = (await keys('add', '--slug', 'other')).document.access_key;
  const unused = { slug: 'desk', made: expect.stringMatching(/Z$/), last_used: null, revoked: null };
  expect(await listed('--slug', 'desk')).toMatchObject([
    { id: first.id, ...unused },
    { id: second.id, ...unused },
  ]);
});

test('it reads until it is revoked; then it is refused like a key that never existed', async () => {
  expect((await answered(first.key)).status).toBe(200);
  const used = (await listed()).map((one: { last_used: string | null }) => one.last_used !== null);
  expect(used).toEqual([true, false, false]);
  const revoked = await keys('revoke', first.id);
  expect(revoked).toMatchObject({
    code: 0,
    document: { id: first.id, revoked: expect.stringMatching(/Z$/) },
  });
  const unknown = await answered(`amk_${'A'.repeat(43)}`);
  expect(unknown.status).toBe(401);
  expect(await answered(first.key)).toEqual(unknown);
  expect((await answered(second.key)).status).toBe(200);
  expect((await answered(elsewhere)).status).toBe(200);
  expect(await keys('revoke', first.id)).toEqual(revoked);
});

test('an unknown key is refused; no key is repeated, or shown in the list', async () => {
  expect(await keys('revoke', '0'.repeat(12))).toMatchObject({
    code: 3,
    document: { error: { code: 'not-found', detail: expect.stringContaining('access-key list') } },
  });
  const pasted = await at.amanat(['focal-point', 'access-key', 'revoke', second.key]);
  expect([pasted.code, pasted.out]).toEqual([2, '']);
  const shown = await at.amanat(['focal-point', 'access-key', 'list']);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toMatch(new RegExp(`^${first.id} +desk .*Z$`, 'm'));
  const said = shown.out + pasted.err + JSON.stringify(await listed());
  for (const { key } of [first, second]) expect(said).not.toContain(key.slice(4));
});
