/** A flood of refused posts: each answer is signed, and only a few pieces of evidence and a count are kept. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Evidence, evidenceSchema } from '../../src/domain/evidence/evidence.ts';
import { keepRejectionCounts } from '../../src/flow/evidence/reject.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { createRefusalCounter } from '../../src/refusals.ts';
import { peekStatement, verifyStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { makeOfficer } from '../support/story.ts';

let house: Rig;
let shelter: RigPartner;
let other: RigPartner;

beforeAll(async () => {
  house = await makeRig({ refusals: createRefusalCounter() });
  const draft = (slug: string) => ({
    slug,
    name: `Invented ${slug}`,
    country: 'KH',
    officers: [makeOfficer()],
  });
  [shelter, other] = [await house.partner(draft('shelter')), await house.partner(draft('other'))];
  await addHook(house.gateway, other.designation.focal_point);
});
afterAll(() => house?.close());
/** No count is open when a test begins. */
beforeEach(async () => {
  house.pass(61);
  await keepRejectionCounts(house.gateway, 'all');
});

const wrong = {
  to: ['nobody'],
  type: 'text',
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  body: { text: 'x' },
};
const malformed = '{"to": [';
const post = async (body: unknown, by = shelter): Promise<Evidence> => {
  const response = await by.post('messages', body);
  expect([400, 422]).toContain(response.status);
  const { evidence: jws } = (await response.json()) as { evidence: unknown };
  const { payload } = await verifyStatement(jws, 'evidence', async () => house.gateway.key.publicJwk);
  return evidenceSchema.parse(payload);
};
const many = (count: number, body: unknown, by = shelter) =>
  Promise.all(Array.from({ length: count }, () => post(body, by)));

/** The rejections kept since an instant, as they were signed. */
async function kept(since: Date): Promise<readonly Evidence[]> {
  const rows = await house.database.sql<{ jws: string }[]>`
    select jws from evidence where event = 'SubmissionRejection' and at >= ${since} order by at, id`;
  return rows.map(({ jws }) => evidenceSchema.parse(peekStatement(JSON.parse(jws)).payload));
}

test('of 200 refused posts 20 are kept, and one piece of evidence counts the rest', async () => {
  const since = house.gateway.now();
  const answers = await many(200, wrong);
  expect(new Set(answers.map(({ id }) => id)).size).toBe(200);
  expect(await kept(since)).toHaveLength(20);

  await keepRejectionCounts(house.gateway, house.gateway.now());
  expect(await kept(since)).toHaveLength(20);
  house.pass(60);
  await keepRejectionCounts(house.gateway, house.gateway.now());
  const all = await kept(since);
  expect(all).toHaveLength(21);
  const last = all.at(-1);
  expect(last).toMatchObject({
    reason: answers[0]?.reason,
    sender: shelter.designation.focal_point,
    by: house.gateway.did,
  });
  expect(last?.counted?.count).toBe(180);
  const [from, until] = [last?.counted?.from ?? '', last?.counted?.until ?? ''];
  expect(from >= since.toISOString() && from <= until && until <= (last?.at ?? '')).toBe(true);
  expect(last?.digest ?? last?.consignment).toBeUndefined();
  expect(last?.rests_on?.designations).toHaveLength(1);
  expect((await kept(since)).filter(({ counted }) => counted)).toHaveLength(1);

  // The next minute begins anew.
  await many(3, wrong);
  expect(await kept(since)).toHaveLength(24);
});

test('the ledger has a leaf for each piece that is kept, and none for counted refusals', async () => {
  await extendLedger(house.gateway);
  const leaves = async () => (await house.database.sql`select from ledger_leaf`).length;
  const before = await leaves();
  await many(60, wrong);
  await keepRejectionCounts(house.gateway, 'all');
  await extendLedger(house.gateway);
  expect((await leaves()) - before).toBe(21);
});

test('each reason has its own count, and refusals of another caller are kept one by one', async () => {
  const since = house.gateway.now();
  await many(25, wrong);
  await many(30, malformed);
  await many(2, wrong, other);
  await keepRejectionCounts(house.gateway, 'all');
  const all = await kept(since);
  expect(all.filter(({ sender }) => sender === other.designation.focal_point)).toHaveLength(2);
  const counts = all.filter(({ counted }) => counted).map(({ reason, counted }) => [reason, counted?.count]);
  expect(Object.fromEntries(counts)['malformed-json']).toBe(30);
  expect(counts.map(([, count]) => count).toSorted()).toEqual([30, 5]);
});

test('a count that cannot be stored now is stored the next time', async () => {
  const since = house.gateway.now();
  await many(30, wrong);
  const { store } = house.gateway;
  const { keepRejection } = store.messages;
  try {
    Object.assign(store.messages, { keepRejection: () => Promise.reject(new Error('connection lost')) });
    await expect(keepRejectionCounts(house.gateway, 'all')).rejects.toThrow('connection lost');
  } finally {
    Object.assign(store.messages, { keepRejection });
  }
  await keepRejectionCounts(house.gateway, 'all');
  expect((await kept(since)).at(-1)?.counted?.count).toBe(10);
});

test('an accepted post gets its same answer again during a flood', async () => {
  const text = { ...wrong, to: ['other'] };
  const first = await shelter.post('messages', text, { id: 'taken-before' });
  expect(first.status).toBe(202);
  const receipt = await first.text();
  await many(40, wrong);
  const again = await shelter.post('messages', text, { id: 'taken-before' });
  expect([again.status, await again.text()]).toEqual([200, receipt]);
});
