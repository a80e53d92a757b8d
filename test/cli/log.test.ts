/** `amanat log`: each administrative command is an entry, with the operator's handle; the chain reveals edits. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { withGateway } from '../support/cli-home.ts';
import { connectToDatabase } from '../support/server.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
let madeBetween: readonly [number, number];
beforeAll(async () => {
  at = await benchOnServer();
  const begun = Date.now();
  await at.json(['init', '--url', 'https://gateway.example', '--country', 'ID'], {
    env: { AMANAT_OPERATOR: 'maker' },
  });
  madeBetween = [begun, Date.now()];
  const focalPoint = ['focal-point', 'add', '--slug', 'desk', '--name', 'Invented', '--country', 'ID'];
  const officer = ['--officer', 'id=o1,name=Chan Invented,role=officer,lang=id'];
  const dewi = { env: { AMANAT_OPERATOR: 'dewi' } };
  expect((await at.json([...focalPoint, ...officer, '--partner', '--access-key'], dewi)).code).toBe(0);
  const hook = ['--channel', 'webhook', '--address', 'https://partner.example/hook'];
  expect((await at.json(['endpoint', 'add', '--focal-point', 'desk', ...hook], dewi)).code).toBe(0);
  writeFileSync(at.file('roster.json'), '{}');
  expect(
    (await at.json(['--operator', 'night.1', 'roster', 'set', 'desk', at.file('roster.json')])).code,
  ).toBe(0);
  expect((await at.json(['keys', 'rotate', '--gateway'], dewi)).code).toBe(0);
  expect((await at.json(['keys', 'rotate', '--master'], dewi)).code).toBe(0);
});
afterAll(() => at.close());

const log = async (...words: string[]) => (await at.json(['log', ...words])).document;

test('it shows what was done, by whom and to what, in order; without names of persons or addresses', async () => {
  const { entries, broken_at } = await log();
  expect(broken_at).toBeNull();
  expect(entries.map((one: { who: string; act: string }) => [one.who, one.act])).toEqual([
    ['maker', 'gateway.made'],
    ['dewi', 'custody-key.made'],
    ['dewi', 'designation.imported'],
    ['dewi', 'secret.made'],
    ['dewi', 'access-key.made'],
    ['dewi', 'endpoint.added'],
    ['night.1', 'roster.set'],
    ['dewi', 'gateway-key.rotated'],
    ['dewi', 'master.rotated'],
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/Chan|partner\.example|hook/);
  const { out } = await at.amanat(['log']);
  expect(out).toContain('endpoint.added');
  expect(out.trimEnd().split('\n')).toHaveLength(10);
  // The hour is that of init, which opened no database.
  const made = Date.parse(entries[0].at);
  expect(made).toBeGreaterThanOrEqual(madeBetween[0]);
  expect(made).toBeLessThanOrEqual(madeBetween[1]);
});

test('it can be limited to one subject and to entries from a given time', async () => {
  const ofDesk = (await log('--subject', 'desk')).entries;
  expect(ofDesk.map((one: { act: string }) => one.act)).toEqual([
    'custody-key.made',
    'designation.imported',
    'secret.made',
    'access-key.made',
    'endpoint.added',
    'roster.set',
  ]);
  expect((await log('--subject', 'did:web:gateway.example:fp:desk')).entries).toEqual(ofDesk);
  expect((await log('--subject', 'des')).entries).toEqual([]);
  const { endpoints } = (await at.json(['endpoint', 'list'])).document;
  const ofEndpoint = (await log('--subject', endpoints[0].id)).entries;
  expect(ofEndpoint.map((one: { act: string }) => one.act)).toEqual(['endpoint.added']);
  expect((await log('--since', '2999-01-01')).entries).toEqual([]);
  for (const none of ['yesterday', '2026-02-30', '2026-02-30T10:00:00Z'])
    expect((await at.amanat(['log', '--since', none])).code, none).toBe(2);
});

test('an invitation is listed under the focal point that it is for', async () => {
  const linked = await at.amanat(['officer', 'link', '--focal-point', 'desk', '--officer', 'o1']);
  expect(linked.code).toBe(0);
  // The bot could not answer: the operator hears it before the page is handed over.
  expect(linked.err).toContain('does not run telegram yet');
  const acts = (await log('--subject', 'desk')).entries.map((one: { act: string }) => one.act);
  expect(acts.slice(-2)).toEqual(['pin.invited', 'officer.invited']);
});

test('an invalid handle is refused, and never repeated', async () => {
  const refused = await at.amanat(['--operator', 'Dewi Invented <d@example>', 'log']);
  expect(refused.code).toBe(2);
  expect((await at.amanat(['log'], { env: { AMANAT_OPERATOR: 'no handle' } })).code).toBe(2);
});

test('the ledger has the entries; a changed, moved or removed one is noticed', async () => {
  const { entries } = await log();
  await withGateway(at, async (gateway) => {
    await extendLedger(gateway);
    for (const one of entries)
      expect(await gateway.store.ledger.ledgerPlace(one.id)).toMatchObject({ index: one.place - 1 });
  });
  const name = at.values['DATABASE_URL']?.split('/').at(-1)?.split('?')[0] ?? '';
  const sql = connectToDatabase(inject('server'), name, 1);
  await sql`update operator_act set ends = (select id from operator_act where place = 3) where place = 6`;
  expect(await at.json(['log'])).toMatchObject({ code: 1, document: { broken_at: 6 } });
  await sql`update operator_act set ends = null where place = 6`;
  await sql`update operator_act set place = 60 where place = 6`;
  expect((await at.json(['log'])).code).toBe(1);
  await sql`update operator_act set place = 6 where place = 60`;
  expect((await at.json(['log'])).code).toBe(0);
  await sql.end();
});
