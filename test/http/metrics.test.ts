/** The metrics are for monitoring: on the public listener only with a key. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../src/domain/words/present.ts';
import { createApplication } from '../../src/entry/application.ts';
import { createMetricsApp } from '../../src/http/metrics.ts';
import { GATEWAY_URL, METRICS_KEY, makeRig, type Rig } from '../support/rig.ts';

let house: Rig;
beforeAll(async () => {
  house = await makeRig();
});
afterAll(() => house?.close());

/** The status and problem code of a call for the numbers. */
async function asked(app: Pick<Rig['app'], 'request'>, authorization?: string, method = 'GET') {
  const response = await app.request(`${GATEWAY_URL}/metrics`, {
    method,
    ...present({ headers: authorization === undefined ? undefined : { authorization } }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const code =
    text !== '' && type.startsWith('application/problem') ? JSON.parse(text).type.split(':').at(-1) : '';
  return { status: response.status, code, text };
}

describe('with a key', () => {
  test('they are served to anyone who has it', async () => {
    const { status, text } = await asked(house.app, `Bearer ${METRICS_KEY}`);
    expect(status).toBe(200);
    expect(text).toContain('amanat_oldest_due_seconds');
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    METRICS_KEY,
    `bearer${METRICS_KEY}`,
    `Bearer ${METRICS_KEY} `.concat('x'),
    `Bearer ${METRICS_KEY.slice(0, -1)}`,
    `Basic ${METRICS_KEY}`,
  ])('and to nobody with "%s"', async (authorization) => {
    const { status, code, text } = await asked(house.app, authorization);
    expect([status, code]).toEqual([401, 'access-denied']);
    expect(text).not.toContain(METRICS_KEY);
  });
});

describe.each([
  ['without a key', { own: false }],
  ['with a listener of their own', { own: true, key: METRICS_KEY }],
])('%s', (_name, metricsAccess) => {
  test('there is no such address on the public listener, by any method', async () => {
    const app = createApplication({ ...house.gateway, metricsAccess });
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      const { status } = await asked(app, `Bearer ${METRICS_KEY}`, method);
      expect(status, method).toBe(404);
    }
  });
});

test('a separate listener serves only them', async () => {
  const app = createMetricsApp({ ...house.gateway, metricsAccess: { own: true } });
  expect(await asked(app)).toMatchObject({ status: 200, text: expect.stringContaining('amanat_deliveries') });
  for (const path of ['/', '/healthz', '/v1/directory'])
    expect((await app.request(`${GATEWAY_URL}${path}`)).status).toBe(404);
});

test('a key is required on a separate listener as well', async () => {
  const app = createMetricsApp({ ...house.gateway, metricsAccess: { own: true, key: METRICS_KEY } });
  expect(await asked(app)).toMatchObject({ status: 401, code: 'access-denied' });
  expect(await asked(app, `Bearer ${METRICS_KEY}`)).toMatchObject({ status: 200 });
});
