/** Keys that stay elsewhere: a gateway whose machine never had an authority, and an attaché who makes his own key. */
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMailRequest, makeRsaPair } from '../support/mail-request.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
let key: string;
let certificate: string;

/** Runs what must succeed. */
async function done(...words: string[]) {
  const { code, document } = await at.json(words);
  expect(code, JSON.stringify(document)).toBe(0);
  return document;
}

beforeAll(async () => {
  at = await benchOnServer();
  await done('authority', 'init', '--country', 'ID', '--dir', at.file('desk'));
  [key, certificate] = [at.file('desk/ID.jwk.json'), at.file('desk/ID.pem')];
});
afterAll(() => at.close());

test('a gateway is made without an authority, and names what it needs until it has an anchor', async () => {
  const made = await at.amanat(['init', '--url', 'https://gateway.example', '--mail-from', 'g@example.test']);
  expect(made.code, made.err).toBe(0);
  expect(made.out).toMatch(/authorities\s+none here/);
  expect(made.out).toContain('certs/<country>/');
  expect(await at.json(['focal-point', 'list'])).toMatchObject({
    code: 4,
    document: { error: { code: 'configuration', detail: expect.stringContaining('certs/<country>/') } },
  });
  mkdirSync(`${at.home}/certs/ID`, { recursive: true });
  renameSync(certificate, `${at.home}/certs/ID/authority.pem`);
  certificate = `${at.home}/certs/ID/authority.pem`;
  expect((await done('focal-point', 'list')).focal_points).toEqual([]);
});

test('a focal point designated by files gets an access key, and its keys are listed with their ends', async () => {
  const [draft, signed] = [at.file('post.json'), at.file('post.signed.json')];
  const focalPoint = ['--slug', 'post', '--name', 'Post', '--country', 'ID'];
  const officer = ['--officer', 'id=o1,name=Dewi Invented,role=officer,lang=id'];
  await done('designation', 'draft', ...focalPoint, ...officer, '--out', draft);
  await done('designation', 'sign', draft, '--key', key, '--out', signed);
  await done('designation', 'import', signed);
  const made = await done('focal-point', 'access-key', '--slug', 'post');
  expect(made).toEqual({
    did: expect.stringMatching(/:fp:post$/),
    id: expect.stringMatching(/^[0-9a-f]{12}$/),
    access_key: expect.stringMatching(/^amk_/),
  });
  const rotated = at.file('rotated.json');
  await done('keys', 'rotate', '--focal-point', 'post', '--as', 'ID', '--out', rotated);
  const shown = await at.amanat(['designation', 'show', rotated]);
  expect(shown.out.match(/^(?:signing|key agreement) key .*until \d{4}-/gm)).toHaveLength(2);
  expect(shown.out.match(/^(?:signing|key agreement) key /gm)).toHaveLength(4);
});

test('an attaché’s request is answered with a certificate, and mail is encrypted to it', async () => {
  const [csr, out] = [at.file('dewi.csr'), at.file('dewi.pem')];
  const pair = makeRsaPair(2_048);
  writeFileSync(csr, makeMailRequest(pair));
  const add = ['endpoint', 'add', '--focal-point', 'post', '--channel', 'email', '--officer', 'o1'];
  const words = [...add, '--address', 'dewi@example.test', '--sign-request', csr];
  expect(await at.json(words)).toMatchObject({
    code: 2,
    document: { error: { detail: 'missing: --certificate-out' } },
  });
  expect(await done(...words, '--certificate-out', out)).toMatchObject({
    channel: 'email',
    shows: 'packet',
    certificate_file: out,
  });
  const made = new X509Certificate(readFileSync(out));
  expect(made.checkEmail('dewi@example.test')).toBe('dewi@example.test');
  expect(made.subject).toBe('CN=Dewi Invented');
  writeFileSync(csr, readFileSync(certificate));
  expect(await at.json([...words, '--certificate-out', at.file('none.pem')])).toMatchObject({
    code: 2,
    document: { error: { detail: '--sign-request: no certificate can be issued for this file' } },
  });
});

test('a withdrawal is read before it is signed, and ends every key of the focal point', async () => {
  const [draft, signed] = [at.file('gone.json'), at.file('gone.signed.json')];
  const words = ['--focal-point', 'post', '--as', 'ID', '--reason', 'keyCompromise'];
  await done('designation', 'sign', at.file('rotated.json'), '--key', key, '--out', at.file('new.json'));
  await done('designation', 'import', at.file('new.json'));
  await done('keys', 'withdraw', ...words, '--out', draft);
  const shown = await at.amanat(['withdrawal', 'show', draft]);
  expect(shown.out).toMatch(/withdraws\s+post/);
  expect(shown.out).toMatch(/reason\s+keyCompromise/);
  await done('withdrawal', 'sign', draft, '--key', key, '--out', signed);
  const judged = ['withdrawal', 'show', signed, '--anchor', certificate];
  expect(await done(...judged)).toMatchObject({ verified: true, withdrawal: { reason: 'keyCompromise' } });
  await done('authority', 'init', '--country', 'ID', '--dir', at.file('stranger'));
  const other = [...judged.slice(0, -1), at.file('stranger/ID.pem')];
  expect(await at.json(other)).toMatchObject({ code: 3, document: { verified: false } });
  await done('withdrawal', 'import', signed);
  const { keys } = await done('keys', 'list');
  const states = keys
    .filter((one: { name: string }) => one.name === 'post')
    .map((one: { what: string; state: string }) => [one.what, one.state]);
  expect(states).toEqual([
    ['designation', 'withdrawn'],
    ['signing-key', 'ended'],
    ['signing-key', 'ended'],
    ['agreement-key', 'ended'],
    ['agreement-key', 'ended'],
  ]);
});
