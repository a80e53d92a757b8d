/** Limits: for authenticated callers by caller, for all others by network address. */
import { Hono, type MiddlewareHandler } from 'hono';
import { afterEach, describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { createApplication } from '../../src/entry/application.ts';
import { createLimiting } from '../../src/http/limiting.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { makeOfficer } from '../support/story.ts';

let house: Rig;
let shelter: RigPartner;
let other: RigPartner;

async function build(limits: string | undefined): Promise<void> {
  house = await makeRig({ values: { AMANAT_LIMITS: limits }, isClockStopped: true });
  const draft = (slug: string) => ({
    slug,
    name: `Invented ${slug}`,
    country: 'KH',
    officers: [makeOfficer()],
  });
  shelter = await house.partner(draft('shelter'));
  other = await house.partner(draft('other'));
}
afterEach(() => house?.close());

/** What the answer says is left, and for how long. */
function fieldsOf({ status, headers }: Response) {
  const [, policy, left, more] = /^"([a-z-]+)";r=(\d+);t=(\d+)$/.exec(headers.get('ratelimit') ?? '') ?? [];
  return { status, policy, left: Number(left), more: Number(more), wait: headers.get('retry-after') };
}

const wrong = {
  to: ['nobody'],
  type: 'text',
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  body: { text: 'x' },
};

describe('an authenticated caller', () => {
  test('may post 500 at once by default, and each answer gives the rest', async () => {
    await build(undefined);
    const answers = await Promise.all(Array.from({ length: 500 }, () => shelter.post('messages', wrong)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]));
    const [first] = answers;
    expect(first?.headers.get('ratelimit-policy')).toBe('"focal-point";q=3000;w=60');
    const lefts = answers.map((one) => fieldsOf(one).left);
    expect(Math.min(...lefts)).toBe(2_500);
  });

  test('is told to wait when its quota is used up; nobody else is, and no refusal is signed for it', async () => {
    await build('focal-point=5/50');
    for (let n = 0; n < 5; n += 1) expect((await shelter.post('messages', wrong)).status).toBe(422);
    const refused = await shelter.post('messages', wrong);
    expect(fieldsOf(refused)).toEqual({ status: 429, policy: 'focal-point', left: 0, more: 10, wait: '10' });
    const document = await refused.json();
    expect(document).toMatchObject({
      type: 'urn:amanat:problem:too-many-requests',
      status: 429,
      'violated-policies': ['focal-point'],
    });
    expect(document.evidence).toBeUndefined();
    const word = { message: '0'.repeat(32), officer: 'o1', decision: 'accepted' };
    expect((await shelter.post('acknowledgements', word)).status).toBe(429);
    expect((await other.post('messages', wrong)).status).toBe(422);
    expect((await shelter.status('0'.repeat(32))).status).toBe(404);
    const rows = await house.database.sql`select from evidence where event = 'SubmissionRejection'`;
    expect(rows.length).toBe(6);
    house.pass(10);
    expect((await shelter.post('messages', wrong)).status).toBe(422);
    expect(await house.metrics()).toContain('amanat_limited_total{policy="focal-point"} 2');
  });

  test('that reads by an access key has a quota for that key', async () => {
    await build('access-key=3/60');
    for (let n = 0; n < 3; n += 1)
      expect(fieldsOf(await shelter.status('0'.repeat(32)))).toMatchObject({ status: 404, left: 2 - n });
    expect(fieldsOf(await shelter.status('0'.repeat(32)))).toMatchObject({
      status: 429,
      policy: 'access-key',
    });
    expect((await other.status('0'.repeat(32))).status).toBe(404);
  });
});

describe('an unauthenticated caller', () => {
  /** Calls from invented networks. */
  const calls = () => {
    const app = createApplication(
      house.gateway,
      (request) => request.headers.get('x-test-network') ?? undefined,
    );
    return (path: string, network = 'a', init: RequestInit = {}) =>
      app.request(`${GATEWAY_URL}${path}`, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), 'x-test-network': network },
      });
  };
  const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };

  test('is counted by its network, and others are served', async () => {
    await build('unproven=3/30');
    const call = calls();
    for (let n = 0; n < 3; n += 1)
      expect(fieldsOf(await call('/v1/consignments', 'a', post))).toMatchObject({
        policy: 'unproven',
        left: 2 - n,
      });
    expect(fieldsOf(await call('/v1/consignments', 'a', post))).toEqual({
      status: 429,
      policy: 'unproven',
      left: 0,
      more: 10,
      wait: '10',
    });
    // Whatever it asks for now, but whether the process lives.
    expect((await call('/v1/directory')).status).toBe(429);
    expect((await call('/healthz')).status).toBe(200);
    expect((await call('/v1/consignments', 'b', post)).status).not.toBe(429);
    house.pass(10);
    expect((await call('/v1/directory')).status).toBe(200);
  });

  test.each([
    [
      'an access key that was never given',
      '/v1/threads',
      { headers: { authorization: `Bearer amk_${'A'.repeat(43)}` } },
    ],
    ['a signature that is missing', '/v1/focal-points/shelter/messages', post],
    ['a gateway that nobody knows', '/v1/relay', post],
    ['a link that was never given', '/r/never-given', {}],
    ['an address that is none', '/wp-login.php', {}],
    ['an update without its secret', '/channels/telegram', post],
  ])('is counted as such with %s', async (_name, path, init) => {
    await build('unproven=2/20');
    const call = calls();
    const answers = [await call(path, 'a', init), await call(path, 'a', init), await call(path, 'a', init)];
    expect(answers.map((one) => fieldsOf(one).left)).toEqual([1, 0, 0]);
    expect(answers.map(({ status }) => status === 429)).toEqual([false, false, true]);
  });

  test.each(['/r/never-given', '/c/never-given', '/wp-login.php'])(
    'gets a page at %s if a browser asks, in every language, with the time to wait',
    async (path) => {
      await build('unproven=1/10');
      const call = calls();
      const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
      await call(path, 'a', browser);
      const limited = await call(path, 'a', browser);
      expect(fieldsOf(limited)).toMatchObject({ status: 429, policy: 'unproven', wait: '10' });
      expect(limited.headers.get('content-type')).toMatch(/^text\/html/);
      expect(limited.headers.get('cache-control')).toBe('no-store');
      const page = await limited.text();
      for (const lang of LANGUAGES)
        expect(page).toContain(house.gateway.translate(lang, 'page-refused-too-many-requests'));
      // A program is told as before.
      expect((await call(path)).headers.get('content-type')).toBe('application/problem+json');
    },
  );

  test('may read public routes, to a separate limit', async () => {
    await build('public=4/40');
    const call = calls();
    for (const path of ['/v1/directory', '/.well-known/did.json', '/ledger/checkpoint', '/readyz'])
      expect(fieldsOf(await call(path))).toMatchObject({ status: 200, policy: 'public' });
    expect(fieldsOf(await call('/v1/directory'))).toMatchObject({ status: 429, policy: 'public' });
  });

  test('does not use up the quota of honest callers behind the same address', async () => {
    await build('unproven=2/20,public=2/20');
    const call = calls();
    const key = { headers: { authorization: `Bearer ${shelter.accessKey}` } };
    for (let n = 0; n < 20; n += 1) expect((await call('/v1/threads', 'a', key)).status).toBe(200);
    for (const status of [200, 200, 429]) expect((await call('/v1/directory')).status).toBe(status);
    // What anybody may read is used up, and honest callers are heard as before.
    expect((await call('/v1/threads', 'a', key)).status).toBe(200);
    expect((await call('/v1/consignments', 'a', post)).status).not.toBe(429);
    // A key opens nothing where none is asked for.
    expect((await call('/v1/directory', 'a', key)).status).toBe(429);
  });

  test('leaves no address in the log', async () => {
    await build('unproven=1/20');
    const call = calls();
    for (let n = 0; n < 3; n += 1) await call('/v1/threads', '203.0.113.7');
    expect(JSON.stringify(house.lines)).not.toContain('203.0.113.7');
    expect(await house.metrics()).not.toContain('203.0.113.7');
  });

  // A new answer around the same body would copy it, for each caller and for as long as that one does not read.
  test('reads the rest in the very answer that was counted', async () => {
    await build(undefined);
    const seen: Response[] = [];
    const note: MiddlewareHandler = async (context, next) => {
      await next();
      seen.push(context.res);
    };
    const app = new Hono().use(
      note,
      createLimiting(house.gateway, () => 'somebody'),
      note,
    );
    app.get('/large', (context) => context.body('x'.repeat(300_000)));
    const answer = await app.request('/large');
    expect(fieldsOf(answer)).toMatchObject({ status: 200, policy: 'public', left: 1_199 });
    expect(seen).toHaveLength(2);
    expect(seen[1]).toBe(seen[0]);
  });
});
