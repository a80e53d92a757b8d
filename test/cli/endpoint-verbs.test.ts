/** The eight verbs of `amanat endpoint`, as an operator types them. Each change is in the operator's log. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHome } from '../support/cli-home.ts';
import { answerStatus, type HttpPeer, startPeer } from '../support/http-peer.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
let peer: HttpPeer;
let env: Record<string, string>;
let id = '';

const add = (address: string, more: readonly string[] = []) =>
  at.json(
    ['endpoint', 'add', '--focal-point', 'desk', '--channel', 'webhook', '--address', address, ...more],
    { env },
  );
const endpoint = (...words: string[]) => at.json(['endpoint', ...words], { env });
const listed = async () => (await endpoint('list')).document.endpoints;

beforeAll(async () => {
  [at, peer] = await Promise.all([benchOnServer(), startPeer()]);
  env = { AMANAT_ALLOW: peer.host, AMANAT_OPERATOR: 'dewi' };
  await makeHome(at, 'https://gateway.example');
  const focalPoint = ['--slug', 'desk', '--name', 'Desk', '--country', 'ID'];
  const officer = ['--officer', 'id=o1,name=Wira,role=officer,lang=id'];
  expect((await at.json(['focal-point', 'add', ...focalPoint, ...officer])).code).toBe(0);
  const made = await add(`${peer.url}/desk`);
  expect(made.code).toBe(0);
  id = made.document.endpoint;
});
afterAll(async () => {
  await at.close();
  await peer.close();
});

test('help shows the eight verbs', async () => {
  const { out } = await at.amanat(['endpoint', '--help']);
  const verbs = [...out.matchAll(/^ {2}(\w+)(?: \[options\])?(?: <id>)? /gm)].map(([, verb]) => verb);
  expect(verbs).toEqual(
    expect.arrayContaining(['list', 'show', 'add', 'set', 'disable', 'enable', 'remove', 'test']),
  );
});

describe('an address is checked when it is given', () => {
  test.each([
    'https://localhost/hook',
    'https://LOCALHOST./hook',
    'https://127.0.0.1/hook',
    'https://2130706433/hook',
    'https://[::1]/hook',
    'https://[::ffff:127.0.0.1]/hook',
    'https://10.1.2.3/hook',
    'https://169.254.169.254/latest/meta-data',
    'https://metadata.google.internal/hook',
    'https://intranet/hook',
    'https://partner.example:25/hook',
    'https://partner.example:465/hook',
    'https://printer.local/hook',
    'http://partner.example/hook',
    'http://127.0.0.1:1/hook',
  ])('%s is refused', async (address) => {
    const { code, document } = await add(address);
    expect([code, document.error.code]).toEqual([2, 'usage']);
    expect(document.error.detail).not.toContain('partner');
  });

  test('a public name on another port is accepted', async () => {
    const { code, document } = await add('https://partner.example:8443/hook');
    expect(code).toBe(0);
    expect((await endpoint('remove', document.endpoint)).code).toBe(0);
  });

  test('the same checks apply to a changed address', async () => {
    expect((await endpoint('set', id, '--address', 'https://localhost/x')).code).toBe(2);
  });
});

test('list shows no address, show does; an id may be shortened', async () => {
  const [one] = await listed();
  expect(one).toMatchObject({ id, focal_point: 'desk', channel: 'webhook', state: 'on', off: null });
  expect(JSON.stringify(one)).not.toContain(peer.host);
  const shown = await endpoint('show', id.slice(0, 30));
  expect(shown.document).toMatchObject({ id, address: `${peer.url}/desk` });
  for (const wrong of ['0190', 'ffffffffffff', id.slice(0, 7)])
    expect((await endpoint('show', wrong)).document.error.code).toBe('not-found');
  expect((await at.amanat(['endpoint', 'list'], { env })).out).toContain(id);
  for (const group of ['endpoint', 'officer'])
    expect((await at.json([group, 'list', '--focal-point', 'nobody'], { env })).document).toMatchObject({
      error: { code: 'unknown-recipient' },
    });
});

test('a test is a signed event that names no case; a refused test says why', async () => {
  peer.answer(answerStatus(200));
  expect(await endpoint('test', id)).toMatchObject({
    code: 0,
    document: {
      works: true,
      code: 'http-200',
      tried: 'A signed event "endpoint.test" was posted to its address.',
      answered: 'The partner’s system accepted it (http-200).',
      todo: 'There is nothing to do.',
    },
  });
  const { body } = peer.received.at(-1) ?? {};
  expect(JSON.parse(String(body))).toMatchObject({ type: 'endpoint.test', data: { endpoint: id } });
  peer.answer(answerStatus(503));
  const failed = await endpoint('test', id);
  expect(failed).toMatchObject({ code: 3, document: { error: { code: 'endpoint-test-failed' } } });
  expect(failed.document.error).toMatchObject({
    detail:
      'A signed event "endpoint.test" was posted to its address. The partner’s system did not accept it (http-503).',
    help: 'Tell the partner; the gateway retries what waits.',
  });
  const { out, err } = await at.amanat(['endpoint', 'test', id], { env });
  expect(out).toBe('');
  expect(err).toContain('did not accept it (http-503).');
});

test('set changes an endpoint in place, and a new secret overlaps with the old one', async () => {
  expect((await endpoint('set', id)).code).toBe(2);
  const moved = await endpoint('set', id, '--address', `${peer.url}/moved`, '--rank', '3');
  expect(moved.document.changed.sort()).toEqual(['address', 'rank']);
  // The rank counts at once; where calls go is for the desk to confirm, or its authority.
  expect(Date.parse(moved.document.waits_until)).toBeGreaterThan(Date.now());
  expect((await endpoint('show', id)).document).toMatchObject({ address: `${peer.url}/desk`, rank: 3 });
  expect((await endpoint('confirm', id, '--as', 'ID')).document.confirmed).toBe(true);
  peer.answer(answerStatus(200));
  const signatures = async () => {
    await endpoint('test', id);
    const last = peer.received.at(-1);
    expect(last?.url).toBe('/moved');
    return String(last?.headers['webhook-signature']).split(' ').length;
  };
  expect(await signatures()).toBe(2);
  const renewed = await endpoint('set', id, '--secret');
  expect(renewed.document).toMatchObject({
    changed: ['secret'],
    secret: expect.stringMatching(/^whsec_/),
    overlap_days: 14,
  });
  expect(await signatures()).toBe(4);
  expect((await endpoint('set', id, '--secret', '--overlap-days', '0')).code).toBe(0);
  expect(await signatures()).toBe(2);
});

test('disable, enable and remove; the same address may be added again', async () => {
  expect((await endpoint('disable', id)).code).toBe(0);
  expect(await listed()).toMatchObject([{ id, state: 'off', off: { code: 'operator' } }]);
  expect(await endpoint('test', id)).toMatchObject({ code: 0, document: { back: false } });
  expect(await listed()).toMatchObject([{ id, state: 'off' }]);
  const again = await add(`${peer.url}/moved`);
  expect(again).toMatchObject({ code: 0, document: { endpoint: id } });
  expect(await listed()).toMatchObject([{ id, state: 'on' }]);
  expect((await add(`${peer.url}/moved`)).document.error.code).toBe('already-exists');
  expect((await endpoint('disable', id)).code).toBe(0);
  expect((await endpoint('enable', id)).code).toBe(0);
  expect(await listed()).toMatchObject([{ id, state: 'on', off: null }]);
  expect((await endpoint('remove', id)).code).toBe(0);
  // One that is removed is not off: nobody can switch it on again. The desk is what is named.
  const { out } = await at.amanat(['doctor'], { env });
  expect(out).not.toContain('switched off');
  expect(out).toContain('focal points without an endpoint in use, which nothing can reach: desk');
  expect(await listed()).toEqual([]);
  expect((await endpoint('enable', id)).document.error.code).toBe('not-found');
  const fresh = await add(`${peer.url}/moved`);
  expect(fresh.code).toBe(0);
  expect(fresh.document.endpoint).not.toBe(id);
});

test('each act is in the operator’s log', async () => {
  const { document } = await at.json(['log', '--subject', id], { env });
  const acts = document.entries.map((one: { act: string; who: string }) => `${one.who} ${one.act}`);
  expect(acts).toEqual(
    expect.arrayContaining([
      'dewi endpoint.added',
      'dewi endpoint.set',
      'dewi endpoint.disabled',
      'dewi endpoint.enabled',
      'dewi endpoint.removed',
    ]),
  );
  expect(JSON.stringify(document)).not.toContain(peer.host);
});

test('a stolen posting secret ends at once with --now', async () => {
  const words = ['focal-point', 'secret', '--slug', 'desk'];
  expect((await at.json(words, { env })).document).toMatchObject({ old_ended: false });
  expect((await at.json([...words, '--now'], { env })).document).toMatchObject({ old_ended: true });
  const { document } = await at.json(['log'], { env });
  expect(document.entries.map((one: { act: string }) => one.act)).toContain('secret.ended');
});
