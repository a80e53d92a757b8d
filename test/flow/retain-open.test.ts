/** Content of a thread that is open, or open again, stays; what nobody owes anything for and nobody closed does not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentDue, retain } from '../../src/flow/thread/retain.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { contentKept } from '../support/content.ts';
import { type Partner, type Rig, rig } from '../support/rig.ts';
import { officer, posted, report, statusOf } from '../support/story.ts';

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
let shelter: Partner;
let desk: Partner;
beforeAll(async () => {
  house = await rig();
  const draft = { name: 'Invented', officers: [officer()] };
  shelter = await house.partner({ ...draft, slug: 'shelter', country: 'KH' });
  desk = await house.partner({ ...draft, slug: 'desk', country: 'ID' });
  await addEndpoint(house.gateway, {
    focalPoint: desk.designation.focal_point,
    channel: 'webhook',
    lang: 'en',
    shows: 'packet',
    address: 'https://partner.test/in',
  });
});
afterAll(() => house?.close());

async function acknowledge(message: string): Promise<void> {
  const word = { message, decision: 'accepted', officer: 'o1' };
  expect((await desk.post('acknowledgements', word)).status).toBe(201);
}

/** What goes, and what stays because its thread is open, so many days from now. */
async function inDays(days: number) {
  const due: string[] = [];
  const open: [string, string][] = [];
  const until = new Date(house.gateway.now().getTime() + days * DAY * 1_000);
  for await (const page of contentDue(house.gateway, until)) {
    due.push(...page.due.map((one) => one.message));
    open.push(...page.open.map((one): [string, string] => [one.thread, one.why]));
  }
  return { due, open };
}

test('content stays as long as an act is owed in its thread, and goes once nobody owes any', async () => {
  const message = await posted(shelter, report(['desk']));
  const { thid } = await statusOf(shelter, message);
  house.pass(100 * DAY);
  expect(await retain(house.gateway)).toEqual([]);
  expect(await contentKept(house, message)).not.toEqual([]);
  expect(await inDays(0)).toEqual({ due: [], open: [[thid, 'owed']] });
  await acknowledge(message);
  expect((await retain(house.gateway)).map((one) => [one.message, one.why])).toEqual([[message, 'expired']]);
  expect(await contentKept(house, message)).toEqual([]);
});

test('content of a reopened thread stays until it is closed again, and is kept from then on', async () => {
  const message = await posted(shelter, report(['desk']));
  const { thid } = await statusOf(shelter, message);
  await acknowledge(message);
  const first = await posted(shelter, { ...CLOSING, thid });
  house.pass(50 * DAY);
  const later = await posted(shelter, report(['desk'], { thid }));
  await acknowledge(later);
  house.pass(50 * DAY);
  expect(await retain(house.gateway)).toEqual([]);
  expect(await inDays(200)).toEqual({ due: [], open: [[thid, 'reopened']] });
  const last = await posted(shelter, { ...CLOSING, thid });
  expect(await inDays(89)).toEqual({ due: [], open: [] });
  house.pass(91 * DAY);
  const all = [message, first, later, last];
  expect((await retain(house.gateway)).map((one) => one.message).sort()).toEqual(all.sort());
});

test('a recall takes content out of an open thread at once', async () => {
  const message = await posted(shelter, report(['desk']));
  const { thid } = await statusOf(shelter, message);
  const recall = { ...CLOSING, type: 'recall', thid, about: message, body: { reason: 'duplicate' } };
  await posted(shelter, recall);
  expect(await contentKept(house, message)).toEqual([]);
});
