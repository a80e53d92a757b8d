/** Retention and recall as the house does them by itself: on time, once, and again after a crash. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evidence } from '../../src/domain/evidence/evidence.ts';
import { designateGateway, keepGateway } from '../../src/entry/enrolling/peers.ts';
import { sendAgain } from '../../src/flow/carry/again.ts';
import { exportCase } from '../../src/flow/case/case-export.ts';
import { carryOutRecalls } from '../../src/flow/keep/recall.ts';
import { drain } from '../../src/flow/loop.ts';
import { contentDue, type Due, retain } from '../../src/flow/thread/retain.ts';
import { peek } from '../../src/seal/statement.ts';
import { good } from '../support/case-files.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { contentKept } from '../support/content.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { type Partner, type Rig, rig, URL_OF_GATEWAY } from '../support/rig.ts';
import { officer, posted, report, statusOf } from '../support/story.ts';

const DAY = 86_400;

let house: Rig;
let peer: HttpPeer;
let shelter: Partner;
let desk: Partner;
beforeAll(async () => {
  peer = await startPeer();
  house = await rig({ allow: [peer.host] });
  const draft = { name: 'Invented', officers: [officer()] };
  shelter = await house.partner({ ...draft, slug: 'shelter', country: 'KH' });
  desk = await house.partner({ ...draft, slug: 'desk', country: 'ID' });
  for (const { designation } of [shelter, desk])
    await addEndpoint(house.gateway, {
      focalPoint: designation.focal_point,
      channel: 'webhook',
      lang: 'en',
      shows: 'packet',
      address: `${peer.url}/${designation.slug}`,
    });
  const { gateway, authorities } = house;
  const own = { url: URL_OF_GATEWAY, name: 'Gateway', country: 'ID', signing: [gateway.key.publicJwk] };
  await keepGateway(gateway, await designateGateway(authorities.ID, own, house.gateway.now()));
});
afterAll(async () => {
  await house?.close();
  await peer?.close();
});

async function due(until = house.gateway.now()): Promise<readonly Due[]> {
  const all: Due[] = [];
  for await (const page of contentDue(house.gateway, until)) all.push(...page.due);
  return all;
}

const closing = { urgency: 'routine', handling: 'H0', lang: 'en', type: 'closure' };

/** Evidence of a purge, by message. */
async function purgesOf(message: string) {
  const view = await house.gateway.store.messages.view(message);
  return (view?.evidence ?? [])
    .filter((row) => row.event === 'ContentPurge')
    .map((row) => evidence.parse(peek(JSON.parse(row.jws)).payload));
}

test('a recall that a crash cut short is carried out by the clock, once', async () => {
  const message = await posted(shelter, report(['desk']));
  const { thid } = await statusOf(shelter, message);
  const { store } = house.gateway;
  const { purge } = store.content;
  Object.assign(store.content, { purge: () => Promise.reject(new Error('cut short')) });
  const body = { reason: 'duplicate' };
  await posted(shelter, { ...closing, type: 'recall', to: ['desk'], thid, about: message, body });
  Object.assign(store.content, { purge });
  expect(await contentKept(house, message)).not.toEqual([]);
  await Promise.all([carryOutRecalls(house.gateway), carryOutRecalls(house.gateway)]);
  await carryOutRecalls(house.gateway);
  expect(await contentKept(house, message)).toEqual([]);
  expect(await purgesOf(message)).toHaveLength(2);
});

test('content goes ninety days after the closure, with evidence; what proves it stays', async () => {
  const message = await posted(shelter, report(['desk']));
  const { thid } = await statusOf(shelter, message);
  const body = { cas_Status: 'Closed', cas_ReasonForCaseClosure: 'Returned home.' };
  const closure = await posted(shelter, { ...closing, to: ['desk'], thid, body });
  await house.drain();
  expect(await due()).toEqual([]);
  const ahead = new Date(house.gateway.now().getTime() + 91 * DAY * 1_000);
  expect((await due(ahead)).map((one) => [one.message, one.type, one.thread, one.why, one.closure])).toEqual([
    [message, 'report', thid, 'closed', closure],
    [closure, 'closure', thid, 'closed', closure],
  ]);
  expect(await contentKept(house, message)).not.toEqual([]);

  house.pass(89 * DAY);
  expect(await retain(house.gateway)).toEqual([]);
  house.pass(2 * DAY);
  expect(await retain(house.gateway, AbortSignal.abort())).toEqual([]);
  const [gone, again] = await Promise.all([retain(house.gateway), retain(house.gateway)]);
  expect([...gone, ...again].map((one) => one.message).sort()).toEqual([message, closure].sort());
  for (const id of [message, closure]) expect(await contentKept(house, id)).toEqual([]);
  expect(await purgesOf(message)).toMatchObject([
    {
      recipient: desk.designation.focal_point,
      purge: { cause: 'retention', unpurged: [{ channel: 'webhook' }] },
    },
    { purge: { cause: 'retention', gone: ['sealed-message', 'own-copy', 'consignment'] } },
  ]);
  expect(await statusOf(shelter, message)).toMatchObject({ state: 'waiting', recalled: null });
  const { gateway } = house;
  const verdict = await good(await exportCase(gateway, { id: thid, contents: false }), gateway.anchors);
  expect(verdict.messages).toHaveLength(2);
  expect((await due(new Date(ahead.getTime() * 2))).filter((one) => one.thread === thid)).toEqual([]);
});

test('what failed is not sent again once its content is gone', async () => {
  peer.answer((response, { url }) => response.writeHead(url === '/desk' ? 410 : 204).end());
  const message = await posted(shelter, report(['desk']));
  await house.drain();
  const { state, thid } = await statusOf(shelter, message);
  expect(state).toBe('failed');
  house.pass(100 * DAY);
  await drain(house.gateway);
  // The sender has it back to send elsewhere or to close, so the thread is open until that is done.
  expect(await retain(house.gateway)).toEqual([]);
  const body = { cas_Status: 'Closed', cas_ReasonForCaseClosure: 'Returned home.' };
  await addEndpoint(house.gateway, {
    focalPoint: desk.designation.focal_point,
    channel: 'webhook',
    lang: 'en',
    shows: 'packet',
    address: `${peer.url}/desk-again`,
  });
  await posted(shelter, { ...closing, to: ['desk'], thid, body });
  house.pass(91 * DAY);
  expect((await retain(house.gateway)).map((one) => [one.message, one.why])).toContainEqual([
    message,
    'closed',
  ]);
  await expect(sendAgain(house.gateway, message)).rejects.toMatchObject({ code: 'content-gone' });
});
