/** A gateway was down and is back: what waits for it is sent at its first sign of life, not on the schedule. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { notePeerLife } from '../../src/flow/carry/sign-of-life.ts';
import { checkPeers } from '../../src/flow/loop/chores.ts';
import { runLoop } from '../../src/flow/loop/loop.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { makeCallSigner, signGatewayCall } from '../../src/seal/gateway-statement.ts';
import { generateSigningJwk, importSigningKey } from '../../src/seal/keys.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { type AcrossBorder, makeAcrossBorder } from '../support/across.ts';
import type { Rig, RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvents,
  fetchMessageStatus,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import { newId } from '../support/two-gateways.ts';

let both: AcrossBorder;
let kh: Rig;
let id: Rig;
let shelter: RigPartner;
let focalPoint: RigPartner;

beforeEach(async () => {
  both = await makeAcrossBorder();
  ({ shelter, focalPoint: focalPoint } = both);
  [kh, id] = [both.kh.house, both.id.house];
});
afterEach(async () => {
  for (const { house, url } of [both.kh, both.id]) expectQuietLog(house, [url, both.peer.url]);
  await both.close();
});

const immediate = () => makeReportPost(['desk'], { urgency: 'immediate' });
const deliveryOf = async (message: string) =>
  (await fetchMessageStatus(shelter, message)).recipients[0].deliveries[0];
/** As the clock calls it once a minute. */
const probe = (house: Rig) => checkPeers(house.gateway, new AbortController().signal);

/** An `immediate` message that was tried in vain while Indonesia’s gateway was down, and waits; the gateway is back. */
async function waiting(): Promise<string> {
  await both.id.shut();
  const message = await postMessage(shelter, immediate());
  await kh.drain();
  for (let tries = 0; tries < 3; tries += 1) {
    kh.pass(60);
    await kh.drain();
  }
  await both.id.open();
  expect(await deliveryOf(message)).toMatchObject({ state: 'queued', tries: 4 });
  expect(await kh.drain(), 'it has its hour').toBe(0);
  kh.pass(-180);
  return message;
}

/** A call to Cambodia’s gateway in the name of Indonesia’s. */
async function calls(key = id.gateway.key): Promise<number> {
  const body = new TextEncoder().encode(JSON.stringify({ digests: ['A'.repeat(43)] }));
  const headers = await signGatewayCall(id.gateway.did, makeCallSigner(key), {
    id: newId(),
    at: kh.gateway.now(),
    body,
  });
  return (await fetch(`${both.kh.url}/v1/relay/statements`, { method: 'POST', headers, body })).status;
}

test('a message is sent at the first authenticated call of the other gateway', async () => {
  const message = await waiting();
  const stranger = await importSigningKey(await generateSigningJwk(`${id.gateway.did}#evidence`));
  expect(await calls(stranger)).toBe(401);
  expect(await kh.drain(), 'whoever proves nothing hurries nothing').toBe(0);
  const answer = await postMessage(focalPoint, makeReportPost(['shelter']));
  await both.waitUntilIdle();
  expect(await fetchEvents(focalPoint, answer)).toContain('ContentConsignment');
  expect(await deliveryOf(message)).toMatchObject({ state: 'delivered', tries: 5 });
});

test('a message is sent at the next probe; while the gateway is down a probe changes nothing', async () => {
  const message = await waiting();
  await both.id.shut();
  await probe(kh);
  expect(await kh.drain()).toBe(0);
  await both.id.open();
  await probe(kh);
  await both.waitUntilIdle();
  expect(await deliveryOf(message)).toMatchObject({ state: 'delivered', tries: 5 });
  expect(await kh.gateway.store.deliveries.peersWithWaiting([], kh.gateway.now())).toEqual([]);
});

test('no gateway is probed while nothing waits for it', async () => {
  await probe(kh);
  const asked: string[] = [];
  both.id.keep((request, serve) => {
    asked.push(new URL(request.url).pathname);
    return serve(request);
  });
  await probe(kh);
  expect(asked).toEqual([]);
});

test('waiting evidence is sent at a call of the gateway that it is for', async () => {
  const message = await postMessage(shelter, immediate());
  await both.waitUntilIdle();
  await both.kh.shut();
  await focalPoint.post('acknowledgements', { message, decision: 'accepted', officer: 'o1' });
  await id.drain();
  for (const house of [kh, id]) house.pass(10);
  await id.drain();
  await both.kh.open();
  expect(await id.drain(), 'it has its hour').toBe(0);
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'waiting' });
  await postMessage(shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'acknowledged' });
});

test('a withdrawal is sent at a call, and at a probe', async () => {
  const signs = [
    async () => void (await postMessage(focalPoint, makeReportPost(['shelter']))),
    () => probe(kh),
  ];
  for (const sign of signs) {
    await both.id.shut();
    const slug = `post-${signs.indexOf(sign)}`;
    const post = await kh.partner({ slug, name: 'Post', country: 'KH', officers: [] });
    const claims = await draftWithdrawal(kh.gateway, post.designation, 'unspecified');
    await keepWithdrawal(kh.gateway, await signStatement('withdrawal', claims, [kh.authorities.KH]));
    await kh.drain();
    await both.id.open();
    expect(await kh.drain()).toBe(0);
    expect(await kh.gateway.store.directory.withdrawalsWaiting()).toBe(1);
    await sign();
    await both.waitUntilIdle();
    expect(await kh.gateway.store.directory.withdrawalsWaiting()).toBe(0);
    kh.pass(10);
  }
});

test('of many signs of life one has effect in ten seconds', async () => {
  const message = await waiting();
  both.id.keep(() => new Response(null, { status: 502 }));
  const triesAfter = async (calling: () => Promise<unknown>): Promise<number> => {
    await calling();
    await kh.drain();
    return (await deliveryOf(message)).tries;
  };
  expect(await triesAfter(calls)).toBe(5);
  for (let n = 0; n < 3; n += 1) expect(await triesAfter(calls)).toBe(5);
  expect(await triesAfter(() => notePeerLife(kh.gateway, id.gateway.did))).toBe(5);
  kh.pass(10);
  expect(await triesAfter(() => notePeerLife(kh.gateway, id.gateway.did))).toBe(6);
  kh.pass(-10);
});

test('a gateway that asked for time is not hurried by its own call', async () => {
  both.id.keep(() => new Response(null, { status: 429, headers: { 'retry-after': '50' } }));
  const message = await postMessage(shelter, immediate());
  await kh.drain();
  expect(await calls()).toBe(200);
  expect(await kh.drain()).toBe(0);
  expect(await deliveryOf(message)).toMatchObject({ state: 'queued', tries: 1 });
  both.id.keep(undefined);
});

// What was under way when the sign came waits for the next one, a minute at most.

test('a served gateway sends what waits at a sign of life, although its circuit is open', async () => {
  await both.id.shut();
  const stop = new AbortController();
  const loop = runLoop(kh.gateway, stop.signal);
  try {
    const messages = await Promise.all(Array.from({ length: 8 }, () => postMessage(shelter, immediate())));
    const codes = async () =>
      (await Promise.all(messages.map(deliveryOf))).flatMap((one) =>
        one.attempts.map((attempt: { code: string }) => attempt.code),
      );
    await expect.poll(codes).toContain('circuit-open');
    await both.id.open();
    expect(await calls()).toBe(200);
    const states = async () => (await Promise.all(messages.map(deliveryOf))).map((one) => one.state);
    await expect.poll(states).toEqual(messages.map(() => 'delivered'));
  } finally {
    stop.abort();
    await loop;
  }
});
