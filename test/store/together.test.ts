/** Reads that share a statement: each gets its own answer, whatever is read beside it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { ASKING_FIRST, makeAct } from '../support/test-guard.ts';
import { DESK, endpoint, later, NOW, newId, newMessage, OTHER_DESK, oddText, SENDER } from './fixtures.ts';

let db: TestDatabase;
let store: Store;
const [focalPoint, embassy] = [endpoint(), endpoint({ focalPoint: OTHER_DESK })];
const statementOf = new Map([DESK, OTHER_DESK].map((did) => [did, `${did} ${oddText()}`]));
const slugOf = (did: string): string => did.split(':').at(-1) ?? '';

beforeAll(async () => {
  db = await makeTestDatabase();
  store = db.store;
  for (const [did, statement] of statementOf)
    await store.directory.keepDesignation(
      { did, slug: slugOf(did), country: 'ID', from: NOW, statement },
      undefined,
      makeAct(),
    );
  await store.endpoints.keepEndpoint(focalPoint, makeAct(), ASKING_FIRST);
  await store.endpoints.keepEndpoint(embassy, makeAct(), ASKING_FIRST);
});
afterAll(() => db.close());

test('parties of the directory', async () => {
  const asked = [[DESK], [slugOf(OTHER_DESK)], ['nobody'], [DESK, slugOf(DESK), OTHER_DESK], []];
  const found = await Promise.all(asked.map((parties) => store.directory.readDirectory(parties)));
  const [mine, theirs] = [statementOf.get(DESK), statementOf.get(OTHER_DESK)];
  expect(found.map((one) => one.designations)).toEqual([[mine], [theirs], [], [mine, theirs], []]);
  const byId = (list: readonly { id: string }[]) => list.toSorted((a, b) => a.id.localeCompare(b.id));
  const endpoints = found.map((one) => byId(one.endpoints));
  expect(endpoints).toEqual([[focalPoint], [embassy], [], byId([focalPoint, embassy]), []]);
});

test('one query that the database refuses fails alone', async () => {
  const found = await Promise.allSettled(
    [[DESK], ['no\u0000body'], [OTHER_DESK]].map((one) => store.directory.readDirectory(one)),
  );
  expect(found.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('secrets of one owner and kind, without those of another; ended ones by the caller’s own clock', async () => {
  const secret = { owner: DESK, kind: 'webhook-inbound', id: newId(), wrapped: oddText() } as const;
  const other = { ...secret, kind: 'webhook-outbound', wrapped: oddText(), until: later(10) } as const;
  const theirs = { ...secret, owner: OTHER_DESK, wrapped: oddText() } as const;
  for (const one of [secret, other, theirs]) await store.secrets.keepSecret(one, makeAct());
  const found = await Promise.all([
    store.secrets.secretsInUse(DESK, 'webhook-inbound', NOW),
    store.secrets.secretsInUse(DESK, 'webhook-outbound', NOW),
    store.secrets.secretsInUse(DESK, 'webhook-outbound', later(10)),
    store.secrets.secretsInUse(OTHER_DESK, 'webhook-inbound', NOW),
    store.secrets.secretsInUse(OTHER_DESK, 'custody-key', NOW),
    store.secrets.secretsInUse(DESK, 'webhook-inbound', NOW),
  ]);
  expect(found).toEqual([[secret], [other], [], [theirs], [], [secret]]);
});

test('receipts of one sender and key, and the parties of a thread', async () => {
  const key = newId();
  const first = newMessage([focalPoint], { submissionKey: key });
  const same = newMessage([embassy], { submissionKey: key, sender: DESK });
  await Promise.all([store.messages.keepMessage(first), store.messages.keepMessage(same)]);
  const receipts = await Promise.all([
    store.messages.findReceipt(SENDER, key),
    store.messages.findReceipt(DESK, key),
    store.messages.findReceipt(OTHER_DESK, key),
    store.messages.findReceipt(SENDER, key),
  ]);
  const [mine, theirs] = [first.receipt.jws, same.receipt.jws];
  expect(receipts.map((one) => one?.jws)).toEqual([mine, theirs, undefined, mine]);
  const threads = [first.message.thread, newId(), same.message.thread];
  const parties = await Promise.all(threads.map((one) => store.threads.threadParties(one)));
  expect(parties.map((one) => new Set(one))).toEqual([
    new Set([SENDER, DESK]),
    new Set(),
    new Set([DESK, OTHER_DESK]),
  ]);
});

test('messages of a thread in the order in which they were accepted, each thread its own', async () => {
  const thread = newId();
  const second = newMessage([focalPoint], { thread, acceptedAt: later(5) });
  const first = newMessage([focalPoint], { thread });
  const other = newMessage([focalPoint]);
  for (const one of [second, first, other]) await store.messages.keepMessage(one);
  const asked = [thread, newId(), other.message.thread, thread];
  const found = await Promise.all(asked.map((one) => store.threads.readThread(one)));
  const both = [first.message, second.message];
  expect(found).toEqual([both, [], [other.message], both]);
});

test('content of threads with something old enough, a page at a time', async () => {
  const thread = newId();
  const old = newMessage([focalPoint], { thread, acceptedAt: later(-1_000) });
  const young = newMessage([focalPoint], { thread });
  const alone = newMessage([focalPoint]);
  for (const one of [old, young, alone]) await store.messages.keepMessage(one);
  const holding = async (acceptedBy: Date) => {
    const all: string[] = [];
    for (let after: string | undefined = ''; after !== undefined; after = all.at(-1)) {
      const page = await store.content.keptContent({ after, acceptedBy }, 1, NOW);
      if (page.length === 0) break;
      all.push(...page.map((one) => one.thread));
    }
    return all;
  };
  expect(await holding(later(-1_001))).toEqual([]);
  expect(await holding(later(-1_000))).toEqual([thread]);
  expect(await holding(NOW)).toEqual(expect.arrayContaining([thread, alone.message.thread]));
  const [whole] = await store.content.keptContent({ after: '', acceptedBy: later(-1_000) }, 1, NOW);
  expect(whole?.messages.map((one) => one.id)).toEqual([old.message.id, young.message.id]);
});
