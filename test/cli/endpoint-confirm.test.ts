/** A second endpoint waits; the authority's statement confirms it: drafted, signed and imported as files. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeHome } from '../support/cli-home.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { connectToDatabase } from '../support/server.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
let peer: HttpPeer;
let env: Record<string, string>;

beforeAll(async () => {
  [at, peer] = await Promise.all([benchOnServer(), startPeer()]);
  env = { AMANAT_ALLOW: peer.host, AMANAT_OPERATOR: 'dewi' };
  await makeHome(at, 'https://gateway.example');
  const focalPoint = ['--slug', 'desk', '--name', 'Desk', '--country', 'ID'];
  const officer = ['--officer', 'id=o1,name=Wira,role=officer,lang=id'];
  expect((await at.json(['focal-point', 'add', ...focalPoint, ...officer])).code).toBe(0);
});
afterAll(async () => {
  await at.close();
  await peer.close();
});

const add = (path: string) => {
  const to = ['--focal-point', 'desk', '--channel', 'webhook', '--address', `${peer.url}${path}`];
  return at.json(['endpoint', 'add', ...to], { env });
};
const endpoint = (...words: string[]) => at.json(['endpoint', ...words], { env });
const shown = async (id: string) => (await endpoint('show', id)).document;

test('the second endpoint waits, and files to and from the authority confirm it', async () => {
  const first = (await add('/first')).document;
  expect(first.waits_until).toBeUndefined();
  const second = (await add('/second')).document;
  expect(Date.parse(second.waits_until)).toBeGreaterThan(Date.now());
  const id = second.endpoint as string;
  expect(await shown(id)).toMatchObject({
    state: 'waiting',
    enabled: false,
    waiting: { new: true, by: 'dewi' },
  });
  const doctor = await at.json(['doctor'], { env });
  expect(JSON.stringify(doctor.document)).toContain(
    `endpoint ${id} waits for confirmation by its focal point`,
  );
  expect((await endpoint('enable', id)).document.error.code).toBe('confirmation-needed');
  const [draft, signed] = [join(at.home, 'confirm.json'), join(at.home, 'confirm.signed.json')];
  expect((await endpoint('confirm', id)).code).toBe(2);
  expect((await endpoint('confirm', id, '--draft', draft)).document.confirmed).toBe(false);
  expect((await endpoint('confirm', id, '--statement', draft)).document.error.code).toBe('statement-refused');
  // A draft that shows another address than the one its digest stands for.
  const lie = join(at.home, 'lie.json');
  const claims = JSON.parse(readFileSync(draft, 'utf8'));
  expect(claims.address).toBe(`${peer.url}/second`);
  writeFileSync(lie, JSON.stringify({ ...claims, address: `${peer.url}/first` }));
  const seen = await at.json(['authority', 'show-endpoint', lie], { env });
  expect(seen).toMatchObject({ code: 3, document: { verified: false } });
  const lied = ['authority', 'confirm-endpoint', lie, '--as', 'ID', '--out', `${signed}.lie`, '--yes'];
  expect((await at.json(lied, { env })).document.error.code).toBe('statement-refused');
  const plain = await at.amanat(['authority', 'show-endpoint', draft], { env });
  expect(plain.out).toContain(`${peer.url}/second`);
  const sign = ['authority', 'confirm-endpoint', draft, '--as', 'ID', '--out', signed, '--yes'];
  expect((await at.json(sign, { env })).code).toBe(0);
  const read = await at.json(['authority', 'show-endpoint', signed], { env });
  expect(read.document).toMatchObject({ verified: true, endpoint: { endpoint: id, slug: 'desk' } });
  expect((await endpoint('confirm', id, '--statement', signed)).document.confirmed).toBe(true);
  expect(await shown(id)).toMatchObject({ state: 'on', enabled: true, waiting: null });
  expect((await endpoint('confirm', id, '--statement', signed)).document.error.code).toBe(
    'statement-refused',
  );
});

test('a home folder whose log mark was deleted does not adopt endpoints as old ones', async () => {
  const sql = connectToDatabase(
    inject('server'),
    at.values['DATABASE_URL']?.split('/').at(-1)?.split('?')[0] ?? '',
    1,
  );
  const [evil] = await sql<{ id: string }[]>`
    insert into endpoint (id, focal_point, channel, address, rank, shows, lang, enabled)
    select replace(gen_random_uuid()::text, '-', ''), focal_point, channel, ${`${peer.url}/evil`}, 1, 'packet', 'en', true
    from endpoint limit 1 returning id`;
  await sql.end();
  rmSync(join(at.home, 'operator-log.json'));
  const { code, grants } = (await at.json(['grants', 'adopt'], { env })).document;
  expect(grants.filter((one: { why: string }) => one.why === 'unsigned')).toMatchObject([
    { subject: evil?.id },
  ]);
  const adopted = await at.json(['grants', 'adopt', '--confirm', code], { env });
  expect(adopted.document).toMatchObject({ adopted: true });
  const { endpoints } = (await endpoint('list')).document;
  const states = endpoints.map(({ id, state }: { id: string; state: string }) => [id === evil?.id, state]);
  expect(states.toSorted()).toEqual([
    [false, 'on'],
    [false, 'on'],
    [true, 'waiting'],
  ]);
});
