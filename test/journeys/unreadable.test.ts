/** One unreadable record does not affect others: lists, threads, status, report and deadlines continue. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileReport } from '../../src/flow/figures/figures.ts';
import { type AcrossBorder, makeAcrossBorder } from '../support/across.ts';
import { fetchMessageStatus, makeReportPost, postMessage } from '../support/story.ts';

let all: AcrossBorder;
/** Three messages, each in a thread of its own: one whole, one with evidence damaged, one with its own row damaged. */
let whole: string;
let damaged: string;
let strange: string;

const threadOf = async (message: string): Promise<string> => {
  const [row] = await all.kh.house.database.sql`select thread from message where id = ${message}`;
  return String(row?.['thread']);
};

beforeAll(async () => {
  all = await makeAcrossBorder();
  const { shelter, kh } = all;
  [whole, damaged, strange] = [
    await postMessage(shelter, makeReportPost(['desk'])),
    await postMessage(shelter, makeReportPost(['desk'])),
    await postMessage(shelter, makeReportPost(['desk'])),
  ];
  await all.waitUntilIdle();
  const { sql } = kh.house.database;
  await sql`update evidence set jws = '{"payload":"' where message = ${damaged} and recipient is not null`;
  await sql`update message set type = 'nothing' where id = ${strange}`;
});
afterAll(() => all?.close());

const asked = async (path: string) => {
  const { house, url } = all.kh;
  const headers = { authorization: `Bearer ${all.shelter.accessKey}` };
  const response = await house.app.request(`${url}/v1/${path}`, { headers });
  return { status: response.status, body: await response.json() };
};

test('the list of threads shows what can be read, and marks threads with unreadable parts', async () => {
  const { status, body } = await asked('threads');
  expect(status).toBe(200);
  const lines = body.threads.map(({ thid, unreadable }: { thid: string; unreadable: number }) => [
    thid,
    unreadable,
  ]);
  expect(Object.fromEntries(lines)).toMatchObject({ [await threadOf(whole)]: 0 });
  expect(Object.fromEntries(lines)[await threadOf(damaged)]).toBeGreaterThan(0);
  expect(body.unreadable).toEqual([await threadOf(strange)]);
});

test('a thread and a status are served with the readable parts, and name the others', async () => {
  const thread = await asked(`threads/${await threadOf(damaged)}`);
  expect(thread).toMatchObject({ status: 200, body: { messages: [{ id: damaged }] } });
  expect(thread.body.unreadable.length).toBeGreaterThan(0);
  const status = await fetchMessageStatus(all.shelter, damaged);
  expect(status.unreadable).toEqual(thread.body.unreadable);
  expect(status.evidence.length).toBeGreaterThan(0);
  expect((await fetchMessageStatus(all.shelter, whole)).unreadable).toEqual([]);
});

test('the report counts what can be read, and the threads with unreadable parts', async () => {
  const { gateway } = all.kh.house;
  const day = 86_400_000;
  const [from, to] = [new Date(gateway.now().getTime() - day), new Date(gateway.now().getTime() + day)];
  const counted = await compileReport(gateway, { agreement: 'id-kh-test', from, to });
  expect(counted.unreadable).toBe(2);
  expect(counted.rows.length).toBeGreaterThan(0);
});

test('deadlines in the other threads have their effect, and the operator is told', async () => {
  const { house } = all.kh;
  house.pass(86_400 * 3);
  await house.drain();
  const { body } = await asked('threads');
  expect(body.threads.length).toBeGreaterThan(1);
  expect(house.lines).toContainEqual({
    event: 'record.unreadable',
    fields: { what: 'evidence', id: expect.any(String) },
  });
  expect(await house.metrics()).toMatch(/amanat_unreadable_total\{what="evidence"\} [1-9]/);
  const steps = house.lines.filter(({ event }) => event === 'escalation.step');
  expect(steps.length).toBeGreaterThan(0);
  house.pass(-86_400 * 3);
});
