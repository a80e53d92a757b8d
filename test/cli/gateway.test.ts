/** Two gateways are connected by files: each drafts, its authority signs, the other imports. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, benchOnServer } from './child.ts';

let kh: Bench;
let id: Bench;

beforeAll(async () => {
  [kh, id] = await Promise.all([benchOnServer(), benchOnServer()]);
  const init = (at: Bench, country: string) =>
    at.json(['init', '--url', `https://gateway.${country.toLowerCase()}.example`, '--country', country]);
  expect([(await init(kh, 'KH')).code, (await init(id, 'ID')).code]).toEqual([0, 0]);
  cpSync(`${id.home}/certs/ID`, `${kh.home}/certs/ID`, { recursive: true });
  cpSync(`${kh.home}/certs/KH`, `${id.home}/certs/KH`, { recursive: true });
});
afterAll(() => Promise.all([kh?.close(), id?.close()]));

const DID = 'did:web:gateway.id.example';

test('a gateway is drafted at itself, signed by its own authority, and shown as readable text', async () => {
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

test('nothing can be exported before it exists', async () => {
  const out = id.file('none.json');
  for (const [words, code] of [
    [['designation', 'export', 'desk'], 'unknown-recipient'],
    [['gateway', 'export'], 'unknown-gateway'],
    [['agreement', 'export', 'id-kh'], 'not-found'],
  ] as const)
    expect(await id.json([...words, '--out', out])).toMatchObject({ code: 3, document: { error: { code } } });
  expect(existsSync(out)).toBe(false);
});

test('the other gateway imports only what is signed', async () => {
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

test('focal points and agreements of one gateway are given to the other as files', async () => {
  const focalPoint = ['--slug', 'desk', '--name', 'Invented Desk', '--country', 'ID'];
  const officer = ['--officer', 'id=o1,name=Dewi Invented,role=officer,lang=id'];
  expect((await id.json(['focal-point', 'add', ...focalPoint, ...officer])).code).toBe(0);
  const did = `${DID}:fp:desk`;
  const written = await id.json(['designation', 'export', 'desk', '--out', id.file('desk.json')]);
  expect(written).toMatchObject({ code: 0, document: { did, slug: 'desk', out: id.file('desk.json') } });
  expect(await kh.json(['designation', 'import', id.file('desk.json')])).toMatchObject({
    code: 0,
    document: { did, replaced: false },
  });
  expect((await kh.json(['focal-point', 'list'])).document.focal_points).toMatchObject([
    { did, name: 'Invented Desk', in_force: true },
  ]);
  expect((await id.json(['designation', 'export', 'desk', '--out', id.file('desk.json')])).code).toBe(2);

  // To standard output, as into a pipe; by DID, and from the gateway that was given it.
  for (const [at, words] of [
    [id, ['--json', 'designation', 'export', 'desk']],
    [kh, ['designation', 'export', did, '--out', '-']],
  ] as const) {
    const { code, out, err } = await at.amanat(words);
    expect([code, err, out]).toEqual([0, '', readFileSync(id.file('desk.json'), 'utf8')]);
  }
  expect(existsSync('-')).toBe(false);
});

test('so is an agreement, in its highest version or the named one', async () => {
  const version = (number: number) => ({
    kind: 'agreement',
    id: 'id-kh',
    version: number,
    title: `Invented ${number}`,
    parties: ['ID', 'KH'],
    rules: [{ from: ['ID'], to: ['KH'], types: ['text'] }],
    from: `20${25 + number}-01-01T00:00:00Z`,
    until: '2099-01-01T00:00:00Z',
  });
  for (const number of [1, 2]) {
    const file = id.file(`agreement-${number}.json`);
    writeFileSync(file, JSON.stringify(version(number)));
    const keys = ['--as', 'ID', '--key', `${kh.home}/authority/KH.jwk.json`];
    expect(await id.json(['agreement', 'sign', file, ...keys])).toMatchObject({ document: { kept: true } });
  }
  const handed = async (...words: string[]) => {
    const out = id.file(`handed-${words.length}.json`);
    expect((await id.json(['agreement', 'export', 'id-kh', ...words, '--out', out])).code).toBe(0);
    return kh.json(['agreement', 'import', out]);
  };
  expect(await handed('--version', '1')).toMatchObject({ code: 0, document: { version: 1, kept: true } });
  expect(await handed()).toMatchObject({ code: 0, document: { version: 2, title: 'Invented 2' } });
  expect(await id.json(['agreement', 'export', 'id-kh', '--version', '3'])).toMatchObject({ code: 3 });
});

test('so is the gateway itself, after its designation was imported', async () => {
  const own = id.file('own.json');
  expect(await id.json(['gateway', 'export', '--out', own])).toMatchObject({ document: { did: DID } });
  const [written, signed] = [own, id.file('signed.json')].map((file) =>
    JSON.parse(readFileSync(file, 'utf8')),
  );
  expect(written).toEqual(signed);
  expect(await kh.json(['gateway', 'import', own])).toMatchObject({ code: 0, document: { did: DID } });
});
