/** Two authorities on machines without a gateway, and a gateway that trusts them: plain files pass between them. */
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { GeneralName, GeneralNames } from 'pkijs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRecipientCertificate } from '../../src/cli/recipient-flag.ts';
import { createMailTrust } from '../../src/entry/home/mail-trust-files.ts';
import { importAuthorityKey, readAuthorityJwk } from '../../src/seal/authority-key.ts';
import { generateAgreementJwk, generateSigningJwk, publicHalfOf } from '../../src/seal/keys.ts';
import { judgeMailbox } from '../../src/seal/mail-trust.ts';
import { signStatement } from '../../src/seal/statement.ts';
import {
  type CertificateParty,
  issueCertificate,
  issueRevocationList,
  makeExtension,
  TEST_KEYS,
} from '../support/x509.ts';
import { type Bench, benchOnServer } from './child.ts';

const URL_ = 'https://gateway.example';
const MAILBOX = 'dewi@example.test';
const OFFICER = ['--officer', 'id=o1,name=Dewi Invented,role=officer,lang=id'];

let at: Bench;
const days = (count: number): Date => new Date(Date.now() + count * 86_400_000);

beforeAll(async () => {
  at = await benchOnServer();
});
afterAll(() => at.close());

/** An authority's machine: its folder, and its key and certificate in it. */
const key = (country: string): string => at.file(`desk-${country}/${country}.jwk.json`);
const certificate = (country: string): string => at.file(`desk-${country}/${country}.pem`);
const anchors = (): string[] => ['ID', 'KH'].flatMap((one) => ['--anchor', certificate(one)]);

test('an authority is made without a gateway, only once, and its key file is readable by its owner alone', async () => {
  for (const [country, alg] of [
    ['ID', 'rsa3072'],
    ['KH', 'ed25519'],
  ] as const) {
    const words = [
      'authority',
      'init',
      '--country',
      country,
      '--alg',
      alg,
      '--dir',
      at.file(`desk-${country}`),
    ];
    const made = await at.json(words);
    expect(made).toMatchObject({
      code: 0,
      document: { country, alg, fingerprint: expect.stringMatching(/^[0-9A-F:]{95}$/) },
    });
    expect(statSync(key(country)).mode & 0o777).toBe(0o600);
    expect(readFileSync(key(country), 'utf8')).toContain(made.document.thumbprint);
    expect(await at.json(words)).toMatchObject({ code: 2, document: { error: { code: 'usage' } } });
  }
});

test('an agreement is drafted, read, signed by both without a gateway, and compared with the next', async () => {
  const words = ['--id', 'id-kh', '--title', 'Invented', '--party', 'ID', '--party', 'KH'];
  const [draft, half, whole, next] = ['draft', 'half', 'whole', 'next'].map((name) =>
    at.file(`${name}.json`),
  ) as [string, string, string, string];
  expect((await at.json(['agreement', 'draft', ...words, '--out', draft])).code).toBe(0);
  expect(await at.json(['agreement', 'show', draft, ...anchors()])).toMatchObject({
    code: 0,
    document: { verified: null, agreement: { id: 'id-kh', version: 1 } },
  });
  const sign = (from: string, country: string, out: string) =>
    at.json(['agreement', 'sign', from, '--key', key(country), '--out', out]);
  expect(await sign(draft, 'ID', half)).toMatchObject({
    code: 0,
    document: { missing: ['KH'], kept: false },
  });
  expect(await at.json(['agreement', 'show', half, ...anchors()])).toMatchObject({
    code: 3,
    document: { verified: false, signatures_hold: true, signed_by: [{ country: 'ID' }] },
  });
  expect((await sign(half, 'ID', whole)).document.error.code).toBe('already-exists');
  expect(await sign(half, 'KH', whole)).toMatchObject({ code: 0, document: { missing: [], kept: false } });
  const shown = await at.amanat(['agreement', 'show', whole, ...anchors()]);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toContain('ID, KH → ID, KH: text (H0 H1 H2 H3) by ');
  expect(shown.out).toMatch(/verdict\s+verifies/);
  const one = await at.json(['agreement', 'show', whole, '--anchor', certificate('ID')]);
  expect(one).toMatchObject({ code: 3, document: { verified: false, signatures_hold: false } });
  const like = ['agreement', 'draft', '--like', whole, '--title', 'Invented, again', '--out', next];
  expect(await at.json(like)).toMatchObject({ code: 0, document: { version: 2 } });
  const diff = await at.json(['agreement', 'diff', whole, next]);
  expect(diff).toMatchObject({ code: 0, document: { same: false } });
  expect(diff.document.changes).toEqual(
    expect.arrayContaining([
      { member: 'version', before: '1', after: '2' },
      { member: 'title', before: 'Invented', after: 'Invented, again' },
    ]),
  );
  expect(diff.document.changes.map((change: { member: string }) => change.member)).not.toContain(
    'rules[0].types',
  );
  expect((await at.json(['agreement', 'diff', whole, draft])).document).toEqual({ same: true, changes: [] });
});

test('a gateway trusts its anchors: it imports what both have signed, and refuses a draft', async () => {
  const init = ['init', '--url', URL_, '--country', 'MY', '--mail-from', 'gateway@example.test'];
  expect((await at.json(init)).code).toBe(0);
  for (const country of ['ID', 'KH']) {
    mkdirSync(`${at.home}/certs/${country}`);
    copyFileSync(certificate(country), `${at.home}/certs/${country}/authority.pem`);
  }
  expect(await at.json(['agreement', 'import', at.file('draft.json')])).toMatchObject({
    code: 3,
    document: { error: { code: 'statement-refused' } },
  });
  expect(await at.json(['agreement', 'import', at.file('half.json')])).toMatchObject({
    code: 3,
    document: { error: { code: 'statement-refused' } },
  });
  expect(await at.json(['agreement', 'import', at.file('whole.json')])).toMatchObject({
    code: 0,
    document: { id: 'id-kh', signed_by: ['ID', 'KH'], kept: true },
  });
});

const signerAt = (file: string) => readAuthorityJwk(readFileSync(file, 'utf8'));

/** An agreement as `draft.json` is, with these members changed, signed with these keys. @returns the file */
async function agreed(name: string, over: object, keys = [key('ID'), key('KH')]): Promise<string> {
  const draft = JSON.parse(readFileSync(at.file('draft.json'), 'utf8'));
  const signers = await Promise.all(keys.map((file) => importAuthorityKey(signerAt(file))));
  const signed = await signStatement('agreement', { ...draft, ...over }, signers);
  writeFileSync(at.file(`${name}.json`), JSON.stringify(signed));
  return at.file(`${name}.json`);
}

test('an agreement is refused that does not fit among its versions, has ended, or is signed by somebody untrusted', async () => {
  const stranger = at.file('stranger');
  const made = ['authority', 'init', '--country', 'KH', '--alg', 'p256', '--dir', stranger];
  expect((await at.json(made)).code).toBe(0);
  const refused = async (file: string, detail: string) =>
    expect(await at.json(['agreement', 'import', file])).toMatchObject({
      code: 3,
      document: { error: { code: 'statement-refused', detail: expect.stringContaining(detail) } },
    });
  const before = { version: 2, from: days(-1).toISOString() };
  await refused(await agreed('early', before), 'after every stored lower version');
  await refused(
    await agreed('ended', { id: 'ended', from: before.from, until: new Date().toISOString() }),
    'already ended',
  );
  await refused(await agreed('alone', { version: 2, parties: ['KH'] }, [key('KH')]), 'other countries');
  await refused(
    await agreed('posed', { id: 'posed' }, [key('ID'), `${stranger}/KH.jwk.json`]),
    'not a trusted',
  );
});

test('an agreement that overlaps another one is kept, and the operator is told which one applies', async () => {
  const file = await agreed('second', { id: 'second', from: new Date().toISOString() });
  const overlaps = [{ id: 'id-kh', version: 1, counts: 'new' }];
  expect(await at.json(['agreement', 'import', file])).toMatchObject({ code: 0, document: { overlaps } });
  const said = await at.amanat(['agreement', 'import', file]);
  expect(said.err).toContain(
    'covers some of what id-kh, version 1, covers. Where both do, the new one applies',
  );
  const apart = await agreed('apart', {
    id: 'apart',
    rules: [{ from: ['ID'], to: ['KH'], types: ['drill'] }],
  });
  expect((await at.json(['agreement', 'import', apart])).document.overlaps).toEqual([]);
});

test('a focal point in custody is drafted at the gateway, signed elsewhere, imported, and renewed under its keys', async () => {
  const draft = (out: string) =>
    at.json([
      'designation',
      'draft',
      '--slug',
      'post',
      '--name',
      'Invented Post',
      '--country',
      'ID',
      ...OFFICER,
      '--out',
      at.file(out),
    ]);
  const sign = (from: string, country: string, out: string) =>
    at.json(['designation', 'sign', at.file(from), '--key', key(country), '--out', at.file(out)]);
  expect(await draft('post.json')).toMatchObject({ code: 0, document: { custody: 'gateway' } });
  expect(await sign('post.json', 'KH', 'x.json')).toMatchObject({
    code: 3,
    document: { error: { code: 'statement-refused' } },
  });
  expect(await at.json(['designation', 'import', at.file('post.json')])).toMatchObject({ code: 3 });
  expect((await sign('post.json', 'ID', 'post.signed.json')).code).toBe(0);
  const shown = await at.amanat([
    'designation',
    'show',
    at.file('post.signed.json'),
    '--anchor',
    certificate('ID'),
  ]);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toMatch(/designates\s+Invented Post \(post\)/);
  expect(shown.out).toMatch(/signing key\s+Ed25519\s+sign-\S+\s+[\w-]{43}/);
  expect(shown.out).toMatch(/verdict\s+verifies/);
  const wrong = ['designation', 'show', at.file('post.signed.json'), '--anchor', certificate('KH')];
  expect(await at.json(wrong)).toMatchObject({ code: 3, document: { verified: false } });
  expect(await at.json(['designation', 'import', at.file('post.signed.json')])).toMatchObject({
    code: 0,
    document: { slug: 'post', replaced: false },
  });
  expect((await draft('post2.json')).code).toBe(0);
  const keysIn = (file: string) => JSON.parse(readFileSync(at.file(file), 'utf8')).keys;
  expect(keysIn('post2.json')).toEqual(keysIn('post.json'));
  expect((await sign('post2.json', 'ID', 'post2.signed.json')).code).toBe(0);
  expect(await at.json(['designation', 'import', at.file('post2.signed.json')])).toMatchObject({
    code: 0,
    document: { replaced: true },
  });
  expect(await at.json(['designation', 'import', at.file('post.signed.json')])).toMatchObject({
    code: 3,
    document: { error: { code: 'already-exists' } },
  });
});

test('keys in this gateway’s custody that it never made are refused', async () => {
  const made = JSON.parse(readFileSync(at.file('post.json'), 'utf8'));
  const did = made.focal_point;
  const keys = {
    signing: [publicHalfOf(await generateSigningJwk(`${did}#sign-x`))],
    agreement: [publicHalfOf(await generateAgreementJwk(`${did}#open-x`))],
  };
  writeFileSync(at.file('foreign.json'), JSON.stringify({ ...made, keys, from: new Date().toISOString() }));
  const signed = at.file('foreign.signed.json');
  expect(
    (await at.json(['designation', 'sign', at.file('foreign.json'), '--key', key('ID'), '--out', signed]))
      .code,
  ).toBe(0);
  expect(await at.json(['designation', 'import', signed])).toMatchObject({
    code: 3,
    document: { error: { detail: expect.stringContaining('that the gateway does not have') } },
  });
});

test('a focal point with its own keys is drafted without any gateway', async () => {
  const did = 'did:web:gateway.example:fp:police';
  const [sign, open] = await Promise.all([generateSigningJwk(`${did}#s`), generateAgreementJwk(`${did}#o`)]);
  writeFileSync(
    at.file('own.json'),
    JSON.stringify({ signing: [publicHalfOf(sign)], agreement: [publicHalfOf(open)] }),
  );
  const words = ['--slug', 'police', '--name', 'Invented Police', '--country', 'KH', ...OFFICER];
  const draft = ['designation', 'draft', ...words, '--gateway', URL_, '--out', at.file('police.json')];
  expect(await at.json(draft)).toMatchObject({ code: 2, document: { error: { detail: 'missing: --jwks' } } });
  expect(await at.json([...draft, '--jwks', at.file('own.json')])).toMatchObject({
    code: 0,
    document: { did, custody: 'own' },
  });
});

test('a designation is refused that another country signed, or that lists a key of another focal point', async () => {
  const police = JSON.parse(readFileSync(at.file('police.json'), 'utf8'));
  const brought = async (name: string, claims: object, country: 'ID' | 'KH') => {
    const signer = await importAuthorityKey(signerAt(key(country)));
    writeFileSync(at.file(name), JSON.stringify(await signStatement('designation', claims, [signer])));
    return at.json(['designation', 'import', at.file(name)]);
  };
  expect(await brought('foreign-police.json', police, 'ID')).toMatchObject({
    code: 3,
    document: { error: { code: 'statement-refused' } },
  });
  expect(await brought('police.signed.json', police, 'KH')).toMatchObject({ code: 0 });
  const text = JSON.stringify({ ...police, authority: 'ID', country: 'ID' }).replaceAll('police', 'copy');
  expect(await brought('copy.json', JSON.parse(text), 'ID')).toMatchObject({
    code: 3,
    document: { error: { code: 'key-reused' } },
  });
});

test('a mail certificate is accepted only by its chain to an authority of the focal point’s country', async () => {
  const party = (name: string): CertificateParty => ({ name, ...TEST_KEYS.rsa() });
  const [root, middle, dewi] = [party('Invented Mail Root'), party('Invented Mail CA'), party('Dewi')];
  const time = { from: days(-1), until: days(30) };
  const rootPem = issueCertificate(root, root, { ...time, ca: null, usage: 0x06 });
  const middlePem = issueCertificate(middle, root, { ...time, ca: 0, usage: 0x06 });
  const names = new GeneralNames({ names: [new GeneralName({ type: 1, value: MAILBOX })] });
  const more = [makeExtension('2.5.29.17', false, names.toSchema())];
  const purposes = ['1.3.6.1.5.5.7.3.4'];
  const leaf = issueCertificate(dewi, middle, { ...time, serial: 77, usage: 0x20, purposes, more });
  writeFileSync(at.file('leaf.pem'), leaf);
  writeFileSync(at.file('chain.pem'), leaf + middlePem);
  const add = (file: string) =>
    at.json(
      ['endpoint', 'add', '--focal-point', 'post', '--channel', 'email', '--officer', 'o1'].concat([
        '--address',
        MAILBOX,
        '--certificate',
        at.file(file),
      ]),
    );
  const refusedWith = async (file: string, detail: string) =>
    expect(await add(file)).toMatchObject({
      code: 2,
      document: { error: { detail: expect.stringContaining(detail) } },
    });
  const mail = `${at.home}/certs/ID/mail`;
  mkdirSync(mail);
  await refusedWith('chain.pem', 'not issued by an authority that is trusted here');
  writeFileSync(`${mail}/root.pem`, rootPem);
  await refusedWith('leaf.pem', 'certificate between them is missing');
  writeFileSync(`${mail}/root.crl`, issueRevocationList(root, time));
  await refusedWith('chain.pem', 'no revocation list');
  writeFileSync(`${mail}/middle.crl`, issueRevocationList(middle, { ...time, revoked: [77] }));
  await refusedWith('chain.pem', 'revoked');
  writeFileSync(`${mail}/middle.crl`, issueRevocationList(middle, { from: days(-2), until: days(-1) }));
  await refusedWith('chain.pem', 'out of date');
  writeFileSync(`${mail}/middle.crl`, issueRevocationList(middle, time));
  expect(await add('chain.pem')).toMatchObject({ code: 0, document: { shows: 'packet' } });
  // What is kept must verify by itself whenever something is mailed: with the CA between.
  const owner = { address: MAILBOX, country: 'ID', home: at.home, now: new Date() };
  const kept = await readRecipientCertificate(at.file('chain.pem'), owner);
  expect(judgeMailbox(kept ?? '', createMailTrust(at.home)('ID'), new Date()).kind).toBe('trusted');
});

test('a CA for mail is not an authority: it need not fit that role, and the gateway still opens', async () => {
  const listed = await at.amanat(['focal-point', 'list']);
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(listed.out).toMatch(/^post\s+ID/m);
});
