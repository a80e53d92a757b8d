/** `amanat serve`: its warnings at the start, and where the metrics are. */
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHome } from '../support/cli-home.ts';
import { type Bench, benchOnServer, freePort } from './child.ts';

const DEMO = new URL('../../certs/demo/KH/demo-ed25519.pem', import.meta.url).pathname;

let at: Bench;
beforeAll(async () => {
  at = await benchOnServer();
  await makeHome(at, `http://127.0.0.1:${await freePort()}`, []);
  const authority = ['authority', 'init', '--country', 'ID', '--dir', at.file('authority')];
  expect((await at.json(authority)).code).toBe(0);
  for (const country of ['ID', 'KH']) mkdirSync(`${at.home}/certs/${country}`, { recursive: true });
  cpSync(at.file('authority/ID.pem'), `${at.home}/certs/ID/authority.pem`);
  cpSync(DEMO, `${at.home}/certs/KH/authority.pem`);
});
afterAll(() => at.close());

test('an authority of the published demo set is trusted: serve says so in the log and in its output', async () => {
  const served = await at.serve({}, 'warn');
  const warning = expect.stringContaining('the authority trusted for KH is a DEMO (not real)');
  expect(served.ready.warnings).toEqual([warning]);
  const { err } = await served.end('SIGTERM');
  const warned = err.split('\n').filter((line) => line.includes('serve.warning'));
  expect(warned.map((line) => JSON.parse(line))).toMatchObject([{ warning }]);
});

describe('the metrics', () => {
  const KEY = 'an-invented-metrics-key';
  const status = async (url: string, key?: string): Promise<number> => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return (await fetch(url, { headers })).status;
  };

  test('are not served if nothing is set, and serve says so', async () => {
    const { ready, end } = await at.serve();
    expect(ready.metrics).toBe('not served: set AMANAT_METRICS_LISTEN or AMANAT_METRICS_KEY');
    expect(await status(`${ready.serving}/metrics`)).toBe(404);
    await end('SIGTERM');
  });

  test('are served with a key', async () => {
    const { ready, end } = await at.serve({ AMANAT_METRICS_KEY: KEY });
    expect(ready.metrics).toBe(`${ready.serving}/metrics, behind AMANAT_METRICS_KEY`);
    expect(await status(`${ready.serving}/metrics`)).toBe(401);
    expect(await status(`${ready.serving}/metrics`, KEY)).toBe(200);
    await end('SIGTERM');
  });

  test('are served on a separate listener, and end with it', async () => {
    const port = await freePort();
    const { ready, end } = await at.serve({ AMANAT_METRICS_LISTEN: String(port) });
    expect(ready.metrics).toBe(`http://127.0.0.1:${port}/metrics`);
    expect(await status(ready.metrics)).toBe(200);
    expect(await status(`${ready.serving}/metrics`)).toBe(404);
    expect((await end('SIGTERM')).code).toBe(0);
  });

  test('stop the gateway from starting if the address of their listener is in use', async () => {
    const { port } = new URL(JSON.parse(readFileSync(`${at.home}/config.json`, 'utf8')).AMANAT_URL);
    const { code, err } = await at.amanat(['serve'], { env: { AMANAT_METRICS_LISTEN: port } });
    expect(code).toBe(4);
    expect(err).toContain('cannot listen at the address of AMANAT_METRICS_LISTEN (EADDRINUSE)');
  });
});

describe('the address where it listens', () => {
  test.each(['nowhere.invalid:8080', '192.0.2.1:8080'])(
    '%s is refused: not on this machine',
    async (listen) => {
      const { code, err } = await at.amanat(['serve'], { env: { AMANAT_LISTEN: listen } });
      expect(code).toBe(4);
      expect(err).toContain('cannot listen at the address of AMANAT_LISTEN (');
      expect(err).not.toContain('database');
    },
  );

  test.each(['127.0.0.1', '127.0.0.1:99999', 'no address', ''])(
    '"%s" is refused, and the setting is named',
    async (listen) => {
      const { code, err } = await at.amanat(['serve'], { env: { AMANAT_LISTEN: listen } });
      expect(code).toBe(4);
      expect(err).toContain('AMANAT_LISTEN has the wrong form; expected: host:port');
    },
  );

  test('an IPv6 address is in brackets, a port alone means loopback', async () => {
    const port = await freePort();
    for (const [listen, url] of [
      [`[::1]:${port}`, `http://[::1]:${port}`],
      [String(port), `http://127.0.0.1:${port}`],
    ] as const) {
      const { end } = await at.serve({ AMANAT_LISTEN: listen });
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      await end('SIGTERM');
    }
  });
});
