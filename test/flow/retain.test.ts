/** Retention and recall by the clock: on time, once, and again after a crash. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evidenceSchema } from '../../src/domain/evidence/evidence.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { resendMessage } from '../../src/flow/carry/resending.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { carryOutRecalls } from '../../src/flow/keep/recall.ts';
import { workUntilIdle } from '../../src/flow/loop/loop.ts';
import { type DueContent, listDueContent, purgeDueContent } from '../../src/flow/thread/retain.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { verifyGood } from '../support/case-files.ts';
import { addHook } from '../support/confirmed.ts';
import { listKeptContent } from '../support/content.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { designateGateway } from '../support/signed-statements.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

const DAY = 86_400;

let house: Rig;
let peer: HttpPeer;
let shelter: RigPartner;
let focalPoint: RigPartner;
beforeAll(async () => {
  peer = await startPeer();
  house = await makeRig({ allow: [peer.host] });
  const draft = { name: 'Invented', officers: [makeOfficer()] };
  shelter = await house.partner({ ...draft, slug: 'shelter', country: 'KH' });
  focalPoint = await house.partner({ ...draft, slug: 'desk', country: 'ID' });
  for (const { designation } of [shelter, focalPoint])
    await addHook(house.gateway, designation.focal_point, { address: `${peer.url}/${designation.slug}` });
  const { gateway, authorities } = house;
  const own = { url: GATEWAY_URL, name: 'Gateway', country: 'ID', signing: [gateway.key.publicJwk] };
  await keepGateway(gateway, await designateGateway(authorities.ID, own, house.gateway.now()));
});
afterAll(async () => {
  await house?.close();
  await peer?.close();
});

async function due(until = house.gateway.now()): Promise<readonly DueContent[]> {
  const all: DueContent[] = [];
  for await (const page of listDueContent(house.gateway, until)) all.push(...page.due);
  return all;
}

const closing = { urgency: 'routine', handling: 'H0', lang: 'en', type: 'closure' };

/** Evidence of a purge, by message. */
async function purgesOf(message: string) {
  const view = await house.gateway.store.messages.readMessage(message);
  return (view?.evidence ?? [])
    .filter((row) => row.event === 'ContentPurge')
    .map((row) => evidenceSchema.parse(peekStatement(JSON.parse(row.jws)).payload));
}

test('a recall that a crash interrupted is completed by the clock, once', async () => {
  const message = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, message);
  const { store } = house.gateway;
  const { purge } = store.content;
  Object.assign(store.content, { purge: () => Promise.reject(new Error('cut short')) });
  const body = { reason: 'duplicate' };
  await postMessage(shelter, { ...closing, type: 'recall', to: ['desk'], thid, about: message, body });
  Object.assign(store.content, { purge });
  expect(await listKeptContent(house, message)).not.toEqual([]);
  await Promise.all([carryOutRecalls(house.gateway), carryOutRecalls(house.gateway)]);
  await carryOutRecalls(house.gateway);
  expect(await listKeptContent(house, message)).toEqual([]);
  expect(await purgesOf(message)).toHaveLength(2);
});

test('content is deleted ninety days after the closure, with evidence; its proof stays', async () => {
  const message = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, message);
  const body = { cas_Status: 'Closed', cas_ReasonForCaseClosure: 'Returned home.' };
  const closure = await postMessage(shelter, { ...closing, to: ['desk'], thid, body });
  await house.drain();
  expect(await due()).toEqual([]);
  const ahead = new Date(house.gateway.now().getTime() + 91 * DAY * 1_000);
  expect((await due(ahead)).map((one) => [one.message, one.type, one.thread, one.why, one.closure])).toEqual([
    [message, 'report', thid, 'closed', closure],
    [closure, 'closure', thid, 'closed', closure],
  ]);
  expect(await listKeptContent(house, message)).not.toEqual([]);

  house.pass(89 * DAY);
  expect(await purgeDueContent(house.gateway)).toEqual([]);
  house.pass(2 * DAY);
  expect(await purgeDueContent(house.gateway, AbortSignal.abort())).toEqual([]);
  const [gone, again] = await Promise.all([purgeDueContent(house.gateway), purgeDueContent(house.gateway)]);
  expect([...gone, ...again].map((one) => one.message).sort()).toEqual([message, closure].sort());
  for (const id of [message, closure]) expect(await listKeptContent(house, id)).toEqual([]);
  expect(await purgesOf(message)).toMatchObject([
    {
      recipient: focalPoint.designation.focal_point,
      purge: { cause: 'retention', unpurged: [{ channel: 'webhook' }] },
    },
    { purge: { cause: 'retention', gone: ['sealed-message', 'own-copy', 'consignment'] } },
  ]);
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'waiting', recalled: null });
  const { gateway } = house;
  const verdict = await verifyGood(await exportCase(gateway, { id: thid, contents: false }), gateway.anchors);
  expect(verdict.messages).toHaveLength(2);
  expect((await due(new Date(ahead.getTime() * 2))).filter((one) => one.thread === thid)).toEqual([]);
});

test('a failed delivery is not sent again after its content is deleted', async () => {
  peer.answer((response, { url }) => response.writeHead(url === '/desk' ? 410 : 204).end());
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await house.drain();
  const { state, thid } = await fetchMessageStatus(shelter, message);
  expect(state).toBe('failed');
  house.pass(100 * DAY);
  await workUntilIdle(house.gateway);
  // The sender has it back, to send elsewhere or to close, so the thread is open until that is done.
  expect(await purgeDueContent(house.gateway)).toEqual([]);
  const body = { cas_Status: 'Closed', cas_ReasonForCaseClosure: 'Returned home.' };
  await addHook(house.gateway, focalPoint.designation.focal_point, { address: `${peer.url}/desk-again` });
  await postMessage(shelter, { ...closing, to: ['desk'], thid, body });
  house.pass(91 * DAY);
  expect((await purgeDueContent(house.gateway)).map((one) => [one.message, one.why])).toContainEqual([
    message,
    'closed',
  ]);
  await expect(resendMessage(house.gateway, message)).rejects.toMatchObject({ code: 'content-gone' });
});
