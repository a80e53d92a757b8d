/** A guard for the store's own tests: MACs under a key that is not secret, and unsigned entries. */
import { createHmac, randomBytes } from 'node:crypto';
import type { Sql } from 'postgres';
import { present } from '../../src/domain/words/present.ts';
import type { KeptLogEntry, LogEntryMaker } from '../../src/store/contracts/operator-log.ts';
import type { Granted, GrantKind, Guard } from '../../src/store/guard.ts';
import { createStore, type StoreOptions } from '../../src/store/postgres.ts';
import type { Store } from '../../src/store/store.ts';

/** An act on a grant, of which the newest counts; on one of its own where left out. */
export const makeAct =
  (grant: string = randomBytes(8).toString('hex')): LogEntryMaker =>
  async ({ last, current }) => {
    const ends = current(grant);
    const id = randomBytes(16).toString('hex');
    const at = new Date('2026-11-03T04:05:06.789Z');
    return {
      place: (last?.place ?? 0) + 1,
      digest: id,
      evidence: {
        id,
        event: 'OperatorAct',
        sender: 'did:web:gateway.example',
        at,
        jws: JSON.stringify({ grant }),
      },
      ...present({ ends }),
    };
  };

/** Rows that were refused are listed. */
export function createTestGuard(refused: string[] = []): Guard {
  const entries: KeptLogEntry[] = [];
  const ended = new Set<string>();
  const newest = new Map<string, string>();
  const mac = (kind: GrantKind, granted: Granted): string => {
    const there = Object.entries(granted).filter(([, value]) => value !== null && value !== undefined);
    return createHmac('sha256', 'test')
      .update(JSON.stringify([kind, there], sorted))
      .digest('hex');
  };
  const isCurrent = (entry: string): boolean => entries.some(({ id }) => id === entry) && !ended.has(entry);
  return {
    state: () => 'ready',
    begin: () => {},
    seal: mac,
    verifies: async (kind, granted, given) => mac(kind, granted) === given,
    isNewest: () => true,
    seenUpTo: () => undefined,
    place: () => entries.at(-1)?.place ?? 0,
    learn: async (list) => {
      for (const one of list.filter(({ place }) => place > (entries.at(-1)?.place ?? 0))) {
        entries.push(one);
        if (one.ends !== undefined) ended.add(one.ends);
        newest.set((JSON.parse(one.jws ?? '{}') as { grant: string }).grant, one.id);
      }
    },
    end: () => {
      const last = entries.at(-1);
      return { ...present({ last: last || undefined }), current: (grant) => newest.get(grant) };
    },
    isCurrent,
    isAlive: (entry) => entries.some(({ id }) => id === entry),
    statements: () => new Map(),
    isLinkUsed: (hash) => newest.has(hash),
    isSessionEnded: (hash) => newest.has(hash),
    lastAct: () => undefined,
    hasEnded: () => false,
    hasOpened: () => false,
    accounts: () => [],
    endpointsOfUnknownFocalPoint: () => [],
    decisionOn: () => undefined,
    secretMade: () => undefined,
    pins: () => ({ pin: () => undefined, page: () => undefined, isPage: () => false, all: () => [] }),
    refused: (kind, id) => void refused.push(`${kind} ${id}`),
  };
}

/** A store over a client of a test database, with a guard of its own. */
export function openTestStore(sql: Sql, options: StoreOptions): Store {
  const store = createStore(sql, options);
  store.database.useGuard(createTestGuard());
  return store;
}

/** The database may change the order of a document's members. */
const sorted = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Who asks a desk; the guard here knows of no desk, so that everything is the first of its kind. */
export const ASKING_FIRST = { who: 'test', now: new Date('2026-11-03T04:05:06.789Z') } as const;
