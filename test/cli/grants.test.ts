/**
 * `amanat grants adopt`: a home folder from before grants had MACs is served after its operator has reviewed the
 * grants.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeHome } from '../support/cli-home.ts';
import { connectToDatabase } from '../support/server.ts';
import { type Bench, benchOnServer, freePort, type Served } from './child.ts';

let at: Bench;
let url: string;
let key: string;
let served: Served | undefined;
let sql: ReturnType<typeof connectToDatabase>;

beforeAll(async () => {
  at = await benchOnServer();
  url = `http://127.0.0.1:${await freePort()}`;
  await makeHome(at, url);
  const focalPoint = [
    'focal-point',
    'add',
    '--slug',
    'desk',
    '--name',
    'Invented',
    '--country',
    'ID',
    '--access-key',
  ];
  const officer = ['--officer', 'id=o1,name=Chan Invented,role=officer,lang=id'];
  key = (await at.json([...focalPoint, ...officer])).document.access_key;
  sql = connectToDatabase(
    inject('server'),
    at.values['DATABASE_URL']?.split('/').at(-1)?.split('?')[0] ?? '',
    1,
  );
});
afterAll(async () => {
  await served?.end('SIGKILL');
  await sql.end();
  await at.close();
});

const head = () => join(at.home, 'operator-log.json');
const threads = async () =>
  (await fetch(`${url}/v1/threads`, { headers: { authorization: `Bearer ${key}` } })).status;
const ready = async () => {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test('a home folder from before grants had MACs is served closed until its operator has confirmed its grants', async () => {
  // As the program of before left it.
  await sql`update access_key set entry = null, mac = null`;
  await sql`update secret set entry = null, mac = null`;
  await sql`delete from operator_act`;
  rmSync(head());
  served = await at.serve();
  expect(served.ready.warnings.join()).toContain('grants adopt');
  expect(await ready()).toMatchObject({ status: 503, body: { waiting_for: 'amanat grants adopt' } });
  expect(await threads()).toBe(503);
  // Nothing else is recorded, and so made, before.
  expect(await at.json(['focal-point', 'access-key', '--slug', 'desk'])).toMatchObject({
    document: { error: { code: 'grants-not-adopted' } },
  });
  // A rotation is refused before it has begun.
  expect(await at.json(['keys', 'rotate', '--master'])).toMatchObject({
    document: { error: { code: 'grants-not-adopted' } },
  });
  expect(existsSync(join(at.home, 'secrets', 'AMANAT_MASTER_KEY_OLD'))).toBe(false);
  const listed = (await at.json(['grants', 'adopt'])).document;
  expect(listed).toMatchObject({ adopted: false });
  expect(listed.grants.map((one: { kind: string; why: string }) => [one.kind, one.why])).toEqual([
    ['access-key', 'unsigned'],
    ['secret', 'unsigned'],
    ['secret', 'unsigned'],
  ]);
  // What authorities signed counts by their signature; the log names it from now on.
  expect(listed.statements).toMatchObject([{ kind: 'designation' }]);
  expect(existsSync(head())).toBe(false);
  expect((await at.json(['grants', 'adopt', '--confirm', 'AAAAAAAAAAAA'])).code).toBe(3);
  const doctor = await at.amanat(['doctor']);
  expect(doctor.out).toContain('check them, then adopt them: amanat grants adopt');
  expect(doctor.out).not.toContain('this master key does not open');
  expect(doctor.out).not.toContain('the gateway lacks a key of');
  expect((await at.json(['grants', 'adopt', '--confirm', listed.code])).document).toEqual({
    adopted: true,
    grants: 3,
    statements: 1,
  });
  expect((await at.json(['grants', 'adopt'])).document).toMatchObject({ grants: [], statements: [] });
  await expect.poll(async () => (await ready()).status).toBe(200);
  expect(await threads()).toBe(200);
  const acts = (await at.json(['log'])).document.entries.map((one: { act: string }) => one.act);
  expect(acts).toEqual(Array(4).fill('grants.adopted'));
});

test('an entry removed from the end of the log closes a gateway at its start', async () => {
  const [, listed] = (await at.json(['focal-point', 'access-key', 'list'])).document.access_keys;
  expect(listed).toBeUndefined();
  await served?.end('SIGTERM');
  served = undefined;
  const { access_keys: keys } = (await at.json(['focal-point', 'access-key', 'list'])).document;
  const [old] = await sql`select to_json(k) as row from access_key k`;
  expect((await at.json(['focal-point', 'access-key', 'revoke', keys[0].id])).code).toBe(0);
  expect(JSON.parse(readFileSync(head(), 'utf8')).place).toBe(5);
  // The key as it was, and no trace in the database that it was revoked.
  await sql`delete from operator_act where place = 5`;
  await sql`delete from access_key`;
  await sql`insert into access_key select * from json_populate_record(null::access_key, ${JSON.stringify(old?.['row'])}::text::json)`;
  served = await at.serve();
  await expect.poll(async () => (await ready()).body['waiting_for']).toBe('operator-log');
  expect(await threads()).toBe(503);
  const doctor = await at.amanat(['doctor']);
  expect(doctor.out).toContain('operator’s log');
});

test('a log head that cannot be read is a fault of the home folder', async () => {
  await served?.end('SIGTERM');
  served = undefined;
  writeFileSync(head(), '{"place":');
  expect(await at.json(['log'])).toMatchObject({ code: 4, document: { error: { code: 'configuration' } } });
});
