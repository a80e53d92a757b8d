/** The demo set in `certs/demo` is the command's output: marked, usable for trials, and without keys. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoAuthority, makeDemoAuthorities } from '../../../src/entry/enrolling/demo-authority.ts';
import { makeAuthority, readAnchor } from '../../../src/seal/authority.ts';
import { importAuthorityKey, readAuthorityJwk } from '../../../src/seal/authority-key.ts';
import { demoCountriesOf } from '../../../src/seal/demo-anchors.ts';

const CERTS = new URL('../../../certs', import.meta.url).pathname;
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(folder, file)).isFile())
    .toSorted();
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

let folder: string;
let made: readonly DemoAuthority[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amanat-demo-set-'));
  made = await makeDemoAuthorities(folder, new Date());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the demo set in the repository was made by the command, without its keys', () => {
  const pems = filesIn(folder).filter((file) => file.endsWith('.pem'));
  expect(filesIn(join(CERTS, 'demo')).filter((file) => !file.startsWith('keys/'))).toEqual(pems);
  expect(pems.filter((file) => file.startsWith('ID/'))).toHaveLength(2);
});

test('every file in certs/ is public', () => {
  for (const file of filesIn(CERTS).filter((one) => !one.startsWith('demo/keys/')))
    expect(read(CERTS, file), file).not.toMatch(/PRIVATE KEY|"d":/);
});

describe.each(['ID', 'KH'])('of %s', (country) => {
  test('each certificate says that it belongs to no country, and is an anchor', async () => {
    const of = join(CERTS, 'demo', country);
    for (const file of readdirSync(of)) {
      expect(new X509Certificate(read(of, file)).subject).toContain(
        `DEMO (not real): authority of ${country}`,
      );
      expect(await readAnchor(country, read(of, file))).toMatchObject({ country });
    }
  });
});

test('it is found among anchors, each country once, and no other authority is mistaken for it', async () => {
  const published = filesIn(join(CERTS, 'demo')).map((file) => ({ file, country: file.slice(0, 2) }));
  const demo = await Promise.all(
    published.map(({ file, country }) => readAnchor(country, read(CERTS, 'demo', file))),
  );
  const { certificate } = await makeAuthority('KH', 'Authority of KH', new Date());
  const other = await readAnchor('KH', certificate);
  expect(demoCountriesOf([other, ...demo])).toEqual(['ID', 'KH']);
  expect(demoCountriesOf([other, ...demo.filter((one) => one.country === 'ID')])).toEqual(['ID']);
  expect(demoCountriesOf([other])).toEqual([]);
});

test('a key of the set is the one its certificate names, readable by its owner alone; none is overwritten', async () => {
  for (const { country, certificate_file: pem, key_file: key } of made) {
    const { kid } = await importAuthorityKey(readAuthorityJwk(read(key)));
    expect((await readAnchor(country, read(pem))).kid).toBe(kid);
    expect(statSync(key).mode & 0o777).toBe(0o600);
  }
  await expect(makeDemoAuthorities(folder, new Date())).rejects.toThrow('already exists');
});
