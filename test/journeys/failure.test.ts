/** Failures stay visible, are tried again as promised, and are reported to the sender with a signature. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LONGEST_WAIT_SECONDS, RETRY_SECONDS } from '../../src/domain/carriage/delivery.ts';
import { type FocalPoints, makeFocalPoints } from '../support/focal-points.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import type { Rig, RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvents,
  fetchEvidence,
  fetchMessageStatus,
  listPostedEvents,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';

let peer: HttpPeer;
let all: FocalPoints;
let house: Rig;
let shelter: RigPartner;
let focalPoint: RigPartner;

beforeAll(async () => {
  peer = await startPeer();
  all = await makeFocalPoints(peer, [makeOfficer(), makeOfficer('en', 'o2')], {
    isClockStopped: true,
  });
  ({ house, shelter, focalPoint: focalPoint } = all);
});

afterAll(async () => {
  expectQuietLog(house, [peer.host]);
  await house?.close();
  await peer?.close();
});

beforeEach(() => down(204));

/** Has the desk's server answer with this status; the shelter's is well. */
const down = (status: number, headers: Record<string, string> = {}, path = '/desk'): void =>
  peer.answer((response, call) => void response.writeHead(call.url === path ? status : 204, headers).end());

const delivery = async (id: string) => (await fetchMessageStatus(shelter, id)).recipients[0].deliveries[0];

/** Seconds from now until the next try, as the tracking page has it. */
const untilNext = async (id: string): Promise<number> =>
  (Date.parse((await delivery(id)).next_try_at) - house.gateway.now().getTime()) / 1_000;

const expiringIn = (seconds: number) => ({
  expires_time: Math.floor(house.gateway.now().getTime() / 1_000) + seconds,
});

describe('a partner that is down', () => {
  test('is tried again on the schedule, visibly, until the message would expire; then the sender is told', async () => {
    down(503);
    const id = await postMessage(shelter, makeReportPost(['desk'], expiringIn(1_100)));
    const steps = RETRY_SECONDS.slice(0, 5).map((one) => Math.min(one, LONGEST_WAIT_SECONDS.urgent));
    for (const [tried, step] of steps.entries()) {
      expect(await house.drain()).toBe(1);
      expect(await delivery(id)).toMatchObject({ state: 'queued', tries: tried + 1 });
      expect(await untilNext(id)).toBeGreaterThanOrEqual(step);
      expect(await untilNext(id)).toBeLessThanOrEqual(step * 1.2);
      house.pass(step * 1.2);
    }
    await house.drain();
    const ended = await delivery(id);
    expect(ended).toMatchObject({ state: 'failed', tries: 6, next_try_at: null });
    expect(ended.attempts.map((one: { code: string }) => one.code)).toEqual(Array(6).fill('http-503'));
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'failed' });
    expect(listPostedEvents(peer, '/shelter', id)).toEqual(['ContentConsignmentFailure']);
    expect((await fetchEvidence(shelter, id)).at(-1)).toMatchObject({
      reason: 'http-503',
      channel: 'webhook',
    });
  });

  test('gets the message after it is back, with the same webhook-id and the same bytes', async () => {
    down(500);
    const id = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
    down(204);
    house.pass(6);
    await house.drain();
    expect(await delivery(id)).toMatchObject({ state: 'delivered', tries: 2 });
    const calls = peer.received.filter((one) => one.url === '/desk').slice(-2);
    expect(calls[0]?.headers['webhook-id']).toBe(calls[1]?.headers['webhook-id']);
    expect(calls[0]?.body).toEqual(calls[1]?.body);
    expect(calls[0]?.headers['webhook-timestamp']).not.toBe(calls[1]?.headers['webhook-timestamp']);
  });

  test('may say when to try again', async () => {
    down(429, { 'retry-after': '300' });
    const id = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
    expect(await untilNext(id)).toBeGreaterThanOrEqual(300);
  });

  test('a message that expired while no process worked is not sent any more', async () => {
    const id = await postMessage(shelter, makeReportPost(['desk'], expiringIn(60)));
    house.pass(61);
    await house.drain();
    expect(listPostedTo(peer, '/desk').filter((one) => one.data['id'] === id)).toEqual([]);
    expect(await delivery(id)).toMatchObject({ state: 'expired' });
    expect(listPostedEvents(peer, '/shelter', id)).toEqual(['ContentConsignmentFailure']);
    expect((await fetchEvidence(shelter, id)).at(-1)).toMatchObject({ reason: 'expired' });
  });

  test('the sender’s own server may be down, too: its evidence waits for it', async () => {
    down(503, {}, '/shelter');
    const id = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
    down(204);
    expect(await delivery(id)).toMatchObject({ state: 'delivered' });
    house.pass(6);
    await house.drain();
    expect(listPostedEvents(peer, '/shelter', id)).toEqual(['ContentConsignment', 'ContentConsignment']);
  });
});

describe('late acknowledgements', () => {
  const word = (id: string, decision: string, more: object = {}) =>
    focalPoint.post('acknowledgements', { message: id, decision, officer: 'o1', ...more });

  test('a decline after an acceptance is kept beside it and shown as a contradiction', async () => {
    const id = await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
    const accepted = await (await word(id, 'accepted')).json();
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ recipients: [{ contradiction: false }] });
    const declining = { ground: 'not-competent', officer: 'o2' };
    const late = await word(id, 'declined', declining);
    const kept = await late.json();
    expect([late.status, kept.result]).toEqual([200, 'contradiction']);
    const again = await word(id, 'declined', declining);
    expect(await again.json()).toEqual(kept);

    const proofs = await fetchEvidence(shelter, id);
    expect(proofs.map((one) => one.event).slice(-2)).toEqual([
      'ConsignmentAcceptance',
      'ConsignmentRejection',
    ]);
    const status = await fetchMessageStatus(shelter, id);
    expect(proofs.at(-1)?.contradicts).toBe(status.recipients[0].acknowledgement.evidence);
    expect(status).toMatchObject({
      state: 'acknowledged',
      recipients: [{ contradiction: true, acknowledgement: { decision: 'accepted', officer: { id: 'o1' } } }],
    });
    await house.drain();
    expect(listPostedEvents(peer, '/shelter', id).slice(-2).sort()).toEqual([
      'ConsignmentAcceptance',
      'ConsignmentRejection',
    ]);
    expect(accepted.result).toBe('taken');
  });

  test('an acknowledgement after the delivery was given up is still in effect', async () => {
    down(503);
    const id = await postMessage(shelter, makeReportPost(['desk'], expiringIn(3)));
    await house.drain();
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'failed' });
    expect((await word(id, 'accepted')).status).toBe(201);
    expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'acknowledged' });
  });

  test('an overdue acknowledgement is counted in seconds until it comes', async () => {
    const id = await postMessage(shelter, makeReportPost(['desk'], { urgency: 'immediate' }));
    await house.drain();
    house.pass(1_800 + 90);
    expect((await fetchMessageStatus(shelter, id)).recipients[0].overdue_seconds).toBeGreaterThanOrEqual(90);
    await word(id, 'accepted');
    expect((await fetchMessageStatus(shelter, id)).recipients[0].overdue_seconds).toBe(0);
  });
});

test('two endpoints of one focal point: the first acknowledgement settles, the other delivery is superseded', async () => {
  await all.reachedAt(focalPoint, '/desk-2');
  const id = await postMessage(shelter, makeReportPost(['desk']));
  await house.drain();
  await focalPoint.post('acknowledgements', { message: id, decision: 'accepted', officer: 'o1' });
  const { state, recipients } = await fetchMessageStatus(shelter, id);
  const states = recipients[0].deliveries.map((one: { state: string }) => one.state);
  expect([state, states.sort()]).toEqual(['acknowledged', ['acknowledged', 'superseded']]);
  expect((await fetchEvents(shelter, id)).filter((one) => one === 'ConsignmentAcceptance')).toHaveLength(1);
});

test('410 switches an endpoint off permanently; without another one the next message waits, and its sender is told', async () => {
  for (const path of ['/desk', '/desk-2']) {
    down(410, {}, path);
    await postMessage(shelter, makeReportPost(['desk']));
    await house.drain();
  }
  const endpoints = await house.gateway.store.directory.readDirectory([focalPoint.designation.focal_point]);
  expect(endpoints.endpoints.map((one) => one.enabled)).toEqual([false, false]);
  const next = await postMessage(shelter, makeReportPost(['desk']));
  await house.drain();
  expect(await fetchMessageStatus(shelter, next)).toMatchObject({
    state: 'waiting',
    recipients: [{ waits_for_way: { reason: 'no-endpoint', by: house.gateway.did } }],
  });
  expect(listPostedEvents(peer, '/shelter', next)).toEqual(['DeliveryDelayed']);
});
