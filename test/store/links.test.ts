/** One-time links and link codes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LinkCodeRow, LinkRow } from '../../src/store/contracts/links.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { ASKING_FIRST, makeAct, openTestStore } from '../support/test-guard.ts';
import { DESK, keptEndpoints, later, NOW, newId, newMessage, there } from './fixtures.ts';

let db: TestDatabase;
let store: Store;
let other: Store;
let way: string;
beforeAll(async () => {
  db = await makeTestDatabase();
  store = db.store;
  other = openTestStore(db.connect(), { listen: false });
  const entry = newMessage(await keptEndpoints(store, {}));
  await store.messages.keepMessage(entry);
  way = there(entry.deliveries[0]).id;
});
afterAll(async () => {
  await other.database.close();
  await db.close();
});

describe('links', () => {
  async function kept(over: Partial<LinkRow> = {}): Promise<LinkRow> {
    const link: LinkRow = {
      hash: newId(),
      purpose: 'acknowledge',
      delivery: way,
      officer: 'officer-1',
      expiresAt: later(3_600),
      ...over,
    };
    await store.links.keepLinks([link]);
    return link;
  }

  const take = (hash: string, boundTo: string, now: Date, by = store) =>
    by.links.takeLink({ hash, boundTo, now, act: makeAct(hash) });

  test('looking at a link does not use it', async () => {
    const link = await kept();
    expect(await store.links.findLink(link.hash, 'browser-a', NOW)).toEqual({ kind: 'open', link });
    expect(await store.links.findLink(link.hash, 'browser-b', NOW)).toEqual({ kind: 'open', link });
    expect(await take(link.hash, 'browser-b', NOW)).toEqual({ kind: 'open', link });
  });

  test('a link is used once; the same browser may come back for 15 minutes, also after its expiry', async () => {
    const { officer: _, ...named } = await kept({ purpose: 'read', expiresAt: later(60) });
    const reader = { ...named, hash: newId() };
    await store.links.keepLinks([reader]);
    expect(await take(reader.hash, 'browser-a', NOW)).toEqual({ kind: 'open', link: reader });
    for (const verb of [take, store.links.findLink]) {
      expect(await verb(reader.hash, 'browser-b', NOW)).toEqual({ kind: 'used' });
      expect(await verb(reader.hash, 'browser-a', later(899))).toEqual({ kind: 'open', link: reader });
      expect(await verb(reader.hash, 'browser-a', later(900))).toEqual({ kind: 'used' });
    }
  });

  test('a browser without a name never comes back', async () => {
    const link = await kept();
    await take(link.hash, '', NOW);
    expect(await store.links.findLink(link.hash, '', NOW)).toEqual({ kind: 'used' });
  });

  test('an expired or unknown link opens nothing', async () => {
    const link = await kept({ expiresAt: later(60) });
    for (const verb of [take, store.links.findLink]) {
      expect(await verb(link.hash, 'browser-a', later(60))).toEqual({ kind: 'expired' });
      expect(await verb(newId(), 'browser-a', NOW)).toEqual({ kind: 'unknown' });
    }
  });

  test('a row from before the use that is put back opens nothing, also in a new process', async () => {
    const link = await kept();
    const [before] = await db.sql`select to_json(l) as row from link l where hash = ${link.hash}`;
    await take(link.hash, 'browser-a', NOW);
    await db.sql`delete from link where hash = ${link.hash}`;
    await db.sql`insert into link select * from jsonb_populate_record(null::link, ${db.sql.json(before?.['row'])})`;
    for (const by of [store, openTestStore(db.connect(), { listen: false })])
      for (const visitor of ['browser-a', 'browser-b']) {
        expect(await by.links.findLink(link.hash, visitor, NOW)).toEqual({ kind: 'used' });
        expect(await take(link.hash, visitor, NOW, by)).toEqual({ kind: 'used' });
      }
  });

  test('of twenty browsers at once one succeeds', async () => {
    const link = await kept();
    const found = await Promise.all(
      Array.from({ length: 20 }, (_, n) => take(link.hash, `browser-${n}`, NOW, n % 2 ? store : other)),
    );
    expect(found.filter((one) => one.kind === 'open')).toHaveLength(1);
    expect(found.filter((one) => one.kind === 'used')).toHaveLength(19);
  });
});

describe('link codes', () => {
  async function kept(over: Partial<LinkCodeRow['endpoint']> = {}): Promise<LinkCodeRow> {
    const endpoint = {
      id: newId(),
      focalPoint: DESK,
      channel: 'telegram' as const,
      rank: 1,
      shows: 'notice' as const,
      lang: 'id',
      officer: 'officer-1',
      ...over,
    };
    const code: LinkCodeRow = { hash: newId(), endpoint, expiresAt: later(3_600) };
    await store.links.keepLinkCode(code, makeAct());
    return code;
  }

  test('a code makes one account an endpoint, and gives that account the same again', async () => {
    const code = await kept();
    const address = newId();
    const made = { ...code.endpoint, address, enabled: true };
    expect(await store.links.takeLinkCode(code.hash, address, NOW, makeAct)).toEqual(made);
    expect(await store.links.takeLinkCode(code.hash, address, later(99_999), makeAct)).toEqual(made);
    expect(await store.links.takeLinkCode(code.hash, newId(), NOW, makeAct)).toBeUndefined();
    expect(await store.endpoints.endpointsAt('telegram', address)).toEqual([made]);
  });

  test('an expired or unknown code makes nothing', async () => {
    const code = await kept();
    const address = newId();
    expect(await store.links.takeLinkCode(code.hash, address, later(3_600), makeAct)).toBeUndefined();
    expect(await store.links.takeLinkCode(newId(), address, NOW, makeAct)).toBeUndefined();
    expect(await store.endpoints.endpointsAt('telegram', address)).toEqual([]);
  });

  test('an officer who links the same account again keeps the endpoint, enabled again', async () => {
    const [first, second] = [await kept(), await kept({ rank: 2, lang: 'km' })];
    const address = newId();
    const made = there(await store.links.takeLinkCode(first.hash, address, NOW, makeAct));
    await store.endpoints.keepEndpoint({ ...made, enabled: false }, makeAct(), ASKING_FIRST);
    expect(await store.links.takeLinkCode(second.hash, address, NOW, makeAct)).toEqual({
      ...made,
      rank: 2,
      lang: 'km',
      enabled: true,
    });
    expect(await store.endpoints.endpointsAt('telegram', address)).toHaveLength(1);
  });

  test('of twenty accounts at once one succeeds; one account twenty times gets one endpoint', async () => {
    const raced = await kept();
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? store : other).links.takeLinkCode(raced.hash, newId(), NOW, makeAct),
      ),
    );
    expect(made.filter((one) => one !== undefined)).toHaveLength(1);
    const address = newId();
    const codes = await Promise.all(Array.from({ length: 20 }, () => kept()));
    const same = await Promise.all(
      codes.map((one, n) => (n % 2 ? store : other).links.takeLinkCode(one.hash, address, NOW, makeAct)),
    );
    expect(new Set(same.map((one) => one?.id)).size).toBe(1);
    expect(await store.endpoints.endpointsAt('telegram', address)).toHaveLength(1);
  });
});
