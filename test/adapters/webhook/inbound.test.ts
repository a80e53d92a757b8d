import { describe, expect, it } from 'vitest';
import { createWebhookAdapter, type WebhookOptions } from '../../../adapters/webhook/adapter.ts';
import type { Arrival } from '../../../src/domain/carriage/adapter.ts';
import { LIMITS } from '../../../src/domain/message/message.ts';
import { BODY_LIMITS, createBodies } from '../../../src/domain/words/held-body.ts';
import { digestOf } from '../../../src/seal/digest.ts';
import { makeWebhookSecret } from '../../../src/seal/webhook-signature.ts';
import {
  ACKNOWLEDGEMENT,
  ACKNOWLEDGEMENTS,
  type CallOverrides,
  FOCAL_POINT,
  KEYS,
  MESSAGES,
  ORIGIN,
  SUBMISSION,
  signedRequest,
} from './rig.ts';

const known = { focalPoint: FOCAL_POINT, secrets: [KEYS.inbound, KEYS.inboundPair.public] };

function adapter(overrides: Partial<WebhookOptions> = {}) {
  return createWebhookAdapter({
    isWelcome: () => true,
    fetch: () => Promise.reject(new Error('nothing is sent here')),
    now: () => new Date(),
    bodies: createBodies(BODY_LIMITS),
    signersOf: async () => [],
    secretsOf: async (slug) => (slug === 'shelter-phnom-penh' ? known : undefined),
    ...overrides,
  });
}

async function receive(request: Request, overrides: Partial<WebhookOptions> = {}): Promise<Arrival> {
  const [arrival, ...more] = await adapter(overrides).receive(request);
  expect(more).toEqual([]);
  if (arrival === undefined) throw new Error('nothing arrived');
  return arrival;
}

const post = async (body: unknown, overrides: CallOverrides = {}, options: Partial<WebhookOptions> = {}) =>
  receive(await signedRequest(typeof body === 'string' ? body : JSON.stringify(body), overrides), options);

const refusal = (code: string) => expect.objectContaining({ kind: 'refused', code });

describe('a message', () => {
  it('has the caller’s id as its key, and the digest of the received bytes', async () => {
    const text = ` ${JSON.stringify(SUBMISSION, null, 2)}\n`;
    await expect(post(text)).resolves.toEqual({
      kind: 'submission',
      focalPoint: FOCAL_POINT,
      key: 'shelter-0001',
      digest: digestOf(text),
      submission: SUBMISSION,
      files: [],
    });
  });

  it('may be signed with any of the focal point’s keys', async () => {
    await expect(post(SUBMISSION, { secret: KEYS.inboundPair.secret })).resolves.toMatchObject({
      kind: 'submission',
    });
  });

  it('may have a content type with charset UTF-8', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=UTF-8' };
    await expect(post(SUBMISSION, { headers })).resolves.toMatchObject({ kind: 'submission' });
  });

  it('may be as large as the limit', async () => {
    const attachments = Array.from({ length: 14 }, (_, n) => ({
      filename: `scan-${n}.bin`,
      media_type: 'application/octet-stream',
      base64: 'A'.repeat(1024 * 1024),
    }));
    await expect(post({ ...SUBMISSION, attachments })).resolves.toMatchObject({ kind: 'submission' });
  });
});

describe('an acknowledgement', () => {
  const url = ACKNOWLEDGEMENTS;
  const by = { via: 'system', focalPoint: FOCAL_POINT, message: ACKNOWLEDGEMENT.message, officer: 'o-7' };

  it('arrives as the named officer’s acknowledgement', async () => {
    await expect(post(ACKNOWLEDGEMENT, { url })).resolves.toEqual({
      kind: 'decision',
      by,
      decision: 'accepted',
    });
    const declined = { ...ACKNOWLEDGEMENT, decision: 'declined', ground: 'not-competent' };
    await expect(post(declined, { url })).resolves.toEqual({
      kind: 'decision',
      by,
      decision: 'declined',
      ground: 'not-competent',
    });
  });

  it('has a small size limit', async () => {
    const padded = JSON.stringify(ACKNOWLEDGEMENT) + ' '.repeat(LIMITS.smallPost);
    await expect(post(padded, { url })).resolves.toEqual(refusal('too-large'));
  });

  it('signed by the focal point’s own keys has another route', async () => {
    const headers = { 'content-type': 'application/jose+json' };
    await expect(post(ACKNOWLEDGEMENT, { url, headers })).resolves.toEqual(refusal('wrong-content-type'));
  });
});

describe('the caller', () => {
  it('is not authenticated by a signature over other bytes', async () => {
    const genuine = await signedRequest(JSON.stringify(SUBMISSION));
    for (const body of [
      JSON.stringify(SUBMISSION, null, 1),
      JSON.stringify(SUBMISSION).replace('safe', 'lost'),
    ]) {
      const request = new Request(MESSAGES, { method: 'POST', headers: genuine.headers, body });
      await expect(receive(request)).resolves.toEqual(refusal('signature-invalid'));
    }
  });

  it('is not authenticated by an old call', async () => {
    const old = await signedRequest(JSON.stringify(SUBMISSION), { at: new Date(Date.now() - 302_000) });
    await expect(receive(old)).resolves.toEqual(refusal('timestamp-out-of-range'));
  });

  it('is not authenticated without headers', async () => {
    const headers = { 'content-type': 'application/json' };
    const request = new Request(MESSAGES, { method: 'POST', headers, body: JSON.stringify(SUBMISSION) });
    await expect(receive(request)).resolves.toEqual(refusal('signature-missing'));
  });

  it('cannot find out which partners are connected', async () => {
    const wrong = { secret: makeWebhookSecret(crypto.getRandomValues(new Uint8Array(32))) };
    const answer = await post(SUBMISSION, wrong);
    expect(answer).toEqual(refusal('signature-invalid'));
    for (const name of ['nobody', 'NOT-A-SLUG', '%00', '..%2f', 'x'.repeat(100)]) {
      const url = `${ORIGIN}/v1/focal-points/${name}/messages`;
      await expect(post(SUBMISSION, { ...wrong, url })).resolves.toEqual(answer);
      await expect(post(SUBMISSION, { url })).resolves.toEqual(answer);
    }
    const keyless = { secretsOf: async () => ({ focalPoint: FOCAL_POINT, secrets: [] }) };
    await expect(post(SUBMISSION, {}, keyless)).resolves.toEqual(answer);
  });

  it('is looked up only after its body passed the first checks, and only by a slug', async () => {
    const asked: string[] = [];
    const secretsOf = async (slug: string) => {
      asked.push(slug);
      return undefined;
    };
    await post(SUBMISSION, { url: `${ORIGIN}/v1/focal-points/..%2f..%2fetc/messages` }, { secretsOf });
    const unsigned = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' };
    await receive(new Request(MESSAGES, unsigned), { secretsOf });
    expect(asked).toEqual([]);
  });

  it('gets a fault, not a refusal, if a key of the gateway cannot be used', async () => {
    const secretsOf = async () => ({ focalPoint: FOCAL_POINT, secrets: ['whsec_short'] });
    await expect(post(SUBMISSION, {}, { secretsOf })).rejects.toThrow('configuration');
  });
});

describe('what cannot be read is refused', () => {
  it.each([
    ['not JSON', '{"to":', 'malformed-json'],
    ['empty', '', 'malformed-json'],
    ['duplicate members', '{"type":"text","type":"report"}', 'malformed-json'],
    ['nested too deep', `${'['.repeat(100)}${']'.repeat(100)}`, 'malformed-json'],
    ['not an object', '[]', 'invalid-body'],
    ['a member missing', JSON.stringify({ ...SUBMISSION, lang: undefined }), 'invalid-body'],
    ['an unknown member', JSON.stringify({ ...SUBMISSION, bcc: ['x'] }), 'invalid-body'],
    ['H3 without a note', JSON.stringify({ ...SUBMISSION, handling: 'H3' }), 'invalid-body'],
  ])('%s', async (_, text, code) => {
    await expect(post(text)).resolves.toEqual(refusal(code));
  });

  it('bytes that are not UTF-8', async () => {
    const request = await signedRequest(Uint8Array.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]));
    await expect(receive(request)).resolves.toEqual(refusal('malformed-json'));
  });

  it('without repeating what was sent', async () => {
    const told = await post({ ...SUBMISSION, urgency: 'Melati', Bagas: 'Pranowo' });
    expect(told).toEqual(refusal('invalid-body'));
    expect(JSON.stringify(told)).not.toMatch(/Melati|Bagas|Pranowo/);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'application/jsonp',
  ])('content type %s', async (type) => {
    const told = await post(SUBMISSION, { headers: { 'content-type': type } });
    expect(told).toMatchObject({ kind: 'refused', code: 'wrong-content-type', focalPoint: FOCAL_POINT });
  });

  it('another method or address', async () => {
    await expect(receive(new Request(MESSAGES))).resolves.toEqual(refusal('method-not-allowed'));
    await expect(post(SUBMISSION, { url: `${ORIGIN}/v1/focal-points/a/b/messages` })).resolves.toEqual(
      refusal('not-found'),
    );
  });

  it('a declared length over the limit, before reading', async () => {
    const read = unread();
    const headers = { 'content-length': String(LIMITS.assistedPost + 1) };
    await expect(receive(await streamed(read.stream, headers))).resolves.toEqual(refusal('too-large'));
    expect(read.pulled()).toBeLessThanOrEqual(1);
  });

  it('a body of undeclared length that grows over the limit, without reading more of it', async () => {
    const read = unread();
    await expect(receive(await streamed(read.stream))).resolves.toEqual(refusal('too-large'));
    expect(read.pulled()).toBeLessThan(LIMITS.assistedPost / CHUNK + 4);
  });

  it('a truncated body', async () => {
    const stream = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) });
    await expect(receive(await streamed(stream))).resolves.toEqual(refusal('malformed-json'));
  });
});

const CHUNK = 256 * 1024;

/** A stream without end that counts how often it was read. */
function unread() {
  let pulled = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    pulled += 1;
    controller.enqueue(new Uint8Array(CHUNK));
  };
  return { stream: new ReadableStream({ pull }), pulled: () => pulled };
}

async function streamed(body: ReadableStream, headers: Record<string, string> = {}): Promise<Request> {
  const signed = await signedRequest('{}');
  const init = {
    method: 'POST',
    headers: { ...Object.fromEntries(signed.headers), ...headers },
    body,
    duplex: 'half',
  };
  return new Request(MESSAGES, init as RequestInit);
}
