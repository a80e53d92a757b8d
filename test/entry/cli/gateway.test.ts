/** Two gateways are connected by files: each drafts, its authority signs, the other imports. */
import { cpSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, bench } from './child.ts';

let kh: Bench;
let id: Bench;

beforeAll(async () => {
  [kh, id] = [bench(), bench()];
  const init = (at: Bench, country: string) =>
    at.json(['init', '--url', `https://gateway.${country.toLowerCase()}.example`, '--country', country]);
  expect([(await init(kh, 'KH')).code, (await init(id, 'ID')).code]).toEqual([0, 0]);
  cpSync(`${id.home}/certs/ID`, `${kh.home}/certs/ID`, { recursive: true });
});
afterAll(() => {
  kh?.close();
  id?.close();
});

const DID = 'did:web:gateway.id.example';

test('a gateway is drafted at itself, signed by its own authority, and shown in plain words', async () => {
  const words = ['--name', 'Invented Gateway', '--country', 'ID', '--out', id.file('draft.json')];
  expect(await id.json(['gateway', 'draft', ...words])).toMatchObject({
    code: 0,
    document: { did: DID, url: 'https://gateway.id.example' },
  });
  const claims = JSON.parse(readFileSync(id.file('draft.json'), 'utf8'));
  expect(claims).toMatchObject({ kind: 'gateway', keys: { signing: [{ crv: 'Ed25519' }] } });
  expect(JSON.stringify(claims)).not.toContain('"d":');
  const sign = (...more: string[]) => id.json(['gateway', 'sign', ...more]);
  expect(await sign(id.file('draft.json'))).toMatchObject({ code: 2 });
  expect(await sign(id.file('draft.json'), '--out', id.file('signed.json'))).toMatchObject({
    code: 0,
    document: { did: DID, signed_by: 'ID' },
  });
  expect(await sign(id.file('signed.json'), '--out', id.file('again.json'))).toMatchObject({
    code: 3,
    document: { error: { code: 'already-exists' } },
  });
  const shown = await id.amanat(['gateway', 'show', id.file('signed.json')]);
  expect(shown.code).toBe(0);
  expect(shown.out).toMatch(/reached at\s+https:\/\/gateway\.id\.example/);
  expect(shown.out).toMatch(/verdict\s+verifies/);
});

test('the other gateway imports what is signed, and nothing else', async () => {
  const take = (at: Bench, file: string) => at.json(['gateway', 'import', id.file(file)]);
  expect(await take(kh, 'draft.json')).toMatchObject({
    code: 3,
    document: { error: { code: 'statement-refused' } },
  });
  expect(await take(kh, 'signed.json')).toMatchObject({ code: 0, document: { did: DID, country: 'ID' } });
  expect((await take(kh, 'signed.json')).code).toBe(0);
  // Its own, to show to outsiders who vouches for its key.
  expect(await take(id, 'signed.json')).toMatchObject({ code: 0, document: { did: DID } });
});
