/** The description matches the application; public routes answer, with signatures by the published keys. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MESSAGE_NAMES } from '../../src/domain/message/message.ts';
import { PROBLEMS } from '../../src/domain/words/error.ts';
import { textOf } from '../../src/domain/words/long-text.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { processorTime } from '../support/processor-time.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';

interface Operation {
  readonly summary: string;
  readonly responses: Record<string, { description: string; headers?: object }>;
}
interface Description {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, unknown> };
}

const officers = [{ id: 'o1', name: 'Invented Officer', role: 'officer', lang: 'en' }] as const;

let house: Rig;
let shelter: RigPartner;
let document: Description;

const get = (path: string) => house.app.request(`${GATEWAY_URL}${path}`);

beforeAll(async () => {
  house = await makeRig();
  shelter = await house.partner({ slug: 'shelter', name: 'Invented Shelter', country: 'KH', officers });
  const focalPoint = await house.designate({ slug: 'desk', name: 'Invented Desk', country: 'ID', officers });
  await addHook(house.gateway, focalPoint.focal_point);
  document = await (await get('/v1/openapi.json')).json();
});

afterAll(() => house?.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** Every `$ref` anywhere in a value. */
const references = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name === '$ref' ? [String(part)] : references(part),
  );
};

describe('the description', () => {
  test('is OpenAPI 3.1; every operation says what it does and answers, and all references resolve', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Amanat' },
      servers: [{ url: GATEWAY_URL }],
    });
    for (const { operation } of operations()) {
      expect(operation.summary).not.toBe('');
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
      for (const one of Object.values(operation.responses)) expect(one.description).not.toBe('');
    }
    for (const reference of references(document)) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((part, name) => Reflect.get(part as object, name), document);
      expect(found, reference).toBeDefined();
    }
  });

  test('is made once: the same bytes under one entity tag, and not sent again to a caller that has them', async () => {
    const first = await get('/v1/openapi.json');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const bytes = await first.text();
    const started = processorTime();
    for (let n = 0; n < 200; n += 1) {
      const again = await get('/v1/openapi.json');
      expect([again.headers.get('etag'), (await again.text()) === bytes]).toEqual([etag, true]);
    }
    // Made anew each time it cost 36 ms at best.
    expect((processorTime() - started) / 200).toBeLessThan(20);
    const asking = (tags: string) =>
      house.app.request(`${GATEWAY_URL}/v1/openapi.json`, { headers: { 'if-none-match': tags } });
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const unchanged = await asking(tags);
      expect([unchanged.status, await unchanged.text(), unchanged.headers.get('etag')]).toEqual([
        304,
        '',
        etag,
      ]);
    }
    for (const tags of ['"other"', '', etag.slice(1, -1)]) expect((await asking(tags)).status).toBe(200);
  });

  test('names every problem code and every body', () => {
    const text = JSON.stringify(document);
    for (const code of Object.keys(PROBLEMS)) expect(text).toContain(`urn:amanat:problem:${code}`);
    for (const name of MESSAGE_NAMES) expect(document.components.schemas).toHaveProperty(`Body_${name}`);
  });

  test('says in every refusal how long to wait, and the rest of a limit', () => {
    const refusals = operations().flatMap(({ operation }) => operation.responses['default'] ?? []);
    expect(refusals.length).toBeGreaterThan(5);
    for (const { headers } of refusals)
      expect(Object.keys(headers ?? {})).toEqual(['Retry-After', 'RateLimit', 'RateLimit-Policy']);
  });

  test('describes only what exists: no operation answers not found', async () => {
    expect(operations().length).toBeGreaterThan(10);
    for (const { path, method } of operations()) {
      const url = path.replace('{slug}', 'shelter').replace(/\{(?:id|thid)\}/, '0'.repeat(32));
      const response = await house.app.request(`${GATEWAY_URL}${url}`, { method: method.toUpperCase() });
      expect([404, 405, 500], `${method} ${path}`).not.toContain(response.status);
      const other = method === 'get' ? 'POST' : 'GET';
      const wrong = await house.app.request(`${GATEWAY_URL}${url}`, { method: other });
      expect([wrong.status, (await wrong.json()).type]).toEqual([
        405,
        'urn:amanat:problem:method-not-allowed',
      ]);
    }
  });

  test('leaves nothing out: every route but pages, channels and tiles is described', () => {
    const described = new Set(operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`));
    const routes = house.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
      .filter((route) => !/ \/(?:r|a|c|start|proof|channels|ledger\/tile)\//.test(route));
    expect(new Set(routes)).toEqual(described);
  });
});

describe('public routes', () => {
  test('alive, ready, and metrics without names', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'alive' });
    expect(await (await get('/readyz')).json()).toEqual({
      status: 'ready',
      channels: ['webhook'],
      not_started: [],
      not_working: [],
      alarms: 0,
      endpoints_off: 0,
    });
    const post = {
      to: ['desk'],
      type: 'text',
      urgency: 'routine',
      handling: 'H0',
      lang: 'en',
      body: { text: 'x' },
    };
    expect((await shelter.post('messages', post)).status).toBe(202);
    const text = await house.metrics();
    expect(text).toContain('amanat_submissions_total{way="assisted",answer="accepted"} 1');
    expect(text).toContain('amanat_deliveries{channel="webhook",state="queued"} 1');
    expect(text).not.toMatch(/did:web|Invented/);
    // Desks are named, by their slug, only where something of theirs ends.
    const rest = text.split('\n').filter((line) => !line.startsWith('amanat_expires_seconds{'));
    expect(rest.join('\n')).not.toMatch(/shelter|desk/);
  });

  test('not ready without the database, with no further details', async () => {
    const { store } = house.gateway;
    const ready = store.database.checkReady;
    try {
      Object.assign(store.database, {
        checkReady: () => Promise.reject(new Error('connection to 10.0.0.1 refused')),
      });
      const response = await get('/readyz');
      expect([response.status, await response.json()]).toEqual([
        503,
        { status: 'not-ready', waiting_for: 'database' },
      ]);
    } finally {
      Object.assign(store.database, { checkReady: ready });
    }
  });

  test('DID documents contain the keys by which evidence and messages are signed', async () => {
    const post = {
      to: ['desk'],
      type: 'text',
      urgency: 'routine',
      handling: 'H0',
      lang: 'en',
      body: { text: 'x' },
    };
    const { id, evidence } = await (await shelter.post('messages', post)).json();
    const methods = async (path: string): Promise<Record<string, object>> => {
      const found = await (await get(path)).json();
      return Object.fromEntries(
        found.verificationMethod.map((one: { id: string; publicKeyJwk: object }) => [
          one.id,
          one.publicKeyJwk,
        ]),
      );
    };
    const gateway = await methods('/.well-known/did.json');
    const [signer = ''] = peekStatement(evidence).kids;
    expect(gateway[signer]).toMatchObject({ crv: 'Ed25519', x: expect.any(String) });
    const { kid: _kid, ...key } = house.gateway.key.publicJwk;
    expect(gateway[signer]).toMatchObject(key);
    const focalPoint = await methods('/fp/desk/did.json');
    const sealed = JSON.parse(
      textOf((await house.gateway.store.content.sealedMessage(id, 'did:web:gateway.test:fp:desk')) ?? '{}'),
    );
    expect(Object.keys(focalPoint)).toContain(sealed.recipients[0].header.kid);
    const consignment = JSON.parse(textOf((await house.gateway.store.content.consignment(id)) ?? '{}'));
    expect(Object.keys(await methods('/fp/shelter/did.json'))).toContain(peekStatement(consignment).kids[0]);
    expect(JSON.stringify([gateway, focalPoint])).not.toContain('"d"');
  });

  test('the directory: who, under which authority, under which agreements; no officer’s name, no address', async () => {
    const response = await get('/v1/directory');
    const text = await response.text();
    const directory = JSON.parse(text);
    expect(directory.focal_points.map((one: { slug: string }) => one.slug).sort()).toEqual([
      'desk',
      'shelter',
    ]);
    expect(directory.authorities.map((one: { country: string }) => one.country).sort()).toEqual(['ID', 'KH']);
    expect(directory.agreements).toMatchObject([{ id: 'id-kh-test', version: 1, parties: ['ID', 'KH'] }]);
    expect(text).not.toMatch(/Invented Officer|partner\.test/);
  });

  test('every answer forbids frames, sniffing and referrers', async () => {
    for (const path of ['/healthz', '/v1/directory', '/nowhere', '/r/unknown']) {
      const { headers } = await get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });
});
