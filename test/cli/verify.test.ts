/** `amanat verify` as an outsider runs it: no home folder, no database, two certificates and a file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { writeCase } from '../../src/flow/case/reading.ts';
import { makeAuthority } from '../../src/seal/authority.ts';
import { demoAuthorityName } from '../../src/seal/demo-anchors.ts';
import { KEPT_PEMS, unpackKept } from '../support/at-707277f.ts';
import { addHook } from '../support/confirmed.ts';
import { eachOf } from '../support/each-of.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { designateGateway } from '../support/signed-statements.ts';
import { makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import { type Bench, bench } from './child.ts';

let house: Rig;
let outside: Bench;
let file: string;
let pems: readonly string[];

beforeAll(async () => {
  house = await makeRig();
  outside = bench();
  const officers = [makeOfficer()];
  const shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  const recipient = await house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  const { gateway, authorities } = house;
  const address = 'https://desk.test/hook';
  const { focal_point: focalPoint } = recipient.designation;
  await addHook(gateway, focalPoint, { lang: 'id', address });
  const draft = { url: gateway.url, name: 'One gateway', country: 'KH', signing: [gateway.key.publicJwk] };
  await keepGateway(gateway, await designateGateway(authorities.KH, draft, new Date(Date.now() - 1)));
  const id = await postMessage(shelter, makeReportPost(['desk']));
  file = outside.file('case.amanat');
  writeFileSync(file, writeCase(await exportCase(gateway, { id, contents: true })));
  pems = gateway.anchors.map(({ country, certificate }) => {
    const pem = outside.file(`${country}.pem`);
    writeFileSync(pem, certificate);
    return pem;
  });
});
afterAll(async () => {
  await outside?.close();
  await house?.close();
});

const anchored = (of = pems): string[] => of.flatMap((pem) => ['--anchor', pem]);

test('a valid file verifies: exit 0, one document, and what one gateway alone cannot prove', async () => {
  const { code, document } = await outside.json(['verify', file, ...anchored()]);
  expect(code).toBe(0);
  expect(document).toMatchObject({ verified: true, unrewritable: false, by: { name: 'One gateway' } });
  expect(document.not_proven).toContain('not-in-ledger');
});

test('each language has its own text', async () => {
  const told = await Promise.all(
    LANGUAGES.map((lang) => outside.amanat(['verify', file, ...anchored(), '--lang', lang])),
  );
  expect(told.map((one) => one.code)).toEqual(LANGUAGES.map(() => 0));
  expect(new Set(told.map((one) => one.out.split('\n')[0])).size).toBe(LANGUAGES.length);
  for (const { out } of eachOf(told)) expect(out).toContain('Desk');
});

test('the details of a piece of evidence are indented below it', async () => {
  const { out } = await outside.amanat(['verify', file, ...anchored()]);
  expect(out).toMatch(/^ {2}- .*accepted for delivery.*\n {4}Based on /m);
});

test('an endless file is given up, and a file that is not UTF-8 is refused', async () => {
  const endless = await outside.json(['verify', '/dev/zero', ...anchored()]);
  expect(endless).toMatchObject({
    code: 2,
    document: { error: { code: 'usage', detail: expect.stringContaining('more than') } },
  });
  const latin = outside.file('latin.json');
  writeFileSync(latin, Buffer.from('{"kind":"designation","name":"Pos Pal\u00E9"}', 'latin1'));
  const shown = await outside.json(['designation', 'show', latin]);
  expect(shown).toMatchObject({ code: 2, document: { error: { detail: expect.stringContaining('UTF-8') } } });
});

test('a changed file, another authority, or no certificate: exit 1 and the place', async () => {
  const damaged = outside.file('damaged.amanat');
  writeFileSync(damaged, readFileSync(file, 'utf8').replace('"urgency":"urgent"', '"urgency":"routine"'));
  expect(await outside.json(['verify', damaged, ...anchored()])).toMatchObject({
    code: 1,
    document: { verified: false, place: 'messages[0]', code: 'digest-mismatch' },
  });
  const stranger = outside.file('stranger.pem');
  writeFileSync(stranger, (await makeAuthority('KH', 'Stranger', new Date())).certificate);
  const [indonesia = ''] = pems;
  const wrong = await outside.json(['verify', file, ...anchored([indonesia, stranger])]);
  expect(wrong).toMatchObject({ code: 1, document: { verified: false, place: 'gateways[0]' } });
  const none = await outside.json(['verify', file, ...anchored([file, stranger])]);
  expect(none.code).toBe(1);
  expect(none.document).toMatchObject({ verified: false, place: '--anchor 1' });
  expect((await outside.json(['verify', file])).code).toBe(2);
});

test('text and JSON have the same exit code, for valid and for invalid files', async () => {
  const trusted = KEPT_PEMS.map((pem, n) => {
    const at = outside.file(`then-${n}.pem`);
    writeFileSync(at, pem);
    return at;
  });
  for (const [name, code] of [
    ['answered-kh', 0],
    ['receipt-not-kept', 0],
    ['false-role-minister', 1],
    ['false-accepted-at', 1],
  ] as const) {
    const at = outside.file(`${name}.amanat`);
    writeFileSync(at, unpackKept(`${name}.amanat`));
    const plain = await outside.amanat(['verify', at, ...anchored(trusted)]);
    const json = await outside.json(['verify', at, ...anchored(trusted)]);
    expect([plain.code, json.code, json.document.verified], name).toEqual([code, code, code === 0]);
    expect(plain.err).toBe('');
    expect(plain.out.startsWith('VERIFIED')).toBe(code === 0);
  }
});

test('every output says if a certificate is a demo, verified or not', async () => {
  const demo = outside.file('demo.pem');
  writeFileSync(demo, (await makeAuthority('MY', demoAuthorityName('MY'), new Date())).certificate);
  for (const of of [[...pems, demo], [demo]]) {
    const { code, document } = await outside.json(['verify', file, ...anchored(of)]);
    expect([code, document.demo_anchors]).toEqual([of.length > 1 ? 0 : 1, ['MY']]);
    for (const lang of LANGUAGES) {
      const { out } = await outside.amanat(['verify', file, ...anchored(of), '--lang', lang]);
      const translate = phrasesFromFiles();
      expect(out).toContain(translate(lang, 'verify-demo', { countries: translate(lang, 'country-MY') }));
    }
  }
  const { document } = await outside.json(['verify', file, ...anchored()]);
  expect(document.demo_anchors).toEqual([]);
});

test('it uses no database, no server and no network', () => {
  const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[\w$\s{},*]+?\s+from\s+)?'([^']+)';/gm;
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    if (!path.endsWith('.ts')) return;
    for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(IMPORT)) {
      if (name.startsWith('.')) visit(resolve(dirname(path), name));
      else seen.add(name);
    }
  };
  const root = resolve(import.meta.dirname, '../..');
  visit(resolve(root, 'src/cli/verify.ts'));
  const reached = [...seen].map((one) => (one.startsWith('/') ? relative(root, one) : one));
  expect(reached).toContain('src/flow/case/verify.ts');
  // By which codes a database is down is told by a file that opens none.
  expect(
    reached.filter((one) =>
      /^(?:src\/(?:store(?!\/database-fault\.ts)|http)|postgres|undici|hono|node:(?:net|http))/.test(one),
    ),
  ).toEqual([]);
});
