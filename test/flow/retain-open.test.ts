/**
 * Content of a thread that is open, or open again, stays. Content for which nobody owes anything does not,
 * even if nobody closed it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listDueContent, purgeDueContent } from '../../src/flow/thread/retain.ts';
import { addHook } from '../support/confirmed.ts';
import { listKeptContent } from '../support/content.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

const DAY = 86_400;
const CLOSING = {
  to: ['desk'],
  type: 'closure',
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  body: { cas_Status: 'Closed', cas_ReasonForCaseClosure: 'Returned home.' },
};

let house: Rig;
let shelter: RigPartner;
let focalPoint: RigPartner;
beforeAll(async () => {
  house = await makeRig();
  const draft = { name: 'Invented', officers: [makeOfficer()] };
  shelter = await house.partner({ ...draft, slug: 'shelter', country: 'KH' });
  focalPoint = await house.partner({ ...draft, slug: 'desk', country: 'ID' });
  await addHook(house.gateway, focalPoint.designation.focal_point, { address: 'https://partner.test/in' });
});
afterAll(() => house?.close());

async function acknowledge(message: string): Promise<void> {
  const word = { message, decision: 'accepted', officer: 'o1' };
  expect((await focalPoint.post('acknowledgements', word)).status).toBe(201);
}

/** What is deleted, and what stays because its thread is open, this many days from now. */
async function inDays(days: number) {
  const due: string[] = [];
  const open: [string, string][] = [];
  const until = new Date(house.gateway.now().getTime() + days * DAY * 1_000);
  for await (const page of listDueContent(house.gateway, until)) {
    due.push(...page.due.map((one) => one.message));
    open.push(...page.open.map((one): [string, string] => [one.thread, one.why]));
  }
  return { due, open };
}

test('content is kept as long as an act is owed in its thread, and deleted after nobody owes any', async () => {
  const message = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, message);
  house.pass(100 * DAY);
  expect(await purgeDueContent(house.gateway)).toEqual([]);
  expect(await listKeptContent(house, message)).not.toEqual([]);
  expect(await inDays(0)).toEqual({ due: [], open: [[thid, 'owed']] });
  await acknowledge(message);
  expect((await purgeDueContent(house.gateway)).map((one) => [one.message, one.why])).toEqual([
    [message, 'expired'],
  ]);
  expect(await listKeptContent(house, message)).toEqual([]);
});

test('content of a reopened thread is kept until it is closed again, and counted from then', async () => {
  const message = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, message);
  await acknowledge(message);
  const first = await postMessage(shelter, { ...CLOSING, thid });
  house.pass(50 * DAY);
  const later = await postMessage(shelter, makeReportPost(['desk'], { thid }));
  await acknowledge(later);
  house.pass(50 * DAY);
  expect(await purgeDueContent(house.gateway)).toEqual([]);
  expect(await inDays(200)).toEqual({ due: [], open: [[thid, 'reopened']] });
  const last = await postMessage(shelter, { ...CLOSING, thid });
  expect(await inDays(89)).toEqual({ due: [], open: [] });
  house.pass(91 * DAY);
  const all = [message, first, later, last];
  expect((await purgeDueContent(house.gateway)).map((one) => one.message).sort()).toEqual(all.sort());
});

test('a recall deletes content of an open thread at once', async () => {
  const message = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, message);
  const recall = { ...CLOSING, type: 'recall', thid, about: message, body: { reason: 'duplicate' } };
  await postMessage(shelter, recall);
  expect(await listKeptContent(house, message)).toEqual([]);
});
