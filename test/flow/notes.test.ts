/**
 * Notes wait for their next attempt as messages do: never longer than a routine one, whatever the channel
 * asks for.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chance } from '../../src/entry/chance.ts';
import { type FocalPoints, makeFocalPoints } from '../support/focal-points.ts';
import { answerStatus, type HttpPeer, startPeer } from '../support/http-peer.ts';
import { expectQuietLog } from '../support/story.ts';

let peer: HttpPeer;
let all: FocalPoints;
beforeAll(async () => {
  peer = await startPeer();
  all = await makeFocalPoints(peer);
});
afterAll(async () => {
  expectQuietLog(all.house, [peer.host]);
  await all.house.close();
  await peer.close();
});

test('a channel that asks for a day is tried again after half an hour', async () => {
  const { store, now } = all.house.gateway;
  const [endpoint] = await store.endpoints.endpointsAt('webhook', `${peer.url}/desk`);
  if (endpoint === undefined) throw new Error('the desk has no endpoint');
  const tries = () => peer.received.filter((one) => one.url === '/desk').length;
  peer.answer(answerStatus(503, { 'retry-after': '9999999999' }));
  const at = now().toISOString();
  const says = { what: 'endpoint-off', endpoint: endpoint.id, channel: 'email', code: 'gone', at } as const;
  await store.endpoints.keepNote(endpoint.id, { id: chance.newId(), says, madeAt: now() });
  await all.house.drain();
  expect(tries()).toBe(1);
  expect(await all.house.drain()).toBe(0);
  peer.answer(answerStatus(204));
  all.house.pass(1_800);
  await all.house.drain();
  expect(tries()).toBe(2);
  expect(await store.database.nextDue()).toBeUndefined();
});
