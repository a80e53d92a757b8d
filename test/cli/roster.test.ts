/** `amanat roster`: who is on duty, set by the operator and compared with the designation. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, withGateway } from '../support/cli-home.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
let file: string;

beforeAll(async () => {
  at = await benchOnServer();
  file = join(at.home, 'roster.json');
  await makeHome(at, 'https://gateway.example');
  const focalPoint = ['--slug', 'desk', '--name', 'Desk', '--country', 'ID'];
  const officer = ['--officer', 'id=o1,name=Invented Officer,role=officer,lang=id'];
  expect((await at.json(['focal-point', 'add', ...focalPoint, ...officer])).code).toBe(0);
});
afterAll(() => at.close());

const set = (roster: unknown) => {
  writeFileSync(file, JSON.stringify(roster));
  return at.json(['roster', 'set', 'desk', file]);
};

test('a roster is set, shown and ended; a stranger, an invalid shift and an unknown focal point are refused', async () => {
  const shift = { officer: 'o1', days: [1, 2], from: '08:00', to: '16:00' };
  const once = { officer: 'o1', from: '2026-12-25T00:00:00Z', until: '2026-12-26T00:00:00Z' };
  expect((await at.amanat(['roster', 'show', 'desk'])).out).toMatch(/^No roster/);
  expect(await set({ weekly: [shift], once: [once] })).toMatchObject({
    code: 0,
    document: { weekly: [shift] },
  });
  const { out } = await at.amanat(['roster', 'show', 'desk']);
  expect(out).toMatch(/^o1\s+12\s+08:00\s+16:00$/m);
  expect(out).toMatch(/^o1\s+once\s+2026-12-25T00:00:00Z/m);

  expect(await set({ weekly: [{ ...shift, officer: 'stranger' }] })).toMatchObject({
    code: 3,
    document: { error: { code: 'unknown-officer' } },
  });
  expect(await set({ weekly: [{ ...shift, days: [8] }] })).toMatchObject({
    document: { error: { code: 'invalid-body' } },
  });
  expect(await at.json(['roster', 'show', 'nobody'])).toMatchObject({
    document: { error: { code: 'unknown-recipient' } },
  });
  const kept = await withGateway(at, async ({ store }) =>
    store.directory.rosters(['did:web:gateway.example:fp:desk']),
  );
  expect([...kept.values()]).toEqual([{ weekly: [shift], once: [once] }]);
  expect(await set({})).toMatchObject({ code: 0, document: { weekly: [], once: [] } });
});
