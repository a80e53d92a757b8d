/** The command line from an empty folder to an answered status. Each command is a separate process. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import forge from 'node-forge';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateAgreementJwk, generateSigningJwk, publicHalfOf } from '../../src/seal/keys.ts';
import { makeWebhookKeyPair } from '../../src/seal/webhook-signature.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { type BotApi, startBotApi } from '../support/outside/bot-api.ts';
import { openPage } from '../support/outside/browser.ts';
import { TEST_PIN } from '../support/pins.ts';
import { type Bench, bench, freePort, type Served } from './child.ts';

const TOKEN = '4242:invented-token';
const PASSWORD = 'correct-horse-battery';
const DRAFT = {
  kind: 'agreement',
  id: 'id-kh-test',
  version: 1,
  title: 'Test agreement',
  parties: ['ID', 'KH'],
  rules: [{ from: ['KH'], to: ['ID'], types: ['text'] }],
  from: '2026-01-01T00:00:00Z',
  until: '2099-01-01T00:00:00Z',
};

let at: Bench;
let bot: BotApi;
let partner: HttpPeer;
let served: Served | undefined;
let url: string;
let env: Readonly<Record<string, string>>;
let message: string;

beforeAll(async () => {
  at = bench();
  [bot, partner] = await Promise.all([startBotApi({ token: TOKEN }), startPeer()]);
  url = `http://127.0.0.1:${await freePort()}`;
  env = { AMANAT_TELEGRAM_API: bot.root, AMANAT_ALLOW: partner.host };
  writeFileSync(at.file('draft.json'), JSON.stringify(DRAFT));
  writeFileSync(at.file('token'), `${TOKEN}\n`);
  writeFileSync(at.file('password'), `${PASSWORD}\n`);
});
afterAll(async () => {
  await served?.end('SIGKILL');
  await at.close();
  await Promise.all([bot.close(), partner.close()]);
});

const SHELTER = [
  '--slug',
  'shelter',
  '--name',
  'Invented Shelter',
  '--country',
  'KH',
  '--officer',
  'id=o1,name=Chan Invented,role=officer,lang=km',
];
const POST = [
  '--slug',
  'border-post',
  '--name',
  'Invented Post',
  '--country',
  'ID',
  '--officer',
  'id=o1,name=Dewi Invented,role=officer,lang=id',
];

test('init makes a home folder once, with every secret readable by its owner alone', async () => {
  const words = [
    'init',
    '--url',
    url,
    '--country',
    'ID',
    '--country',
    'KH',
    '--mail-from',
    'gateway@example.test',
    '--telegram-token-file',
    at.file('token'),
  ];
  const made = await at.amanat(words);
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toContain('Next: run "amanat focal-point add"');
  expect(made.out).not.toContain(TOKEN);
  expect(readFileSync(`${at.home}/secrets/AMANAT_TELEGRAM_TOKEN`, 'utf8')).toBe(`${TOKEN}\n`);
  expect(statSync(`${at.home}/secrets/AMANAT_MASTER_KEY`).mode & 0o777).toBe(0o600);
  expect(statSync(`${at.home}/authority`).mode & 0o777).toBe(0o700);
  expect(readFileSync(`${at.home}/config.json`, 'utf8')).toContain('"webhook,telegram"');
  const again = await at.json(words);
  expect(again).toMatchObject({ code: 3, document: { error: { code: 'already-exists' } } });
});

test('focal points are designated once each; a private key is not accepted as a public one', async () => {
  const shelter = await at.amanat([
    'focal-point',
    'add',
    ...SHELTER,
    '--secret-out',
    at.file('secret'),
    '--key-out',
    at.file('key'),
  ]);
  expect(shelter.code, shelter.err).toBe(0);
  expect(shelter.out).toContain(':fp:shelter');
  const secret = readFileSync(at.file('secret'), 'utf8').trim();
  expect(secret).toMatch(/^whsec_/);
  expect(statSync(at.file('secret')).mode & 0o777).toBe(0o600);
  expect(shelter.out).not.toContain(secret);
  expect(await at.json(['focal-point', 'add', ...POST])).toMatchObject({
    code: 0,
    document: { slug: 'border-post', custody: 'gateway' },
  });
  expect(await at.json(['focal-point', 'add', ...POST])).toMatchObject({
    code: 3,
    document: { error: { code: 'already-exists' } },
  });
  const key = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A'.repeat(43), kid: 'did:web:x#k' };
  writeFileSync(at.file('own.json'), JSON.stringify({ signing: [key], agreement: [key] }));
  const own = await at.json(['focal-point', 'add', ...POST, '--jwks', at.file('own.json')]);
  expect(own).toMatchObject({ code: 2, document: { error: { detail: '--jwks: contains a private key' } } });
});

test('a partner’s secret is replaced, by a new one or by the key the partner brings', async () => {
  const fresh = await at.json(['focal-point', 'secret', '--slug', 'border-post']);
  expect(fresh).toMatchObject({ code: 0, document: { secret: expect.stringMatching(/^whsec_/) } });
  const { public: publicKey } = await makeWebhookKeyPair(new Uint8Array(32).fill(7));
  const brought = await at.json([
    'focal-point',
    'secret',
    '--slug',
    'border-post',
    '--public-key',
    publicKey,
  ]);
  expect(brought).toMatchObject({ code: 0, document: { public_key: publicKey } });
  expect(brought.document).not.toHaveProperty('secret');
  expect(
    await at.json(['focal-point', 'secret', '--slug', 'border-post', '--public-key', 'whpk_x']),
  ).toMatchObject({
    code: 4,
    document: { error: { code: 'configuration' } },
  });
});

test('a focal point that holds its own keys brings their public halves, and gets sealed messages or notices', async () => {
  const did = `did:web:${new URL(url).host.replace(':', '%3A')}:fp:police`;
  const [sign, open] = await Promise.all([
    generateSigningJwk(`${did}#sign-1`),
    generateAgreementJwk(`${did}#open-1`),
  ]);
  const keys = [
    { ...publicHalfOf(sign), use: 'sig', alg: 'EdDSA' },
    { ...publicHalfOf(open), use: 'enc' },
  ];
  writeFileSync(at.file('police.json'), JSON.stringify({ keys }));
  const police = POST.map((word) => (word === 'border-post' ? 'police' : word));
  const added = await at.json(['focal-point', 'add', ...police, '--jwks', at.file('police.json')]);
  expect(added).toMatchObject({ code: 0, document: { did, custody: 'own' } });
  const hook = ['endpoint', 'add', '--focal-point', 'police', '--channel', 'webhook'];
  const address = ['--address', 'https://police.example/hook'];
  const packet = await at.json([...hook, ...address, '--shows', 'packet']);
  expect(packet).toMatchObject({
    code: 2,
    document: { error: { detail: expect.stringContaining('holds its own keys') } },
  });
  expect(await at.json([...hook, '--address', 'https://10.0.0.1/hook'])).toMatchObject({
    code: 2,
    document: { error: { detail: expect.stringContaining('not a public HTTPS address') } },
  });
  expect(await at.json([...hook, ...address])).toMatchObject({ code: 0, document: { shows: 'sealed' } });
});

test('an agreement is passed on with one signature, and kept when the other side has signed too', async () => {
  const half = ['agreement', 'sign', at.file('draft.json'), '--as', 'ID'];
  expect(await at.json(half)).toMatchObject({
    code: 2,
    document: { error: { detail: expect.stringContaining('KH must sign too') } },
  });
  expect(await at.json([...half, '--out', at.file('half.json')])).toMatchObject({
    code: 0,
    document: { signed_by: ['ID'], missing: ['KH'], kept: false },
  });
  expect(await at.json(['agreement', 'sign', at.file('half.json'), '--as', 'MY'])).toMatchObject({
    code: 3,
    document: { error: { code: 'statement-refused' } },
  });
  const whole = await at.amanat(['agreement', 'sign', at.file('half.json'), '--as', 'KH']);
  expect(whole.code, whole.err).toBe(0);
  expect(whole.out).toMatch(/kept\s+yes/);
});

test('serve prints in one line what runs; commands work beside it on the same embedded database', async () => {
  served = await at.serve(env);
  expect(served.ready).toEqual({
    serving: url,
    channels: ['webhook', 'telegram'],
    not_started: [],
    not_working: [],
    findings: [],
    metrics: expect.stringContaining('not served'),
    warnings: ['ID', 'KH'].map((one) => expect.stringContaining(`trusted for ${one} is a DEMO (not real)`)),
  });
  expect(bot.calls.map((call) => call.method)).toContain('setWebhook');
  const listed = await at.amanat(['focal-point', 'list']);
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(listed.out).toMatch(/^shelter\s+KH\s+Invented Shelter/m);
  expect(listed.out).toMatch(/^border-post\s+ID\s+Invented Post/m);
});

test('endpoints are added while it serves; endpoints that routing would never use are refused', async () => {
  const hook = [
    'endpoint',
    'add',
    '--focal-point',
    'border-post',
    '--channel',
    'webhook',
    '--address',
    `${partner.url}/hook`,
  ];
  const [kept, sealed, invited] = await Promise.all([
    at.json(hook, { env }),
    at.json([...hook, '--shows', 'sealed'], { env }),
    at.json(['endpoint', 'add', '--focal-point', 'border-post', '--channel', 'telegram', '--officer', 'o1'], {
      env,
    }),
  ]);
  expect(kept).toMatchObject({
    code: 0,
    document: { shows: 'packet', secret: expect.stringMatching(/^whsec_/) },
  });
  expect(sealed).toMatchObject({
    code: 2,
    document: { error: { detail: expect.stringContaining('--shows') } },
  });
  const start = await openPage(invited.document.start_page);
  const { html } = await start.press({ pin: TEST_PIN, again: TEST_PIN });
  const [, code = ''] = /https:\/\/t\.me\/amanat_demo_bot\?start=([\w-]{43})"/.exec(html) ?? [];
  expect(await bot.person({ id: 77, first_name: 'Dewi' } as never).start(code)).toBe(true);
  const mail = await at.amanat(
    [
      'endpoint',
      'add',
      '--focal-point',
      'border-post',
      '--channel',
      'email',
      '--officer',
      'o1',
      '--rank',
      '2',
      '--address',
      'dewi@example.test',
      '--issue-certificate',
      at.file('dewi.p12'),
      '--password-file',
      at.file('password'),
    ],
    { env },
  );
  expect(mail.code, mail.err).toBe(0);
  expect(mail.err).toContain('does not run email yet');
  const packed = forge.asn1.fromDer(readFileSync(at.file('dewi.p12'), 'binary'));
  expect(() => forge.pkcs12.pkcs12FromAsn1(packed, PASSWORD)).not.toThrow();
});

/** What the shelter sends the post; of a text, its body from standard input, under this id. */
const sending = () => [
  'send',
  '--from',
  'shelter',
  '--secret-file',
  at.file('secret'),
  '--to',
  'border-post',
];
const text = (id: string) => [
  ...sending(),
  ...['--type', 'text', '--handling', 'H1', '--body', '-', '--id', id],
];

test('send names a tip, or the message that is passed on: an unknown one is refused', async () => {
  const words = sending();
  const none = '0'.repeat(32);
  const [tip, passed] = await Promise.all([
    at.json([...words, '--type', 'indication', '--handling', 'H1', '--from-tip', none]),
    at.json(
      [...words, '--type', 'text', '--handling', 'H1', '--passes-on', none, '--grant', none, '--body', '-'],
      { input: '{"text":"uji coba"}' },
    ),
  ]);
  for (const [{ code, document }, member] of [
    [tip, 'from_tip'],
    [passed, 'passes_on'],
  ] as const) {
    expect(code).toBe(3);
    expect(document.error).toMatchObject({ code: 'about-unknown', detail: expect.stringContaining(member) });
  }
});

test('send submits a message, and status shows its state to its parties only', async () => {
  const words = text('invented-1');
  const input = JSON.stringify({ text: 'uji coba' });
  const sent = await at.json(words, { input });
  expect(sent).toMatchObject({
    code: 0,
    document: { repeat: false, id: expect.stringMatching(/^[0-9a-f]{32}$/) },
  });
  const again = await at.json(words, { input });
  expect(again.document).toEqual({ ...sent.document, repeat: true });
  message = sent.document.id;
  await expect
    .poll(() => partner.received.some((call) => call.body.toString().includes('uji coba')))
    .toBe(true);
  const status = ['status', sent.document.id, '--key-file', at.file('key')];
  await expect
    .poll(async () => (await at.json(status)).document.evidence.length, { interval: 200 })
    .toBeGreaterThan(1);
  const shown = await at.amanat(status);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toMatch(/^border-post\s+webhook\/packet\s+(?:sent|delivered)\s+1/m);
  expect(shown.out).toContain('SubmissionAcceptance');
  const stranger = { AMANAT_KEY: `amk_${'A'.repeat(43)}` };
  expect(await at.json(status.slice(0, 2), { env: stranger })).toMatchObject({
    code: 3,
    document: { error: { code: 'access-denied' } },
  });
  const uncovered = words.map((word) => (word === 'text' ? 'report' : word)).slice(0, -2);
  expect((await at.json(uncovered, { input })).code).toBe(3);
});

test('a message is exported, and verified with only the certificates', async () => {
  const [draft, signed, out] = ['gateway.json', 'gateway.signed.json', 'case.amanat'].map(at.file) as [
    string,
    string,
    string,
  ];
  for (const words of [
    ['draft', '--name', 'Invented Gateway', '--country', 'KH', '--out', draft],
    ['sign', draft, '--out', signed],
    ['import', signed],
  ])
    expect((await at.json(['gateway', ...words])).code).toBe(0);
  const anchors = ['KH', 'ID'].flatMap((one) => ['--anchor', `${at.home}/certs/${one}/authority.pem`]);
  expect(await at.json(['export', message, '--out', out])).toMatchObject({
    code: 0,
    document: { messages: 1, contents: false },
  });
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const verdict = await at.json(['verify', out, ...anchors]);
  expect(verdict).toMatchObject({ code: 0, document: { verified: true, message } });
  // The gateway was designated after the fact, and the answer says so.
  expect(verdict.document.not_proven).toContain('vouched-later');
  const unknown = await at.json(['export', 'f'.repeat(32), '--out', at.file('none.amanat')]);
  expect(unknown).toMatchObject({ code: 3, document: { error: { code: 'not-found' } } });
});

test('serve ends in order at a signal; later calls do not reach it', async () => {
  const ended = await served?.end('SIGTERM');
  served = undefined;
  expect(ended?.code).toBe(0);
  const sent = await at.json(text('invented-2'), { input: '{"text":"x"}' });
  expect(sent).toMatchObject({
    code: 5,
    document: { error: { code: 'unreachable', help: expect.stringContaining('--id invented-2') } },
  });
});
