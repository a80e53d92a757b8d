/** `amanat keys`: the life of keys on the command line, while the gateway serves. */
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublicJwk } from '../../src/domain/party/designation.ts';
import { chance } from '../../src/entry/chance.ts';
import { importMasterKey, masterKeyIdOf } from '../../src/seal/custody.ts';
import { peekStatement, verifyStatement } from '../../src/seal/statement.ts';
import { readWebhookSigner, signWebhook } from '../../src/seal/webhook-signature.ts';
import { makeHome } from '../support/cli-home.ts';
import { type Bench, benchOnServer, freePort, type Served } from './child.ts';

let at: Bench;
let served: Served | undefined;
let url: string;
let secret: string;

const AGREEMENT = {
  kind: 'agreement',
  id: 'id-kh-test',
  version: 1,
  title: 'Test agreement',
  parties: ['ID', 'KH'],
  rules: [{ from: ['KH'], to: ['ID'], types: ['text'] }],
  from: '2026-01-01T00:00:00Z',
  until: '2099-01-01T00:00:00Z',
};

const focalPoint = (slug: string, country: string, ...more: string[]) =>
  at.json([
    'focal-point',
    'add',
    '--slug',
    slug,
    '--name',
    `Invented ${slug}`,
    '--country',
    country,
    '--officer',
    'id=o1,name=Chan Invented,role=officer,lang=km',
    ...more,
  ]);

beforeAll(async () => {
  at = await benchOnServer();
  url = `http://127.0.0.1:${await freePort()}`;
  await makeHome(at, url, ['ID', 'KH']);
  const shelter = await focalPoint('shelter', 'KH', '--partner');
  secret = shelter.document.secret;
  await focalPoint('desk', 'ID');
  writeFileSync(at.file('agreement.json'), JSON.stringify(AGREEMENT));
  await at.json(['agreement', 'sign', at.file('agreement.json'), '--as', 'ID', '--as', 'KH']);
  const hook = ['--channel', 'webhook', '--address', 'https://partner.example/hook'];
  await at.json(['endpoint', 'add', '--focal-point', 'desk', ...hook]);
  served = await at.serve();
});
afterAll(async () => {
  await served?.end('SIGKILL');
  await at.close();
});

/** Posts a text from the shelter to the desk; gives the answer with the signed word in it. */
async function post(): Promise<{ status: number; evidence: unknown }> {
  const body = JSON.stringify({
    to: ['desk'],
    type: 'text',
    urgency: 'routine',
    handling: 'H0',
    lang: 'en',
    body: { text: 'A text.' },
  });
  const id = chance.newId();
  const timestamp = Math.floor(Date.now() / 1_000);
  const signed = await signWebhook([await readWebhookSigner(secret)], { id, timestamp, body });
  const headers = { 'content-type': 'application/json', ...signed };
  const response = await fetch(`${url}/v1/focal-points/shelter/messages`, { method: 'POST', headers, body });
  const answer = (await response.json()) as { evidence: unknown };
  return { status: response.status, evidence: answer.evidence };
}

/** The keys the gateway publishes for itself, by id. */
async function published(): Promise<Map<string, PublicJwk>> {
  const document = await (await fetch(`${url}/.well-known/did.json`)).json();
  const methods: { id: string; publicKeyJwk: object }[] = document.verificationMethod;
  return new Map(methods.map(({ id, publicKeyJwk }) => [id, { ...publicKeyJwk, kid: id } as PublicJwk]));
}

const verifies = async (evidence: unknown): Promise<string | undefined> => {
  const keys = await published();
  return (await verifyStatement(evidence, 'evidence', async (kid) => keys.get(kid))).kids[0];
};

const kept = (name: string): string => readFileSync(`${at.home}/secrets/${name}`, 'utf8').trim();
const ended = async (): Promise<void> => void (await served?.end('SIGTERM'));

test('the master key is rotated while the gateway serves, and again after the old one is deleted', async () => {
  const before = kept('AMANAT_MASTER_KEY');
  // The running gateway has opened no secret yet, so it reads some of them only after they were rewrapped.
  let isOver = false;
  const traffic = (async () => {
    const answers: number[] = [];
    while (!isOver) answers.push((await post()).status);
    return answers;
  })();
  const rotated = await at.json(['keys', 'rotate', '--master']);
  isOver = true;
  expect(new Set(await traffic)).toEqual(new Set([202]));
  expect(rotated).toMatchObject({ code: 0, document: { new_key: true, unreadable: 0, finished: false } });
  expect(rotated.document.rewrapped).toBe(rotated.document.secrets);
  expect(rotated.document.secrets).toBeGreaterThanOrEqual(6);
  expect(kept('AMANAT_MASTER_KEY_OLD')).toBe(before);
  expect(kept('AMANAT_MASTER_KEY')).not.toBe(before);
  expect((await post()).status).toBe(202);
  // Broken off or asked for twice: it goes on where it stood, and makes no third key.
  const now = kept('AMANAT_MASTER_KEY');
  expect(await at.json(['keys', 'rotate', '--master'])).toMatchObject({
    code: 0,
    document: { new_key: false, rewrapped: 0 },
  });
  expect(kept('AMANAT_MASTER_KEY')).toBe(now);
  const finished = await at.json(['keys', 'rotate', '--master', '--finish']);
  expect(finished).toMatchObject({ code: 0, document: { finished: true } });
  expect(existsSync(`${at.home}/secrets/AMANAT_MASTER_KEY_OLD`)).toBe(false);
  const aside = finished.document.old_key;
  expect(aside).toBe(`secrets/old-master-key-${(await importMasterKey(before)).id}`);
  expect(readFileSync(`${at.home}/${aside}`, 'utf8').trim()).toBe(before);
  expect(statSync(`${at.home}/${aside}`).mode & 0o777).toBe(0o600);
  expect((await post()).status).toBe(202);
  expect(await at.json(['keys', 'rotate', '--master', '--finish'])).toMatchObject({ code: 3 });
  expect(await at.json(['keys', 'rotate', '--master', '--finish', '--forget-old'])).toMatchObject({
    code: 2,
  });
  expect(existsSync(`${at.home}/${aside}`)).toBe(true);
  const forgotten = [aside.replace('secrets/', '')];
  expect(await at.json(['keys', 'rotate', '--master', '--forget-old'])).toMatchObject({
    code: 0,
    document: { forgotten },
  });
  expect(existsSync(`${at.home}/${aside}`)).toBe(false);
  expect(await at.json(['keys', 'rotate', '--master', '--forget-old'])).toMatchObject({ code: 3 });
  const acts = (await at.json(['log'])).document.entries.map(({ act }: { act: string }) => act);
  expect(acts).toContain('master.forgotten');
  const set = await at.json(['keys', 'rotate', '--master'], { env: { AMANAT_MASTER_KEY: now } });
  expect(set).toMatchObject({ code: 4, document: { error: { code: 'configuration' } } });
  expect(masterKeyIdOf('nothing')).toBeUndefined();
  expect((await importMasterKey(now)).id).toHaveLength(16);
});

test('a process that has opened nothing yet finds the new key that it was not started with', async () => {
  await ended();
  served = await at.serve();
  const begun = await at.amanat(['keys', 'rotate', '--master']);
  expect([begun.code, begun.out]).toEqual([
    0,
    expect.stringContaining('Older backups can be opened only with the old'),
  ]);
  const over = await at.amanat(['keys', 'rotate', '--master', '--finish']);
  expect([over.code, over.out]).toEqual([
    0,
    expect.stringContaining('It is kept in secrets/old-master-key-'),
  ]);
  expect((await post()).status).toBe(202);
});

test('a new evidence key signs beside the old one, and both verify with the published document', async () => {
  const before = await post();
  const rotated = await at.json(['keys', 'rotate', '--gateway', '--overlap-days', '3']);
  expect(rotated).toMatchObject({
    code: 0,
    document: { old: [{ kid: peekStatement(before.evidence).kids[0] }] },
  });
  // A command that signs by the new key before the process that serves was restarted: nobody changed the log.
  const another = ['focal-point', 'access-key', '--slug', 'shelter'];
  expect((await at.json(another)).code).toBe(0);
  expect((await post()).status).toBe(202);
  const health = await (await fetch(`${url}/readyz`)).json();
  expect([health.waiting_for, health.alarms]).toEqual([undefined, 0]);
  await ended();
  served = await at.serve();
  const after = await post();
  expect(await verifies(before.evidence)).toBe(rotated.document.old[0].kid);
  expect(await verifies(after.evidence)).toBe(rotated.document.signs);
  expect([...(await published()).keys()]).toEqual([rotated.document.old[0].kid, rotated.document.signs]);
  await at.json(['keys', 'rotate', '--gateway', '--finish']);
  await ended();
  served = await at.serve();
  expect([...(await published()).keys()]).toEqual([rotated.document.signs]);
  const directory = await (await fetch(`${url}/v1/directory`)).json();
  expect(directory.evidence_keys.map((one: { key: PublicJwk }) => one.key.kid)).toEqual([
    rotated.document.old[0].kid,
    rotated.document.signs,
  ]);
});

test('a focal point’s keys rotate with its authority here, or with a draft that is signed elsewhere', async () => {
  const rotated = await at.json(['keys', 'rotate', '--focal-point', 'desk', '--as', 'ID']);
  expect(rotated).toMatchObject({ code: 0, document: { kept: true } });
  expect(rotated.document.signing_keys).toHaveLength(2);
  expect(Object.keys(rotated.document.retires)).toHaveLength(2);
  expect((await post()).status).toBe(202);
  const wrong = await at.json(['keys', 'rotate', '--focal-point', 'desk', '--as', 'KH']);
  expect(wrong).toMatchObject({ code: 3, document: { error: { code: 'statement-refused' } } });
  const key = `${at.home}/authority/ID.jwk.json`;
  renameSync(key, at.file('ID.jwk.json'));
  const finish = ['keys', 'rotate', '--focal-point', 'desk', '--as', 'ID', '--finish'];
  expect(await at.json(finish)).toMatchObject({ code: 2 });
  const draft = await at.json([...finish, '--out', at.file('draft.json')]);
  expect(draft).toMatchObject({ code: 0, document: { kept: false } });
  const sign = ['designation', 'sign', at.file('draft.json'), '--key', at.file('ID.jwk.json')];
  expect(await at.json([...sign, '--out', at.file('signed.json')])).toMatchObject({ code: 0 });
  expect(await at.json(['designation', 'import', at.file('signed.json')])).toMatchObject({ code: 0 });
  const document = await (await fetch(`${url}/fp/desk/did.json`)).json();
  expect(document.assertionMethod).toEqual([rotated.document.signing_keys[1]]);
  expect((await post()).status).toBe(202);
});

test('the list shows everything with its remaining days', async () => {
  const { code, document } = await at.json(['keys', 'list']);
  expect(code).toBe(0);
  const of = (what: string) => document.keys.filter((one: { what: string }) => one.what === what);
  expect(of('designation')).toMatchObject([
    { name: 'desk', state: 'in use', days_left: 364 },
    { name: 'shelter', state: 'in use', days_left: 364 },
  ]);
  expect(of('signing-key')).toHaveLength(2);
  expect(of('anchor')).toHaveLength(2);
  expect(of('evidence-key').map((one: { state: string }) => one.state)).toEqual(['ended', 'in use']);
  expect(of('master-key')).toMatchObject([{ state: 'in use', until: null, days_left: null }]);
  const shown = await at.amanat(['keys', 'list']);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toMatch(/agreement +id-kh-test/);
});

test('a withdrawal drafted here, signed elsewhere and imported stops traffic at once and permanently', async () => {
  const words = ['keys', 'withdraw', '--focal-point', 'desk', '--as', 'ID', '--reason', 'keyCompromise'];
  const draft = await at.json([...words, '--out', at.file('withdrawal.json')]);
  expect(draft).toMatchObject({ code: 0, document: { kept: false } });
  expect((await post()).status).toBe(202);
  expect(await at.json(['withdrawal', 'import', at.file('withdrawal.json')])).toMatchObject({ code: 3 });
  const sign = ['withdrawal', 'sign', at.file('withdrawal.json'), '--key', at.file('ID.jwk.json')];
  expect(await at.json([...sign, '--out', at.file('withdrawn.json')])).toMatchObject({ code: 0 });
  expect(await at.json(['withdrawal', 'import', at.file('withdrawn.json')])).toMatchObject({ code: 0 });
  const refused = await post();
  expect(peekStatement(refused.evidence).payload).toMatchObject({ reason: 'designation-ended' });
  expect(await at.json(['designation', 'import', at.file('signed.json')])).toMatchObject({ code: 3 });
  const again = await at.json([...words, '--out', at.file('again.json')]);
  expect(again).toMatchObject({ code: 3, document: { error: { code: 'designation-ended' } } });
  const { document } = await at.json(['keys', 'list']);
  expect(document.keys).toContainEqual(expect.objectContaining({ name: 'desk', state: 'withdrawn' }));
});
