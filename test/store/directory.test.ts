/** The directory, secrets and access keys. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/domain/words/present.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { ASKING_FIRST, makeAct } from '../support/test-guard.ts';
import {
  DESK,
  endpoint,
  later,
  NOW,
  newId,
  newMessage,
  OTHER_DESK,
  oddText,
  SENDER,
  there,
  withdrawal,
} from './fixtures.ts';

let db: TestDatabase;
let store: Store;
beforeAll(async () => {
  db = await makeTestDatabase();
  store = db.store;
});
afterAll(() => db.close());

const designation = (did: string, country: string, from = NOW) => {
  const slug = there(did.split(':').at(-1));
  return { did, slug, country, from, statement: `${did} from ${from.toISOString()} ${oddText()}` };
};

test('the directory is found by DID, by slug, and as a whole', async () => {
  const [focalPoint, embassy] = [designation(DESK, 'ID'), designation(OTHER_DESK, 'KH')];
  await store.directory.keepDesignation(focalPoint, undefined, makeAct());
  await store.directory.keepDesignation(embassy, undefined, makeAct());
  const agreement = { id: 'kh-id', version: 1, from: NOW, statement: oddText() };
  await store.directory.keepAgreement(agreement, undefined, makeAct());
  const [mine, second, theirs] = [
    endpoint({ rank: 1 }),
    endpoint({ rank: 2, officer: 'officer-1', certificate: oddText() }),
    endpoint({ focalPoint: OTHER_DESK }),
  ];
  const undesignated = endpoint({ focalPoint: SENDER });
  for (const one of [mine, second, theirs, undesignated])
    await store.endpoints.keepEndpoint(one, makeAct(), ASKING_FIRST);

  const whole = await store.directory.readDirectory();
  expect(whole.designations).toEqual([focalPoint.statement, embassy.statement]);
  expect(whole.agreements).toEqual([agreement.statement]);
  expect(new Map(whole.endpoints.map((one) => [one.id, one]))).toEqual(
    new Map([mine, second, theirs].map((one) => [one.id, one])),
  );

  const byDid = await store.directory.readDirectory([DESK]);
  expect(byDid.designations).toEqual([focalPoint.statement]);
  expect(new Set(byDid.endpoints.map((one) => one.id))).toEqual(new Set([mine.id, second.id]));
  expect((await store.directory.readDirectory([embassy.slug, DESK])).designations).toEqual([
    focalPoint.statement,
    embassy.statement,
  ]);
  expect(await store.directory.readDirectory(["nobody' or true --"])).toEqual({
    designations: [],
    withdrawals: [],
    gateways: [],
    agreements: [agreement.statement],
    endpoints: [],
  });
  expect(await store.directory.readDirectory([])).toEqual({
    designations: [],
    withdrawals: [],
    gateways: [],
    agreements: [agreement.statement],
    endpoints: [],
  });
});

test('each read includes gateways and their addresses, in every version in force then or later', async () => {
  const did = 'did:web:far.example';
  const row = { did, country: 'ID', from: NOW, statement: oddText() };
  const newer = { ...row, from: later(5), statement: oddText() };
  const corrected = { ...newer, statement: oddText() };
  const way = endpoint({ focalPoint: did, channel: 'relay' });
  for (const one of [newer, row, row, corrected])
    await store.directory.keepGateway(one, undefined, makeAct());
  await store.endpoints.keepEndpoint(way, makeAct(), ASKING_FIRST);
  const all = [row, newer, corrected].map((one) => one.statement);
  for (const found of [
    await store.directory.readDirectory([]),
    await store.directory.readDirectory([SENDER]),
    await store.directory.readDirectory(),
  ]) {
    expect(found.gateways).toEqual(all);
    expect(found.endpoints.filter((one) => one.focalPoint === did)).toEqual([way]);
  }
  const asked = [
    store.directory.readDirectory([], later(4)),
    store.directory.readDirectory([SENDER], later(5)),
    store.directory.readDirectory([]),
    store.directory.readDirectory(undefined, later(5)),
  ];
  const found = await Promise.all(asked);
  expect(found.map((one) => one.gateways)).toEqual([all, all.slice(1), all, all.slice(1)]);
  expect((await store.directory.readDirectory([], later(6))).gateways).toEqual(all.slice(1));
});

test('every designation is kept; for a time, the one that began last and later ones are read', async () => {
  const did = `${SENDER}-renewed`;
  const [first, second] = [designation(did, 'KH', NOW), designation(did, 'KH', later(86_400))];
  await store.directory.keepDesignation(second, undefined, makeAct());
  await store.directory.keepDesignation(first, undefined, makeAct());
  await store.directory.keepDesignation(first, undefined, makeAct());
  const corrected = { ...second, statement: oddText() };
  await store.directory.keepDesignation(corrected, undefined, makeAct());
  const all = [first.statement, second.statement, corrected.statement];
  expect((await store.directory.readDirectory([did])).designations).toEqual(all);
  expect((await store.directory.readDirectory([did], later(86_399))).designations).toEqual(all);
  expect((await store.directory.readDirectory([did], later(86_400))).designations).toEqual(all.slice(1));
  expect((await store.directory.readDirectory([did], later(-1))).designations).toEqual(all);
  const together = await Promise.all([
    store.directory.readDirectory([did], later(86_400)),
    store.directory.readDirectory([did]),
  ]);
  expect(together[1]?.designations).toEqual(all);
  expect(together[0]?.designations).toEqual(all.slice(1));
});

test('a focal point with a new slug is found by either, in its present form', async () => {
  const did = `${SENDER}-renamed`;
  const [before, after] = [designation(did, 'KH'), { ...designation(did, 'KH', later(9)), slug: 'new-name' }];
  await store.directory.keepDesignation(before, undefined, makeAct());
  await store.directory.keepDesignation(after, undefined, makeAct());
  for (const name of [before.slug, 'new-name'])
    expect((await store.directory.readDirectory([name], later(10))).designations).toEqual([after.statement]);
});

test('withdrawals come with their focal point, each once', async () => {
  const did = `${SENDER}-withdrawn`;
  await store.directory.keepDesignation(designation(did, 'KH'), undefined, makeAct());
  const row = withdrawal(did, { from: later(5) });
  await store.directory.keepWithdrawal(row, makeAct());
  await store.directory.keepWithdrawal(row, makeAct());
  expect((await store.directory.readDirectory([did], NOW)).withdrawals).toEqual([row.statement]);
  expect((await store.directory.readDirectory([DESK])).withdrawals).toEqual([]);
  expect((await store.directory.readDirectory()).withdrawals).toEqual([row.statement]);
});

test('a version of an agreement is kept once; another text of it is refused', async () => {
  const first = { id: 'id-my', version: 3, from: NOW, statement: oddText() };
  await store.directory.keepAgreement(first, undefined, makeAct());
  await store.directory.keepAgreement(first, undefined, makeAct());
  await expect(
    store.directory.keepAgreement({ ...first, statement: oddText() }, undefined, makeAct()),
  ).rejects.toMatchObject({
    code: 'already-exists',
  });
  await store.directory.keepAgreement({ ...first, version: 4, statement: oddText() }, undefined, makeAct());
  const { agreements } = await store.directory.readDirectory([]);
  expect(agreements.filter((one) => one === first.statement)).toHaveLength(1);
});

test('an endpoint is replaced by its id; the same address twice at one focal point is refused', async () => {
  const one = endpoint({ focalPoint: newId() });
  await store.endpoints.keepEndpoint(one, makeAct(), ASKING_FIRST);
  const moved = { ...one, rank: 5, lang: 'km', shows: 'notice' as const, officer: 'officer-2' };
  await store.endpoints.keepEndpoint(moved, makeAct(), ASKING_FIRST);
  expect(await store.endpoints.endpointsAt(one.channel, one.address)).toEqual([moved]);
  await expect(
    store.endpoints.keepEndpoint({ ...moved, id: newId() }, makeAct(), ASKING_FIRST),
  ).rejects.toMatchObject({
    code: 'already-exists',
  });
  const colleague = { ...moved, id: newId(), officer: 'officer-3' };
  await store.endpoints.keepEndpoint(colleague, makeAct(), ASKING_FIRST);
  expect(await store.endpoints.endpointsAt(one.channel, one.address)).toHaveLength(2);
  expect(await store.endpoints.endpointsAt('email', one.address)).toEqual([]);
});

test('secrets come newest first, and only while they are in use', async () => {
  const secret = (id: string, until?: Date) => ({
    owner: DESK,
    kind: 'webhook-inbound' as const,
    id,
    wrapped: oddText(),
    ...present({ until: until || undefined }),
  });
  const [old, current, next] = [secret('old', later(10)), secret('current', later(100)), secret('next')];
  for (const one of [old, current, next]) await store.secrets.keepSecret(one, makeAct());
  await store.secrets.keepSecret({ ...next, kind: 'custody-key' }, makeAct());
  expect(await store.secrets.secretsInUse(DESK, 'webhook-inbound', later(9))).toEqual([next, current, old]);
  expect(await store.secrets.secretsInUse(DESK, 'webhook-inbound', later(10))).toEqual([next, current]);
  expect(await store.secrets.secretsInUse(DESK, 'custody-key', NOW)).toEqual([
    { ...next, kind: 'custody-key' },
  ]);
  expect(await store.secrets.secretsInUse(OTHER_DESK, 'webhook-inbound', NOW)).toEqual([]);
  const ended = { ...current, until: later(20) };
  await store.secrets.keepSecret(ended, makeAct());
  expect(await store.secrets.secretsInUse(DESK, 'webhook-inbound', later(15))).toEqual([next, ended]);
});

test('an access key identifies its focal point, and the day of its use is recorded', async () => {
  await store.secrets.keepAccessKey(
    { hash: 'hash-1', focalPoint: DESK, name: 'case system' },
    NOW,
    makeAct(),
  );
  const made = { hash: 'hash-1', focalPoint: DESK, name: 'case system', madeAt: NOW };
  expect(await store.secrets.accessKeys(DESK)).toEqual([made]);
  expect(await store.secrets.accessKey('hash-1', NOW)).toBe(DESK);
  expect(await store.secrets.accessKey('hash-2', NOW)).toBeUndefined();
  expect(await store.secrets.accessKeys()).toEqual([{ ...made, usedOn: '2026-11-03' }]);
  // Midnight in UTC, wherever the database and this process are.
  expect(await store.secrets.accessKey('hash-1', new Date('2026-11-03T23:59:59.999Z'))).toBe(DESK);
  expect((await store.secrets.accessKeys())[0]?.usedOn).toBe('2026-11-03');
  expect(await store.secrets.accessKey('hash-1', new Date('2026-11-04T00:00:00.000Z'))).toBe(DESK);
  expect((await store.secrets.accessKeys())[0]?.usedOn).toBe('2026-11-04');
});

test('an ended access key identifies nobody, stays listed, and ends once', async () => {
  const then = later(10);
  await store.secrets.keepAccessKey({ hash: 'hash-3', focalPoint: OTHER_DESK, name: 'one' }, NOW, makeAct());
  await store.secrets.keepAccessKey(
    { hash: 'hash-4', focalPoint: OTHER_DESK, name: 'two' },
    later(1),
    makeAct(),
  );
  await store.secrets.endAccessKey('hash-3', then, makeAct());
  await store.secrets.endAccessKey('hash-3', later(99), makeAct());
  await store.secrets.endAccessKey('hash-0', then, makeAct());
  expect(await store.secrets.accessKey('hash-3', later(100))).toBeUndefined();
  expect(await store.secrets.accessKey('hash-4', later(100))).toBe(OTHER_DESK);
  expect(await store.secrets.accessKeys(OTHER_DESK)).toMatchObject([
    { hash: 'hash-3', endedAt: then },
    { hash: 'hash-4', usedOn: '2026-11-03' },
  ]);
  const [ended, other] = await store.secrets.accessKeys(OTHER_DESK);
  expect(ended).not.toHaveProperty('usedOn');
  expect(other).not.toHaveProperty('endedAt');
});

test('a thread names all its parties, and an unknown thread names nobody', async () => {
  const [focalPoint, embassy] = [endpoint(), endpoint({ focalPoint: OTHER_DESK })];
  await store.endpoints.keepEndpoint(focalPoint, makeAct(), ASKING_FIRST);
  await store.endpoints.keepEndpoint(embassy, makeAct(), ASKING_FIRST);
  const first = newMessage([focalPoint]);
  await store.messages.keepMessage(first);
  await store.messages.keepMessage(newMessage([embassy], { thread: first.message.thread, sender: DESK }));
  expect(new Set(await store.threads.threadParties(first.message.thread))).toEqual(
    new Set([SENDER, DESK, OTHER_DESK]),
  );
  expect(await store.threads.threadParties(newId())).toEqual([]);
  expect(await store.messages.readMessage(newId())).toBeUndefined();
  expect(await store.content.consignment(newId())).toBeUndefined();
  expect(await store.content.sealedMessage(first.message.id, OTHER_DESK)).toBeUndefined();
});
