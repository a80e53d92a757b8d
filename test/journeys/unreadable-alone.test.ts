/** A single unreadable record: what is left is shown, the rest is named, counted and reported. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AcrossBorder, makeAcrossBorder } from '../support/across.ts';
import { makeReportPost, postMessage } from '../support/story.ts';

let all: AcrossBorder;
/** Two messages of one thread, the second of which is damaged; and one alone in its thread. */
let first: string;
let second: string;
let alone: string;
let thid: string;

beforeAll(async () => {
  all = await makeAcrossBorder();
  const { shelter } = all;
  first = await postMessage(shelter, makeReportPost(['desk']));
  thid = await threadOf(first);
  second = await postMessage(shelter, makeReportPost(['desk'], { thid }));
  alone = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
});
afterAll(() => all?.close());

const threadOf = async (message: string): Promise<string> => {
  const [row] = await all.kh.house.database.sql`select thread from message where id = ${message}`;
  return String(row?.['thread']);
};

const asked = async (path: string) => {
  const { house, url } = all.kh;
  const headers = { authorization: `Bearer ${all.shelter.accessKey}` };
  const response = await house.app.request(`${url}/v1/${path}`, { headers });
  return { status: response.status, body: await response.json() };
};

/** Ways in which somebody who wrote to the database can have left a row that nothing can be computed from. */
const SPOILT = [
  ['a time of acceptance without end', "update message set accepted_at = 'infinity' where id = $1"],
  ['a time without end', "update message set expires_at = 'infinity' where id = $1"],
  ['addressees that are no names', `update message set addressees = '[null, {"a": 1}]' where id = $1`],
  ['a deadline without end', "update recipient set answer_by = '-infinity' where message = $1"],
] as const;

test.each(SPOILT)('%s does not affect the rest of its thread, and is no fault', async (_what, change) => {
  const { sql } = all.kh.house.database;
  const kept = await sql`select to_json(m) as row from message m where id in ${sql([second, alone])}`;
  const parts = await sql`select to_json(r) as row from recipient r where message in ${sql([second, alone])}`;
  await sql.unsafe(change, [second]);
  await sql.unsafe(change, [alone]);
  try {
    const thread = await asked(`threads/${thid}`);
    expect(thread).toMatchObject({
      status: 200,
      body: { thid, messages: [{ id: first }], unreadable: [second] },
    });
    const nothing = await asked(`threads/${await threadOf(alone)}`);
    expect(nothing).toMatchObject({ status: 500, body: { type: 'urn:amanat:problem:record-unreadable' } });
    expect(nothing.body.detail).toContain(await threadOf(alone));
    const list = await asked('threads');
    expect(list).toMatchObject({ status: 200, body: { unreadable: [await threadOf(alone)] } });
    const status = await asked(`messages/${second}`);
    if (status.status === 200) expect(status.body.unreadable).toEqual([second]);
    else expect(status.body.type).toBe('urn:amanat:problem:record-unreadable');
    const told = { event: 'record.unreadable', fields: { what: 'message', id: second } };
    expect(all.kh.house.lines).toContainEqual(told);
    expect(await all.kh.house.metrics()).toMatch(/amanat_unreadable_total\{what="thread"\} [1-9]/);
    expect(all.kh.house.lines.filter(({ event }) => event === 'http.fault')).toEqual([]);
  } finally {
    for (const { row } of kept)
      await sql`update message m set accepted_at = ${row.accepted_at}, expires_at = ${row.expires_at},
        addressees = ${sql.json(row.addressees)} where id = ${row.id}`;
    for (const { row } of parts)
      await sql`update recipient set answer_by = ${row.answer_by} where message = ${row.message}`;
  }
});

test('the list of threads is complete again after everything is repaired', async () => {
  expect(await asked('threads')).toMatchObject({ status: 200, body: { unreadable: [] } });
});
