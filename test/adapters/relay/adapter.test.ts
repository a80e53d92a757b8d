/** The relay channel: its calls, and that only a signed answer settles a delivery. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayAdapter } from '../../../adapters/relay/adapter.ts';
import type { Parcel } from '../../../src/domain/carriage/adapter.ts';
import { problemType } from '../../../src/domain/words/error.ts';
import { type ClosableFetch, createOutgoingFetch } from '../../../src/entry/outgoing.ts';
import { importCallVerifiers, makeCallSigner } from '../../../src/seal/gateway-statement.ts';
import { generateSigningJwk, importSigningKey } from '../../../src/seal/keys.ts';
import { verifyWebhook } from '../../../src/seal/webhook-signature.ts';
import {
  answerEndlessly,
  answerNever,
  answerNoHttp,
  answerSlowly,
  answerStatus,
  breakConnection,
  type HttpPeer,
  type PeerAnswer,
  startPeer,
} from '../../support/http-peer.ts';
import { CONTENT_ONLY, makeEvidenceParcel, makeMessageParcel } from '../../support/parcels.ts';
import { never } from '../../support/patience.ts';
import { adapterConformance, UNHURRIED } from '../conformance.ts';

const DID = 'did:web:gateway.kh.example';
const key = await importSigningKey(await generateSigningJwk(`${DID}#evidence`));
const json = (code: number, value: unknown, headers = {}): PeerAnswer =>
  answerStatus(code, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
const rejection = { type: problemType('not-covered'), evidence: { payload: 'e30' } };
const ANSWERS = {
  accept: json(202, { evidence: {} }),
  defer: answerStatus(503),
  reject: json(403, rejection),
  hang: answerNever,
  break: breakConnection,
};

/** Texts with spaces, as they might have been signed: they must arrive as they are. */
const content = { shows: 'consignment', consignment: '{ "a": 1 }', submission: '{"b":  2}' } as const;

async function relayRig(timeoutSeconds: number) {
  const peer = await startPeer();
  const fetch: ClosableFetch = createOutgoingFetch({ allow: [peer.host] });
  const options = { did: DID, signer: makeCallSigner(key), fetch, now: () => new Date(), timeoutSeconds };
  const endpoint = { channel: 'relay', shows: 'sealed', address: peer.url } as const;
  return {
    peer,
    adapter: createRelayAdapter(options),
    message: (): Parcel => ({ ...makeMessageParcel({ endpoint }), content }),
    evidence: (): Parcel => makeEvidenceParcel({ endpoint }),
    close: async () => {
      await fetch.close();
      await peer.close();
    },
  };
}

adapterConformance('relay', 'takes nothing in', async () => {
  const { peer, ...rest } = await relayRig(UNHURRIED);
  const taken: number[] = [];
  const url = 'https://gateway.kh.example/v1/relay';
  return {
    ...rest,
    peer: (mode) =>
      peer.answer((response, call) => {
        if (mode === 'accept') taken.push(call.body.length);
        ANSWERS[mode](response, call);
      }),
    taken: () => taken.length,
    genuine: () =>
      new Request(url, { method: 'POST', body: '{"consignment":{ "a": 1 },"submission":{"b":  2}}' }),
    forged: () => new Request(url, { method: 'POST', body: '{}' }),
    oversized: () => new Request(url, { method: 'POST', body: new Uint8Array(1_024) }),
    forbidden: CONTENT_ONLY,
  };
});

describe('a relay', () => {
  let rig: Awaited<ReturnType<typeof relayRig>>;
  let peer: HttpPeer;
  beforeAll(async () => {
    rig = await relayRig(UNHURRIED);
    peer = rig.peer;
  });
  afterAll(() => rig.close());
  const send = (parcel = rig.message()) => rig.adapter.send(parcel, never());

  it('posts the texts as they were signed, under the gateway’s own signature', async () => {
    peer.answer(json(202, { evidence: { signed: 'by them' } }));
    expect(await send()).toEqual({
      kind: 'accepted',
      code: 'http-202',
      reach: 'delivered',
      evidence: { signed: 'by them' },
    });
    const call = peer.received.at(-1);
    expect(call?.url).toBe('/v1/relay');
    expect(call?.body.toString()).toBe('{"consignment":{ "a": 1 },"submission":{"b":  2}}');
    expect(call?.headers['amanat-gateway']).toBe(DID);
    const headers = new Headers(call?.headers as Record<string, string>);
    const verifiers = await importCallVerifiers([key.publicJwk]);
    const { id } = await verifyWebhook(verifiers, headers, new Uint8Array(call?.body ?? []), new Date());
    const parcel = rig.message();
    expect(id).toBe('delivery' in parcel ? parcel.delivery : '');
  });

  it('posts evidence to a separate address', async () => {
    peer.answer(json(200, { result: 'kept' }));
    const parcel = rig.evidence();
    expect(await send(parcel)).toMatchObject({ kind: 'accepted' });
    expect(peer.received.at(-1)?.url).toBe('/v1/relay/evidence');
    const evidence = 'jws' in parcel ? parcel.jws : undefined;
    expect(JSON.parse(peer.received.at(-1)?.body.toString() ?? '')).toEqual({ evidence });
  });

  it.each([
    [
      'an unsigned refusal',
      json(401, { type: problemType('timestamp-out-of-range') }),
      'timestamp-out-of-range',
    ],
    ['words that are not of our table', json(403, { type: 'urn:x:Melati' }), 'http-403'],
    ['a redirect', answerStatus(307, { location: '/elsewhere' }), 'http-307'],
    ['a fault, however signed', json(500, rejection), 'not-covered'],
    ['a connection that breaks', breakConnection, 'connection-lost'],
    ['bytes that are not HTTP', answerNoHttp, 'answer-malformed'],
  ] as const)('is deferred after %s', async (_what, answer, code) => {
    peer.answer(answer);
    expect(await send()).toEqual({ kind: 'deferred', code });
  });

  it.each([
    ['an answer without end', answerNever],
    ['a body that trickles', answerSlowly],
  ] as const)('is deferred after %s', async (_what, answer) => {
    const hasty = await relayRig(1);
    hasty.peer.answer(answer);
    expect(await hasty.adapter.send(hasty.message(), never())).toEqual({ kind: 'deferred', code: 'timeout' });
    await hasty.close();
  });

  it('reads only as much of an answer as an answer can have, and honours Retry-After', async () => {
    peer.answer(answerEndlessly);
    expect(await send()).toMatchObject({ kind: 'accepted', evidence: undefined });
    peer.answer(answerStatus(503, { 'retry-after': '120' }));
    expect(await send()).toEqual({ kind: 'deferred', code: 'http-503', retryAfter: 120 });
  });

  it('returns a signed refusal, and sends nothing that is not for gateways', async () => {
    peer.answer(json(403, rejection));
    expect(await send()).toEqual({ kind: 'rejected', code: 'not-covered', evidence: rejection.evidence });
    const before = peer.received.length;
    expect(await send({ ...makeMessageParcel() })).toEqual({ kind: 'rejected', code: 'not-relayable' });
    expect(peer.received.length).toBe(before);
  });
});
