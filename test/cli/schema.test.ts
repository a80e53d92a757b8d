import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCHEMA_VERSION } from '../../src/store/postgres.ts';
import { makeHomeOfCountry } from '../support/cli-home.ts';
import { type Bench, benchOnServer, freePort, type Served } from './child.ts';

let at: Bench;
let served: Served;

beforeAll(async () => {
  at = await benchOnServer();
  await makeHomeOfCountry(at, `http://127.0.0.1:${await freePort()}`);
  served = await at.serve({}, 'warn');
});
afterAll(() => at?.close());

const ready = async () => {
  const answer = await fetch(`${served.ready.serving}/readyz`);
  return { status: answer.status, body: await answer.json() };
};

test('a newer schema that does not support this program is refused, with both versions named', async () => {
  const sql = postgres(at.values['DATABASE_URL'] ?? '', { max: 1 });
  const newer = { database: SCHEMA_VERSION + 1, program: SCHEMA_VERSION };
  try {
    expect(await ready()).toMatchObject({ status: 200 });
    await sql`insert into migration (id, name) values (${newer.database}, 'invented')`;
    const mismatch = { status: 'not-ready', waiting_for: 'schema', schema: newer };
    expect(await ready()).toEqual({ status: 503, body: mismatch });
    expect(await ready()).toEqual({ status: 503, body: mismatch });
    for (const words of [['focal-point', 'list'], ['serve']]) {
      const { code, document } = await at.json(words);
      expect([words[0], code]).toEqual([words[0], 4]);
      expect(document.error.code).toBe('schema-mismatch');
      expect(document.error.detail).toContain(`schema version ${newer.database}`);
    }
    await sql`delete from migration where id > ${SCHEMA_VERSION}`;
    expect(await ready()).toMatchObject({ status: 200 });
  } finally {
    await sql.end();
  }
  const { err } = await served.end('SIGTERM');
  const lines = err.split('\n').filter((line) => line.includes('schema.mismatch'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([newer]);
});
