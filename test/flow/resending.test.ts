/**
 * An operator resends what failed, after its cause was repaired, and hurries what waits; what was delivered
 * is left alone.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { resendMessage } from '../../src/flow/carry/resending.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { addConfirmedEndpoint } from '../support/confirmed.ts';
import { type FocalPoints, makeFocalPoints } from '../support/focal-points.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { catchRefusal } from '../support/people.ts';
import type { Rig, RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvents,
  fetchMessageStatus,
  listPostedEvents,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import { makeTwoGateways } from '../support/two-gateways.ts';

let peer: HttpPeer;
let all: FocalPoints;
let house: Rig;
let shelter: RigPartner;
let recipient: RigPartner;
let other: RigPartner;

beforeAll(async () => {
  peer = await startPeer();
  all = await makeFocalPoints(peer);
  ({ house, shelter, focalPoint: recipient } = all);
  other = await all.more('other');
});
afterAll(async () => {
  expectQuietLog(house, [peer.host]);
  await house?.close();
  await peer?.close();
});
beforeEach(() => broken());

/** These paths answer with the status; every other one works. */
const broken = (status = 204, ...paths: readonly string[]): void =>
  peer.answer((response, call) => void response.writeHead(paths.includes(call.url) ? status : 204).end());

const expiringIn = (seconds: number) => ({
  urgency: 'routine',
  expires_time: Math.floor(house.gateway.now().getTime() / 1_000) + seconds,
});

/** Attempts on the schedule, until the next one would come after the message expires. */
async function giveUp(rounds = 6): Promise<void> {
  for (const seconds of [0, 6, 36, 144, 720, 2_160].slice(0, rounds)) {
    house.pass(seconds);
    await house.drain();
  }
}

/** A report that has failed, with minutes left in which it can be sent again. */
async function failed(to: readonly string[] = ['desk']): Promise<string> {
  const id = await postMessage(shelter, makeReportPost(to, expiringIn(4_500)));
  await giveUp();
  expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'failed' });
  return id;
}

const again = (id: string, to?: string) => resendMessage(house.gateway, id, to);
const refused = (id: string, to?: string) => catchRefusal(() => again(id, to));
const broughtTo = (path: string, id: string): number =>
  listPostedTo(peer, path).filter((one) => one.type === 'message.received' && one.data['id'] === id).length;
const wayOf = async (id: string) => (await fetchMessageStatus(shelter, id)).recipients[0].deliveries[0];

test('a delivery that waits for its next attempt is tried at once, as often as requested', async () => {
  broken(503, '/desk');
  const id = await postMessage(shelter, makeReportPost(['desk', 'other'], expiringIn(40_000)));
  const due = { to: recipient.designation.focal_point, slug: 'desk', channels: ['webhook'] };
  expect((await again(id)).length, 'it is due to both already').toBe(2);
  await house.drain();
  for (let tries = 1; tries < 4; tries += 1) {
    expect(await wayOf(id)).toMatchObject({ state: 'queued', tries });
    expect(await house.drain(), 'it has its hour').toBe(0);
    expect(await again(id), 'what the other desk took is left out').toEqual([due]);
    await house.drain();
  }
  expect(await again(id, 'desk')).toEqual([due]);
  expect(await refused(id, 'other')).toBe('nothing-failed');
  broken();
  await house.drain();
  expect(await wayOf(id)).toMatchObject({ state: 'delivered', tries: 5 });
  await expect(again(id)).rejects.toMatchObject({ detail: expect.stringContaining('delivered already') });
});

test('evidence that waits for its sender is tried at once', async () => {
  broken(503, '/shelter');
  const id = await postMessage(shelter, makeReportPost(['desk']));
  await house.drain();
  expect(listPostedEvents(peer, '/shelter', id)).toHaveLength(1);
  broken();
  expect(await refused(id, 'desk'), 'it is not to the desk').toBe('nothing-failed');
  expect(await again(id)).toMatchObject([{ slug: 'shelter', channels: ['webhook'] }]);
  await house.drain();
  expect(listPostedEvents(peer, '/shelter', id)).toHaveLength(2);
  expect(await refused(id)).toBe('nothing-failed');
});

test('a failed delivery is sent again, with all earlier attempts on record', async () => {
  broken(503, '/desk');
  const given = await failed();
  const before = await wayOf(given);
  broken();
  expect(await again(given)).toEqual([
    { to: recipient.designation.focal_point, slug: 'desk', channels: ['webhook'] },
  ]);
  expect(await wayOf(given)).toMatchObject({ state: 'queued', tries: 0, attempts: before.attempts });
  expect(await again(given), 'it is due already').toHaveLength(1);
  await house.drain();
  expect(await wayOf(given)).toMatchObject({ state: 'delivered', tries: 1 });
  expect((await wayOf(given)).attempts).toHaveLength(before.attempts.length + 1);
  const story = ['ContentConsignmentFailure', 'ContentConsignment'];
  expect((await fetchEvents(shelter, given)).slice(1)).toEqual(story);
  expect(listPostedEvents(peer, '/shelter', given)).toEqual(story);
  const word = { message: given, decision: 'accepted', officer: 'o1' };
  expect((await recipient.post('acknowledgements', word)).status).toBe(201);
  expect(await fetchMessageStatus(shelter, given)).toMatchObject({ state: 'acknowledged' });
  expect(await refused(given, 'desk'), 'it was answered').toBe('nothing-failed');
});

test('it may fail again, and be sent again', async () => {
  broken(503, '/desk');
  const id = await failed();
  await again(id);
  await giveUp(5);
  expect((await fetchEvents(shelter, id)).slice(1)).toEqual(Array(2).fill('ContentConsignmentFailure'));
  broken();
  await again(id);
  await house.drain();
  expect(await wayOf(id)).toMatchObject({ state: 'delivered', tries: 1 });
});

test('after an acknowledgement, and after expiry, nothing is sent again', async () => {
  broken(503, '/desk');
  const [answered, late] = [await failed(), await failed()];
  const word = { message: answered, decision: 'declined', ground: 'not-competent', officer: 'o1' };
  expect((await recipient.post('acknowledgements', word)).status).toBe(201);
  expect(await refused(answered, 'desk')).toBe('nothing-failed');
  house.pass(7_200);
  expect(await refused(late)).toBe('expired');
  const never = await postMessage(shelter, makeReportPost(['desk'], expiringIn(60)));
  house.pass(61);
  await house.drain();
  expect(await refused(never), 'it expired before it was tried').toBe('expired');
});

test('only to recipients that it failed to reach, and only if they are recipients', async () => {
  broken(503, '/desk');
  const id = await failed(['other', 'desk']);
  broken();
  expect(await refused(id, 'other')).toBe('nothing-failed');
  expect(await refused(id, 'nobody')).toBe('unknown-recipient');
  expect(await refused('0'.repeat(32))).toBe('not-found');
  expect((await again(id)).map((one) => one.slug)).toEqual(['desk']);
  await house.drain();
  expect([broughtTo('/desk', id), broughtTo('/other', id)]).toEqual([7, 1]);
});

test('it uses the current endpoints: without a dead one, with a new one', async () => {
  broken(410, '/other');
  const id = await postMessage(shelter, makeReportPost(['other']));
  await house.drain();
  expect(await refused(id)).toBe('no-endpoint');
  await all.reachedAt(other, '/other-2');
  broken();
  expect(await again(id)).toMatchObject([{ slug: 'other', channels: ['webhook'] }]);
  await house.drain();
  expect([broughtTo('/other', id), broughtTo('/other-2', id)]).toEqual([1, 1]);
  expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'waiting' });
});

test('nothing is sent to a focal point whose designation was withdrawn', async () => {
  broken(503, '/desk');
  const id = await failed();
  const claims = await draftWithdrawal(house.gateway, recipient.designation, 'unspecified');
  await keepWithdrawal(house.gateway, await signStatement('withdrawal', claims, [house.authorities.ID]));
  expect(await refused(id)).toBe('designation-ended');
});

test('a message that another gateway refused is relayed again after that gateway knows the sender', async () => {
  const both = await makeTwoGateways();
  try {
    const draft = { name: 'Invented', officers: [makeOfficer()] };
    const far = await both.id.house.partner({ ...draft, slug: 'desk', country: 'ID' });
    const near = await both.kh.house.partner({ ...draft, slug: 'shelter', country: 'KH' });
    const address = `${both.peer.url}/desk`;
    const focalPoint = far.designation.focal_point;
    const endpoint = { channel: 'webhook', shows: 'packet', lang: 'en', focalPoint, address } as const;
    await addConfirmedEndpoint(both.id.house.gateway, endpoint);
    await both.id.introduce(far.designation);
    const id = await postMessage(near, makeReportPost([focalPoint]));
    await both.waitUntilIdle();
    expect((await fetchMessageStatus(near, id)).recipients[0].deliveries).toMatchObject([
      { state: 'failed' },
    ]);
    await both.kh.introduce(near.designation);
    await resendMessage(both.kh.house.gateway, id);
    await both.waitUntilIdle();
    expect(await fetchEvents(near, id)).toEqual([
      'SubmissionAcceptance',
      'RelayRejection',
      'RelayAcceptance',
      'ContentConsignment',
    ]);
    expect(await catchRefusal(() => resendMessage(both.kh.house.gateway, id))).toBe('nothing-failed');
  } finally {
    await both.close();
  }
});
