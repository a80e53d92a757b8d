/** `amanat thread`: the operator sees whose turn it is and since when, and no content. */

import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, postUndeliverable, withGateway } from '../support/cli-home.ts';
import { PRIVATE_TEXT } from '../support/story.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
let thid: string;

beforeAll(async () => {
  at = await benchOnServer();
  await makeHome(at, 'https://gateway.example');
  thid = await withGateway(at, async (gateway) => {
    const id = await postUndeliverable(at.home, gateway);
    return (await gateway.store.messages.readMessage(id))?.message.thread ?? '';
  });
});
afterAll(() => at.close());

test('one thread, or all in which an act is owed', async () => {
  const turn = { act: 'reassign', type: 'report', country: 'ID', overdue_seconds: 0 };
  const one = await at.json(['thread', thid]);
  expect(one).toMatchObject({ code: 0, document: { thid, turn, messages: [{ state: 'failed' }] } });
  const list = await at.json(['thread', '--open']);
  expect(list).toMatchObject({ code: 0, document: { threads: [{ thid, turn }], complete: true } });
  const said = [await at.amanat(['thread', thid]), await at.amanat(['thread', '--open'])];
  expect(said[0]?.out).toMatch(/^turn +shelter: reassign$/m);
  expect(said[1]?.out).toMatch(new RegExp(`^${thid}  shelter +reassign \\(report, urgent\\)`, 'm'));
  const shown = JSON.stringify([one, list, said]);
  for (const word of PRIVATE_TEXT) expect(shown).not.toContain(word);
});

test('neither or both, an invalid id, and an unknown thread are refused', async () => {
  expect((await at.json(['thread'])).code).toBe(2);
  expect((await at.json(['thread', thid, '--open'])).code).toBe(2);
  expect((await at.json(['thread', 'x'])).code).toBe(2);
  expect(await at.json(['thread', '0'.repeat(32)])).toMatchObject({
    code: 3,
    document: { error: { code: 'not-found' } },
  });
});

test('a thread whose turn can no longer be computed is refused with a code, and named in the list', async () => {
  const sql = postgres(at.values['DATABASE_URL'] ?? '', { max: 1 });
  try {
    await sql`update message set accepted_at = 'infinity' where thread = ${thid}`;
  } finally {
    await sql.end();
  }
  expect(await at.json(['thread', thid])).toMatchObject({
    code: 4,
    document: { error: { code: 'record-unreadable' } },
  });
  expect(await at.json(['thread', '--open'])).toMatchObject({ code: 0, document: { unreadable: [thid] } });
});
