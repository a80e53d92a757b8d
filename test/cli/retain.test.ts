/**
 * `amanat retain`: an operator sees what will be deleted, and when; deletes what is due; lists copies that no recall
 * reached.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeThread, makeHome, postUndeliverable, withGateway } from '../support/cli-home.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
let id: string;

beforeAll(async () => {
  at = await benchOnServer();
  await makeHome(at, 'https://gateway.example');
  id = await withGateway(at, (gateway) => postUndeliverable(at.home, gateway));
});
afterAll(() => at.close());

/** A day this many days from now, as the flag takes it. */
const dayIn = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('content that is due for deletion is listed by day, without content; nothing is deleted before its time', async () => {
  const listed = (days: number) => at.json(['retain', '--dry-run', '--until', dayIn(days)]);
  expect(await listed(90)).toMatchObject({ code: 0, document: { purged: false, content: [], open: [] } });
  // It could not be delivered, so its sender owes an act: its thread is open.
  expect(await listed(100)).toMatchObject({
    code: 0,
    document: { content: [], open: [{ why: 'owed', messages: [id] }] },
  });
  expect((await at.amanat(['retain', '--dry-run', '--until', dayIn(100)])).out).toMatch(
    new RegExp(`stays +${id} .*open: an act is due`),
  );
  await withGateway(at, (gateway) => closeThread(gateway, id));
  const content = [{ message: id, type: 'report' }, { type: 'closure' }];
  expect(await listed(100)).toMatchObject({
    document: { content: content.map((one) => Object.assign({ why: 'closed', keep_days: 90 }, one)) },
  });
  expect(await at.json(['retain'])).toMatchObject({ code: 0, document: { purged: true, content: [] } });
  expect(await at.json(['retain', '--unpurged'])).toMatchObject({ code: 0, document: { recalls: [] } });
});

test('an invalid day, and a day without --dry-run, are refused', async () => {
  for (const none of ['2027-13-40', '2027-02-30'])
    expect((await at.json(['retain', '--dry-run', '--until', none])).code, none).toBe(2);
  expect((await at.json(['retain', '--until', dayIn(100)])).code).toBe(2);
});
