/** Secrets page by page, replaced only if nobody else was first; and warnings given once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/domain/words/present.ts';
import type { SecretRow } from '../../src/store/contracts/secrets.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeAct } from '../support/test-guard.ts';
import { DESK, later, NOW, OTHER_DESK, oddText } from './fixtures.ts';

let db: TestDatabase;
let store: Store;
beforeAll(async () => {
  db = await makeTestDatabase();
  store = db.store;
});
afterAll(() => db.close());

test('secrets come page by page, each once, in the order of their first storage', async () => {
  const rows = Array.from(
    { length: 7 },
    (_, n): SecretRow => ({
      owner: n % 2 === 0 ? DESK : OTHER_DESK,
      kind: n % 3 === 0 ? 'custody-key' : 'webhook-inbound',
      id: `secret-${n}`,
      wrapped: oddText(),
      ...present({ until: n === 2 ? later(10) : undefined }),
    }),
  );
  for (const row of rows) await store.secrets.keepSecret(row, makeAct());
  const met: SecretRow[] = [];
  let place: string | undefined = '0';
  while (place !== undefined) {
    const page: Awaited<ReturnType<Store['secrets']['secretPage']>> = await store.secrets.secretPage(
      place,
      3,
    );
    expect(page.length).toBeLessThanOrEqual(3);
    met.push(...page.map(({ row }) => row));
    place = page.at(-1)?.place;
  }
  expect(met).toEqual(rows);
});

test('a secret is wrapped again only if it was not changed since it was read', async () => {
  const row: SecretRow = { owner: DESK, kind: 'webhook-outbound', id: 'one', wrapped: 'first' };
  await store.secrets.keepSecret(row, makeAct());
  expect(await store.secrets.rewrapSecret(row, 'second')).toBe(true);
  expect(await store.secrets.rewrapSecret(row, 'late')).toBe(false);
  expect(await store.secrets.secretsInUse(DESK, 'webhook-outbound', NOW)).toEqual([
    { ...row, wrapped: 'second' },
  ]);
});

test('a warning is given to one of many processes, again after its interval, and again for another end', async () => {
  const ending = { what: 'designation', name: 'desk', until: later(1_000) };
  const ask = (now: Date, one = ending) =>
    store.directory.claimWarning(one, now, new Date(now.getTime() - 60_000));
  const first = await Promise.all(Array.from({ length: 8 }, () => ask(NOW)));
  expect(first.filter(Boolean)).toHaveLength(1);
  expect(await ask(later(59))).toBe(false);
  expect(await ask(later(60))).toBe(true);
  expect(await ask(later(61))).toBe(false);
  expect(await ask(later(61), { ...ending, until: later(2_000) })).toBe(true);
  expect(await ask(later(61), { ...ending, name: 'other-desk' })).toBe(true);
});
