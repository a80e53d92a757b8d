/** `amanat serve`: what it says to look at when it starts. */
import { cpSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, benchOnServer, freePort } from './child.ts';

const DEMO = new URL('../../../certs/demo/KH/demo-ed25519.pem', import.meta.url).pathname;

let at: Bench;
beforeAll(async () => {
  at = await benchOnServer();
  expect((await at.json(['init', '--url', `http://127.0.0.1:${await freePort()}`])).code).toBe(0);
  const authority = ['authority', 'init', '--country', 'ID', '--dir', at.file('authority')];
  expect((await at.json(authority)).code).toBe(0);
  for (const country of ['ID', 'KH']) mkdirSync(`${at.home}/certs/${country}`, { recursive: true });
  cpSync(at.file('authority/ID.pem'), `${at.home}/certs/ID/authority.pem`);
  cpSync(DEMO, `${at.home}/certs/KH/authority.pem`);
});
afterAll(() => at.close());

test('that an authority of the published demo set is trusted, in the log and in the answer', async () => {
  const served = await at.serve({}, 'warn');
  const warning = expect.stringContaining('the authority trusted for KH is a DEMO (not real)');
  expect(served.ready.warnings).toEqual([warning]);
  const { err } = await served.end('SIGTERM');
  const warned = err.split('\n').filter((line) => line.includes('serve.warning'));
  expect(warned.map((line) => JSON.parse(line))).toMatchObject([{ warning }]);
});
