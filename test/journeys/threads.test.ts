/** Whose turn it is, read from both gateways' API after every step; and what each is not told. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemType } from '../../src/domain/words/error.ts';
import { type AcrossBorder, makeAcrossBorder } from '../support/across.ts';
import { addHook } from '../support/confirmed.ts';
import { eachOf } from '../support/each-of.ts';
import type { RigPartner } from '../support/rig.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import {
  agreedPartOf,
  expectAlike,
  fetchCheckedThread,
  fetchJson,
  type ReadThread,
} from '../support/threads.ts';

let both: AcrossBorder;
/** A second desk in Indonesia, with part in some threads only. */
let police: RigPartner;

beforeAll(async () => {
  both = await makeAcrossBorder();
  const officers = [makeOfficer()];
  police = await both.id.house.partner({ slug: 'police', name: 'Police', country: 'ID', officers });
  await both.id.introduce(police.designation);
});
afterAll(() => both?.close());

const line = (type: string, to: string, thid: string, body: object, over: object = {}) => ({
  type,
  to: [to],
  thid,
  body,
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
  ...over,
});

async function sent(from: RigPartner, post: object): Promise<string> {
  const id = await postMessage(from, post);
  await both.waitUntilIdle();
  return id;
}

/** An officer's word of the desk, told to both gateways. */
async function takes(focalPoint: RigPartner, message: string, over: object = {}): Promise<void> {
  const word = { message, decision: 'accepted', officer: 'o1', ...over };
  expect((await focalPoint.post('acknowledgements', word)).status).toBe(201);
  await both.waitUntilIdle();
}

const sides = () =>
  [
    { house: both.kh.house, partner: both.shelter },
    { house: both.id.house, partner: both.focalPoint },
  ] as const;

/** The act whose turn it is, in words, once both gateways said the same. */
async function turn(thid: string): Promise<string | undefined> {
  const thread = await expectAlike(thid, ...sides());
  return inWords(thread);
}

const inWords = ({ turn: next }: ReadThread): string | undefined =>
  next === null ? undefined : `${next.act} ${next.type} by ${next.owner.split(':').at(-1)}`;

test('both gateways report whose turn it is, after every step', async () => {
  const { shelter, focalPoint, kh, id } = both;
  const opening = await sent(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, opening);
  expect(await turn(thid)).toBe('acknowledge report by desk');
  await takes(focalPoint, opening);
  expect(await turn(thid)).toBeUndefined();
  const asking = { kind: 'travel-document', persons: [{ ref: 'p1' }], question: 'Please issue one.' };
  const request = await sent(shelter, line('request', 'desk', thid, asking));
  expect(await turn(thid)).toBe('acknowledge request by desk');
  await takes(focalPoint, request);
  expect(await turn(thid)).toBe('answer request by desk');
  const question = await sent(focalPoint, line('clarification', 'shelter', thid, { question: 'Which?' }));
  expect(await turn(thid)).toBe('acknowledge clarification by shelter');
  await takes(shelter, question);
  expect(await turn(thid)).toBe('clarify clarification by shelter');
  const told = await sent(shelter, line('reply', 'desk', thid, { answer: 'The first.' }));
  expect(await turn(thid)).toBe('acknowledge reply by desk');
  await takes(focalPoint, told);
  for (const house of [kh.house, id.house]) house.pass(4 * 86_400);
  const late = await expectAlike(thid, ...sides());
  expect(inWords(late)).toBe('answer request by desk');
  expect(late.turn?.overdue_seconds).toBeGreaterThan(86_000);
  // Both sides waited: what each owed adds up over the thread.
  expect(late.waiting.sides.map((one) => one.country)).toEqual(['ID', 'KH']);
  expect(late.waiting.sides[0]?.overdue_seconds).toBe(late.turn?.overdue_seconds);
  expect(late.messages.map((one) => [one.type, one.state])).toEqual([
    ['report', 'acknowledged'],
    ['request', 'acknowledged'],
    ['clarification', 'acknowledged'],
    ['reply', 'acknowledged'],
  ]);
  const closing = await sent(shelter, line('closure', 'desk', thid, closure));
  expect(await turn(thid)).toBe('acknowledge closure by desk');
  await takes(focalPoint, closing);
  expect(await turn(thid)).toBeUndefined();
});

const closure = { cas_Status: 'Closed', cas_ReasonForCaseClosure: 'An exercise of this test.' };

test('gateways that are cut off from each other differ, and agree once the signed evidence has arrived', async () => {
  const { shelter, focalPoint, kh, id } = both;
  const opening = await sent(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, opening);
  await kh.shut();
  await takes(focalPoint, opening, { decision: 'declined', ground: 'not-our-national' });
  const at = (side: 0 | 1) => fetchCheckedThread(sides()[side].house, sides()[side].partner, thid);
  expect(inWords(await at(0))).toBe('acknowledge report by desk');
  expect(inWords(await at(1))).toBe('reassign report by shelter');
  await kh.open();
  for (const house of [kh.house, id.house]) house.pass(3_600);
  await both.waitUntilIdle();
  expect(await turn(thid)).toBe('reassign report by shelter');
});

test('evidence in another order, or twice, changes nothing', async () => {
  const { shelter, focalPoint, kh, id } = both;
  // What the other gateway tells does not get through at first; then it comes last first, and later once more.
  const held: (() => Promise<Response>)[] = [];
  kh.keep(async (request, serve) => {
    if (new URL(request.url).pathname !== '/v1/relay/evidence') return serve(request);
    const { url, headers } = request;
    const body = await request.arrayBuffer();
    held.push(async () => serve(new Request(url, { method: 'POST', headers, body })));
    return new Response(null, { status: 503 });
  });
  const opening = await sent(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, opening);
  await takes(focalPoint, opening);
  kh.keep(undefined);
  expect(inWords(await fetchCheckedThread(kh.house, shelter, thid))).toBe('acknowledge report by desk');
  expect(held.length).toBeGreaterThan(1);
  for (const come of eachOf(held.reverse())) expect((await come()).status).toBe(200);
  const before = await expectAlike(thid, ...sides());
  expect(inWords(before)).toBeUndefined();
  for (const house of [kh.house, id.house]) house.pass(3_600);
  await both.waitUntilIdle();
  const after = await expectAlike(thid, ...sides());
  expect(agreedPartOf(after)).toEqual({ ...agreedPartOf(before), as_of: after.as_of });
});

test('in a thread of three each is shown its own part, and nobody else anything', async () => {
  const { shelter, focalPoint, id } = both;
  const address = `${both.peer.url}/police`;
  await addHook(id.house.gateway, police.designation.focal_point, { address });
  const opening = await sent(shelter, makeReportPost(['desk', 'police']));
  const { thid } = await fetchMessageStatus(shelter, opening);
  await takes(focalPoint, opening);
  const [mine, hers] = [
    await fetchCheckedThread(id.house, focalPoint, thid),
    await fetchCheckedThread(id.house, police, thid),
  ];
  expect([inWords(mine), inWords(hers)]).toEqual([undefined, 'acknowledge report by police']);
  expect(mine.messages[0]?.recipients).toHaveLength(1);
  expect(inWords(await fetchCheckedThread(both.kh.house, shelter, thid))).toBe(
    'acknowledge report by police',
  );
  const private_ = await sent(focalPoint, line('text', 'police', thid, { text: 'Among ourselves.' }));
  expect((await fetchCheckedThread(both.kh.house, shelter, thid)).messages).toHaveLength(1);
  expect((await fetchCheckedThread(id.house, police, thid)).messages.map((one) => one.id)).toContain(
    private_,
  );
  const alone = await sent(shelter, makeReportPost(['desk']));
  const { thid: hidden } = await fetchMessageStatus(shelter, alone);
  const refused = await fetchJson(id.house, police, `/v1/threads/${hidden}`);
  expect([refused.status, (await refused.json()).type]).toEqual([404, problemType('not-found')]);
});

test('open threads: first those where the caller must act, then by deadline, page by page; linked threads name each other', async () => {
  const { shelter, focalPoint, kh, id } = both;
  const first = await sent(shelter, makeReportPost(['desk'], { urgency: 'routine' }));
  const { thid } = await fetchMessageStatus(shelter, first);
  const second = await sent(shelter, makeReportPost(['desk'], { urgency: 'immediate', pthid: thid }));
  const { thid: child } = await fetchMessageStatus(shelter, second);
  const open = async (side: 0 | 1, query = '') => {
    const { house, partner } = sides()[side];
    return (await fetchJson(house, partner, `/v1/threads${query}`)).json();
  };
  const mine = await open(1);
  const threads = mine.threads.map((one: { thid: string }) => one.thid);
  expect(threads.indexOf(child)).toBeGreaterThanOrEqual(0);
  expect(threads.indexOf(child)).toBeLessThan(threads.indexOf(thid));
  // All that the desk owes comes before what others owe.
  const owes = mine.threads.map((one: { owed: unknown }) => one.owed !== null);
  expect(owes.lastIndexOf(true)).toBeLessThan(owes.includes(false) ? owes.indexOf(false) : owes.length);
  const pages: string[] = [];
  let after = '';
  do {
    const page = await open(1, `?limit=1${after}&at=${mine.as_of}`);
    pages.push(...page.threads.map((one: { thid: string }) => one.thid));
    after = page.next === null ? '' : `&after=${page.next}`;
  } while (after !== '');
  expect(pages).toEqual(threads);
  expect((await fetchCheckedThread(kh.house, shelter, thid)).linked).toEqual([
    { thid: child, link: 'child' },
  ]);
  expect((await fetchCheckedThread(id.house, focalPoint, child)).linked).toEqual([{ thid, link: 'parent' }]);
  for (const query of ['?limit=0', '?after=x', '?at=yesterday', '?at=2999-01-01T00:00:00Z'])
    expect((await open(1, query)).type, query).toBe(problemType('invalid-body'));
});

test('the list skips no thread in which an act is owed', async () => {
  for (const { house, partner } of sides()) {
    const { store } = house.gateway;
    const did = partner.designation.focal_point;
    const sql = house.database.connect();
    const all = await sql<{ thread: string }[]>`select distinct thread from message`;
    await sql.end();
    const candidates = await store.threads.maybeOpenThreads(did, 1_000);
    let open = 0;
    for (const { thread } of all) {
      const answer = await fetchJson(house, partner, `/v1/threads/${thread}`);
      if (answer.status === 404 || (await answer.json()).turn === null) continue;
      open += 1;
      expect(candidates).toContain(thread);
    }
    expect(open).toBeGreaterThan(2);
  }
});
