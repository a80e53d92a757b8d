/** A PIN still works after the master key was replaced: `keys rotate --master` while the gateway serves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome } from '../support/cli-home.ts';
import { type Bench, benchOnServer, freePort, type Served } from './child.ts';

let at: Bench;
let served: Served | undefined;
beforeAll(async () => {
  at = await benchOnServer();
  const url = `http://127.0.0.1:${await freePort()}`;
  await makeHome(at, url);
  const focalPoint = ['--slug', 'desk', '--name', 'Desk', '--country', 'ID'];
  const officer = ['--officer', 'id=o1,name=Wira Invented,role=officer,lang=en'];
  expect((await at.json(['focal-point', 'add', ...focalPoint, ...officer])).code).toBe(0);
  served = await at.serve();
});
afterAll(async () => {
  await served?.end('SIGKILL');
  await at.close();
});

const PIN = '739154';

/** The address of a new start page. */
async function page(verb: 'link' | 'pin'): Promise<string> {
  const made = await at.json(['officer', verb, '--focal-point', 'desk', '--officer', 'o1']);
  expect(made.code).toBe(0);
  return made.document.start_page;
}
const enter = async (to: string, fields: Readonly<Record<string, string>>) =>
  (await fetch(to, { method: 'POST', body: new URLSearchParams(fields) })).status;

/** What is kept is asked for, and the right one alone is taken. */
async function isTheSame(): Promise<void> {
  const to = await page('link');
  expect(await (await fetch(to)).text()).not.toContain('name="again"');
  expect(await enter(to, { pin: '503926' })).toBe(403);
  expect(await enter(to, { pin: PIN })).toBe(200);
}

test('a PIN set before works after the rotation, after its end, and after the old key is removed', async () => {
  expect(await enter(await page('pin'), { pin: PIN, again: PIN })).toBe(200);
  for (const more of [[], ['--finish'], ['--forget-old']]) {
    const { code, document } = await at.json(['keys', 'rotate', '--master', ...more]);
    expect(code).toBe(0);
    // The PIN is among them: two custodial keys of the desk, and it.
    if (more.length === 0) expect(document).toMatchObject({ secrets: 3, rewrapped: 3 });
    await isTheSame();
  }
  const examined = await at.json(['doctor']);
  const pins = examined.document.findings.filter((one: { check: string }) => one.check === 'pins');
  expect(pins).toMatchObject([{ verdict: 'ok' }]);
});

test('a locked PIN stays locked during a rotation', async () => {
  const to = await page('link');
  for (let n = 0; n < 5; n += 1) await enter(to, { pin: '503926' });
  expect((await at.json(['keys', 'rotate', '--master'])).code).toBe(0);
  const next = await page('link');
  expect(await enter(next, { pin: PIN })).toBe(403);
  expect((await at.json(['officer', 'list'])).document.officers).toMatchObject([{ id: 'o1', pin: 'locked' }]);
});
