/** `amanat ledger`: an operator sees an alarm and records its cause. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHome } from '../../src/entry/home/home.ts';
import { openDatabase } from '../../src/entry/node.ts';
import { silentLog } from '../../src/log.ts';
import { makeHome } from '../support/cli-home.ts';
import { type Bench, benchOnServer } from './child.ts';

let at: Bench;
beforeAll(async () => {
  at = await benchOnServer();
  await makeHome(at, 'https://gateway.test');
  const database = await openDatabase(readHome(at.home, at.values), silentLog);
  await database.sql`
    insert into alarm (by, origin, code, place, root, at)
    values ('gateway.test/ledger', 'other.test/ledger', 'split-view', 7, '', now())`;
  await database.stop();
});
afterAll(() => at.close());

test('an alarm is shown, resolved with a name, and kept', async () => {
  const status = () => at.json(['ledger', 'status']);
  const before = await status();
  expect(before).toMatchObject({
    code: 0,
    document: {
      own: { ledger: 'gateway.test/ledger', size: 0, uncosigned_seconds: 0 },
      watched: [],
      alarms: [{ code: 'split-view', ledger: 'other.test/ledger', place: 7, seen: null }],
    },
  });
  const number = String(before.document.alarms[0].id);
  const said = ['--by', 'Dara Invented', '--note', 'Two copies of the database ran; one is gone.'];
  const settled = await at.json(['ledger', 'settle', number, ...said]);
  expect(settled).toMatchObject({ code: 0, document: { by: 'Dara Invented', alarms_left: 0 } });
  expect((await at.json(['ledger', 'settle', number, ...said])).document.error.code).toBe('already-exists');
  const shown = await at.amanat(['ledger', 'status']);
  expect(shown.out).toContain('split-view');
  expect(shown.out).toContain('Dara Invented: Two copies');
});
