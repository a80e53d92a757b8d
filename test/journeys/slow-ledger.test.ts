/** A gateway whose log never answers: the logs of others are witnessed all the same, and the gateway's own log grows. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { witnessPeers } from '../../src/flow/ledger/witness.ts';
import { runLoop } from '../../src/flow/loop/loop.ts';
import { verifySignedCheckpoint } from '../../src/ledger/signed-checkpoint.ts';
import { generateSigningJwk } from '../../src/seal/keys.ts';
import { WAIT } from '../support/patience.ts';
import { designateGateway } from '../support/signed-statements.ts';
import { makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';
import { describeKnownLog, fetchBytes, issueMany, issueUpTo } from '../support/watched-logs.ts';

let both: TwoGateways;
/** Calls of the slow gateway's log that wait for an answer, and whether there was one. */
const held: ServerResponse[] = [];
let isAsked = false;

beforeEach(async () => {
  isAsked = false;
  both = await makeTwoGateways([], { kh: { AMANAT_LEDGER_EVERY: '1' } });
  const { kh, id, peer } = both;
  const { d: _secret, ...publicJwk } = await generateSigningJwk(
    `did:web:${encodeURIComponent(peer.host)}#evidence`,
  );
  const draft = { url: peer.url, name: 'Slow gateway', country: 'ID', signing: [publicJwk] };
  await keepGateway(
    kh.house.gateway,
    await designateGateway(id.house.authorities.ID, draft, kh.house.gateway.now()),
  );
  peer.answer((response, { url }) => {
    if (!url.startsWith('/ledger')) return void response.writeHead(404).end();
    held.push(response);
    isAsked = true;
  });
});
afterEach(async () => {
  for (const response of held.splice(0)) response.writeHead(404).end();
  await both.close();
});

const isUnreachable = (): boolean => both.kh.house.lines.some(({ event }) => event === 'witness.unreachable');

test('a log that answers is witnessed while another one delays its reader', async () => {
  const { kh, id } = both;
  await issueUpTo(id.house, 5);
  await extendLedger(id.house.gateway);
  // Whichever is asked first, it has to be asked before the other one is done with.
  id.keep(async (request, serve) => {
    await vi.waitUntil(() => isAsked, WAIT);
    return serve(request);
  });
  const looking = witnessPeers(kh.house.gateway);
  const witnessed = async () => (await kh.house.database.sql`select from witnessed`).length === 1;
  await vi.waitUntil(witnessed, WAIT);
  expect(isUnreachable()).toBe(false);
  for (const response of held.splice(0)) response.writeHead(404).end();
  expect(await looking).toBe(2);
});

test('meanwhile the gateway’s own log grows', async () => {
  const { house } = both.kh;
  const stop = new AbortController();
  const loop = runLoop(house.gateway, stop.signal);
  try {
    await vi.waitUntil(() => held.length > 0, WAIT);
    const size = async () =>
      (await verifySignedCheckpoint(await fetchBytes(house, '/ledger/checkpoint'), describeKnownLog(house)))
        .checkpoint.size;
    const before = await size();
    await issueMany(house, 3);
    await vi.waitUntil(async () => (await size()) >= before + 3, WAIT);
    expect(isUnreachable()).toBe(false);
  } finally {
    stop.abort();
    for (const response of held.splice(0)) response.writeHead(404).end();
    await loop;
  }
});
