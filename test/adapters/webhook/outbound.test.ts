import { createServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebhookOptions } from '../../../adapters/webhook/adapter.ts';
import type { Outcome, Parcel } from '../../../src/domain/carriage/adapter.ts';
import { createOutgoingFetch } from '../../../src/entry/outgoing.ts';
import {
  makeWebhookSecret,
  readWebhookVerifier,
  verifyWebhook,
} from '../../../src/seal/webhook-signature.ts';
import {
  answerEndlessly,
  answerNever,
  answerNoHttp,
  answerSlowly,
  answerStatus,
  breakConnection,
} from '../../support/http-peer.ts';
import {
  CONTENT_ONLY,
  makeContent,
  makeEvidenceParcel,
  makeMessageParcel,
  makeReportMessage,
  makeRevisionParcel,
} from '../../support/parcels.ts';
import { never } from '../../support/patience.ts';
import { KEYS, type WebhookRig, webhookRig } from './rig.ts';

let rig: WebhookRig;
beforeEach(async () => {
  rig = await webhookRig();
});
afterEach(() => rig.close());

const endpoint = (address = `${rig.peer.url}/hook?desk=1`) => ({ endpoint: { address } });

const send = (parcel: Parcel, signal = never()): Promise<Outcome> => rig.adapter.send(parcel, signal);

async function rigWith(overrides: Partial<WebhookOptions>): Promise<void> {
  await rig.close();
  rig = await webhookRig(overrides);
}

const bodyOf = (n = 0): unknown => JSON.parse(rig.peer.received[n]?.body.toString() ?? 'null');

describe('the content of a post', () => {
  const carriage = {
    id: '0198f0c27a4b7c3e9d51a6e48f3a21c4',
    thid: 'b1946ac92492d2347c6235b4d2611184',
    type: 'report',
    urgency: 'urgent',
    handling: 'H2',
    from: 'did:web:gateway.kh.example:fp:shelter-phnom-penh',
    to: 'did:web:gateway.id.example:fp:immigration-putussibau',
    acknowledge_by: '2026-11-20T04:15:00.000Z',
    answer_by: '2026-11-23T02:15:00.000Z',
  };
  const head = { type: 'message.received', timestamp: '2026-11-20T02:15:00.000Z' };

  it('is the opened message with its JWS, if the endpoint may be shown it', async () => {
    await send(makeMessageParcel(endpoint()));
    const { jws } = makeContent('packet') as { jws: unknown };
    expect(bodyOf()).toEqual({ ...head, data: { ...carriage, message: makeReportMessage(), jws } });
    expect(rig.peer.received[0]).toMatchObject({ method: 'POST', url: '/hook?desk=1' });
    expect(rig.peer.received[0]?.headers['content-type']).toBe('application/json');
  });

  it('is the sealed message for a system with its own keys', async () => {
    await send(makeMessageParcel(endpoint(), 'sealed'));
    const { sealed } = makeContent('sealed') as { sealed: unknown };
    expect(bodyOf()).toEqual({ ...head, data: { ...carriage, sealed } });
  });

  it('is no content at all for a notice', async () => {
    await send(makeMessageParcel(endpoint(), 'notice'));
    expect(bodyOf()).toEqual({ ...head, data: carriage });
    for (const word of CONTENT_ONLY) expect(rig.peer.received[0]?.body.toString()).not.toContain(word);
  });

  it('is the signed evidence with the message it is about', async () => {
    const parcel = makeEvidenceParcel(endpoint());
    await send(parcel);
    expect(bodyOf()).toEqual({
      type: 'evidence.issued',
      timestamp: parcel.evidence.at,
      data: { message: carriage.id, event: 'ConsignmentAcceptance', evidence: parcel.jws },
    });
  });

  it('has nothing of the content in its headers', async () => {
    await send(makeMessageParcel(endpoint()));
    for (const word of CONTENT_ONLY)
      expect(JSON.stringify(rig.peer.received[0]?.headers)).not.toContain(word);
  });
});

describe('its signature', () => {
  const received = (n: number) => {
    const call = rig.peer.received[n];
    if (call === undefined) throw new Error('was not received');
    return { ...call, headers: call.headers as Record<string, string> };
  };

  it('verifies with the npm package and with the published key', async () => {
    await send(makeMessageParcel(endpoint()));
    const { headers, body } = received(0);
    expect(() => new Webhook(KEYS.outbound).verify(body.toString(), headers)).not.toThrow();
    const verifier = [await readWebhookVerifier(KEYS.outboundPair.public)];
    await expect(verifyWebhook(verifier, new Headers(headers), body, new Date())).resolves.toBeTruthy();
  });

  it('keeps id and bytes over all attempts, with the time of each attempt', async () => {
    const start = Date.now();
    let tries = 0;
    await rigWith({ now: () => new Date(start + tries * 60_000) });
    rig.peer.answer(answerStatus(500));
    for (tries = 0; tries < 3; tries += 1) await send(makeMessageParcel(endpoint()));
    const calls = [0, 1, 2].map(received);
    expect(calls.map(({ headers }) => headers['webhook-id'])).toEqual(
      Array(3).fill('0198f0c27a4c7d10a2b3c4d5e6f70819'),
    );
    const first = Math.floor(start / 1_000);
    const times = calls.map(({ headers }) => Number(headers['webhook-timestamp']) - first);
    expect(times).toEqual([0, 60, 120]);
    expect(new Set(calls.map(({ body }) => body.toString())).size).toBe(1);
  });

  it('is made with every current key, so that keys can be rotated', async () => {
    const [before, after] = [1, 2].map(() =>
      makeWebhookSecret(crypto.getRandomValues(new Uint8Array(32))),
    ) as [string, string];
    await rigWith({ signersOf: async () => [before, after] });
    await send(makeMessageParcel(endpoint()));
    const { headers, body } = received(0);
    for (const one of [before, after])
      expect(() => new Webhook(one).verify(body.toString(), headers)).not.toThrow();
  });

  it('is never left out', async () => {
    const asked: string[] = [];
    await rigWith({
      signersOf: async (id) => {
        asked.push(id);
        return [];
      },
    });
    await expect(send(makeMessageParcel(endpoint()))).resolves.toEqual({
      kind: 'rejected',
      code: 'no-secret',
    });
    expect(asked).toEqual(['endpoint-1']);
    await rigWith({ signersOf: async () => [KEYS.outbound, 'whsec_broken'] });
    await expect(send(makeMessageParcel(endpoint()))).resolves.toEqual({
      kind: 'rejected',
      code: 'secret-unusable',
    });
    expect(rig.peer.received).toEqual([]);
  });
});

describe('an answer', () => {
  it.each([200, 201, 202, 204, 299])('of %i is accepted', async (code) => {
    rig.peer.answer(answerStatus(code));
    const outcome = await send(makeMessageParcel(endpoint()));
    expect(outcome).toEqual({ kind: 'accepted', code: `http-${code}`, reach: 'delivered' });
  });

  it.each([300, 301, 302, 304, 307, 308])('of %i is not followed and is not accepted', async (code) => {
    rig.peer.answer(answerStatus(code, { location: `${rig.peer.url}/elsewhere` }));
    await expect(send(makeMessageParcel(endpoint()))).resolves.toEqual({
      kind: 'deferred',
      code: `http-${code}`,
    });
    expect(rig.peer.received).toHaveLength(1);
  });

  it('is not followed by the runtime’s own fetch either', async () => {
    await rigWith({ fetch: (url, init) => fetch(url, init) });
    rig.peer.answer(answerStatus(307, { location: `${rig.peer.url}/elsewhere` }));
    await expect(send(makeMessageParcel(endpoint()))).resolves.toEqual({
      kind: 'deferred',
      code: 'http-307',
    });
    expect(rig.peer.received).toHaveLength(1);
  });

  it.each([400, 401, 403, 404, 413, 422, 429, 500, 502, 503])('of %i is deferred', async (code) => {
    rig.peer.answer(answerStatus(code));
    await expect(send(makeMessageParcel(endpoint()))).resolves.toEqual({
      kind: 'deferred',
      code: `http-${code}`,
    });
  });

  it('of 410 switches the endpoint off', async () => {
    rig.peer.answer(answerStatus(410));
    await expect(send(makeMessageParcel(endpoint()))).resolves.toEqual({
      kind: 'rejected',
      code: 'http-410',
      gone: true,
    });
  });

  it.each([429, 503])('of %i may say when to try again', async (code) => {
    const at = Date.parse('2026-11-20T03:00:00Z');
    await rigWith({ now: () => new Date(at) });
    const told = { '120': 120, 'Fri, 20 Nov 2026 03:10:00 GMT': 600 };
    for (const [header, retryAfter] of Object.entries(told)) {
      rig.peer.answer(answerStatus(code, { 'retry-after': header }));
      const outcome = await send(makeMessageParcel(endpoint()));
      expect(outcome).toEqual({ kind: 'deferred', code: `http-${code}`, retryAfter });
    }
  });

  it.each([
    ['without end', answerEndlessly],
    ['that trickles', answerSlowly],
  ])('whose body comes %s is judged by its head, and the connection is released', async (_, answer) => {
    rig.peer.answer(answer);
    await expect(send(makeMessageParcel(endpoint()))).resolves.toMatchObject({
      kind: 'accepted',
      code: 'http-200',
    });
    await expect.poll(() => rig.peer.connections().open).toBe(0);
  });

  it('with a short body leaves its connection for the next call', async () => {
    rig.peer.answer(answerStatus(200, {}, '{"ok":true}'));
    for (let n = 0; n < 5; n += 1) await send(makeMessageParcel(endpoint()));
    expect(rig.peer.connections().opened).toBe(1);
  });

  it.each([
    ['that is not HTTP', answerNoHttp, 'answer-malformed'],
    ['with a status nobody knows', answerStatus(799), 'answer-malformed'],
    ['that breaks off', breakConnection, 'connection-lost'],
  ])('%s is deferred', async (_, answer, code) => {
    rig.peer.answer(answer);
    await expect(send(makeMessageParcel(endpoint()))).resolves.toEqual({ kind: 'deferred', code });
  });

  it('that does not arrive is deferred', async () => {
    await rigWith({ timeoutSeconds: 0.2 });
    rig.peer.answer(answerNever);
    await expect(send(makeMessageParcel(endpoint()))).resolves.toEqual({ kind: 'deferred', code: 'timeout' });
    await rigWith({});
    rig.peer.answer(answerNever);
    await expect(send(makeMessageParcel(endpoint()), AbortSignal.timeout(100))).resolves.toEqual({
      kind: 'deferred',
      code: 'interrupted',
    });
  });
});

describe('an address', () => {
  it.each(['https://10.1.2.3/hook', 'https://localhost/hook', 'http://partner.example/hook'])(
    '%s is not called',
    async (address) => {
      const outcome = await send(makeMessageParcel(endpoint(address)));
      expect(outcome).toEqual({ kind: 'deferred', code: 'address-refused' });
    },
  );

  it('whose name does not resolve is deferred', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }));
    await rigWith({ fetch: createOutgoingFetch({ allow: [], lookup }) });
    const outcome = await send(makeMessageParcel(endpoint('https://partner.example/hook')));
    expect(outcome).toEqual({ kind: 'deferred', code: 'name-unknown' });
  });

  it('where no server listens is deferred', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    await rigWith({ fetch: createOutgoingFetch({ allow: ['127.0.0.1'] }) });
    const outcome = await send(makeMessageParcel(endpoint(`http://127.0.0.1:${port}/hook`)));
    expect(outcome).toEqual({ kind: 'deferred', code: 'connect-refused' });
  });

  it('that does not speak TLS is deferred', async () => {
    const outcome = await send(makeMessageParcel(endpoint(`https://${rig.peer.host}/hook`)));
    expect(outcome).toEqual({ kind: 'deferred', code: 'tls' });
  });

  it.each(['', 'partner', 'ftp://partner.example/', 'https://user:word@partner.example/'])(
    '%j is not an address',
    async (address) => {
      const outcome = await send(makeMessageParcel(endpoint(address)));
      expect(outcome).toEqual({ kind: 'rejected', code: 'address-invalid' });
    },
  );
});

describe('what cannot be shown to a system', () => {
  it('is a revision or a reply', async () => {
    const reply = { kind: 'reply', address: `${rig.peer.url}/hook`, lang: 'en', word: 'taken' } as const;
    for (const parcel of [makeRevisionParcel(endpoint()), reply]) {
      await expect(send(parcel)).resolves.toEqual({ kind: 'rejected', code: 'not-revisable' });
    }
    expect(rig.peer.received).toEqual([]);
  });
});
