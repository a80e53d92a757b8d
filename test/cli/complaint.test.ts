/**
 * `amanat complaint list` and `amanat designation pending`: what another gateway signed wrongly, and statements that
 * it has and this gateway lacks.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, withGateway } from '../support/cli-home.ts';
import { type Bench, benchOnServer } from './child.ts';

const PEER = 'did:web:gateway.other.example';
const DESK = `${PEER}:fp:desk`;

let at: Bench;
beforeAll(async () => {
  at = await benchOnServer();
  await makeHome(at, 'https://gateway.example');
});
afterAll(() => at.close());

test('an empty list, then a complaint that came is listed and written to a file', async () => {
  expect((await at.json(['complaint', 'list'])).document).toEqual({ complaints: [] });
  expect((await at.json(['designation', 'pending'])).document).toEqual({ pending: [] });
  const digest = 'A'.repeat(43);
  await withGateway(at, async ({ store }) => {
    await store.directory.wantStatements(
      [{ digest, kind: 'designation', about: DESK, gateway: PEER }],
      new Date(),
    );
  });
  const file = at.file('statement.json');
  const write = ['designation', 'pending', digest, '--out', file];
  expect((await at.json(write)).document).toMatchObject({ error: { code: 'not-found' } });
  await withGateway(at, ({ store }) => store.directory.keepPending(digest, '{"payload":"e30"}'));
  expect((await at.json(['designation', 'pending'])).document).toMatchObject({
    pending: [{ digest, kind: 'designation', about: DESK, gateway: PEER, here: true }],
  });
  expect((await at.json(write)).code).toBe(0);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ payload: 'e30' });
  expect((await at.amanat(['designation', 'pending', digest])).code).toBe(2);
});
