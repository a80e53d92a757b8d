import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import {
  makeWebhookKeyPair,
  makeWebhookSecret,
  readWebhookSigner,
  readWebhookVerifier,
  signWebhook,
  verifyWebhook,
  type WebhookHeaders,
} from '../../src/seal/webhook-signature.ts';
import { assertProperty } from '../support/property.ts';
import { findVectors } from '../support/vectors.ts';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const seconds = Math.floor(Date.now() / 1_000);
const now = new Date(seconds * 1_000);
const body = '{"test": 2432232314}';

const sign = async (secrets: string[], call = { id: 'msg_1', timestamp: seconds, body }) =>
  signWebhook(await Promise.all(secrets.map(readWebhookSigner)), call);

const verify = async (
  secrets: string[],
  headers: WebhookHeaders,
  bytes: Uint8Array | string = body,
  at = now,
) => verifyWebhook(await Promise.all(secrets.map(readWebhookVerifier)), new Headers(headers), bytes, at);

const refusedAs = (code: string) => expect.objectContaining({ name: 'Refusal', code });

describe('against the published implementation and vector', () => {
  const folder = findVectors('standard-webhooks');
  it.skipIf(folder === undefined)('signs and verifies the published vector', async () => {
    const vector = JSON.parse(readFileSync(join(folder ?? '', 'vector.json'), 'utf8'));
    const headers = await sign([vector.secret], {
      id: vector.id,
      timestamp: vector.timestamp,
      body: vector.payload,
    });
    expect(headers['webhook-signature']).toBe(vector.signature);
    const at = new Date(vector.timestamp * 1_000);
    await expect(verify([vector.secret], headers, vector.payload, at)).resolves.toEqual({
      id: vector.id,
      verifier: 0,
    });
    const unspaced = vector.payload.replace(' ', '');
    await expect(verify([vector.secret], headers, unspaced, at)).rejects.toEqual(
      refusedAs('signature-invalid'),
    );
  });

  it('signs what the npm package accepts, and accepts what it signs', async () => {
    await assertProperty(
      fc.asyncProperty(fc.integer({ min: 24, max: 64 }), fc.json(), async (length, text) => {
        const secret = makeWebhookSecret(random(length));
        const ours = await sign([makeWebhookSecret(random(32)), secret], {
          id: 'm-1',
          timestamp: seconds,
          body: text,
        });
        expect(() => new Webhook(secret).verify(text, ours)).not.toThrow();
        const theirs = { ...ours, 'webhook-signature': new Webhook(secret).sign('m-1', now, text) };
        await expect(verify([secret], theirs, text)).resolves.toEqual({ id: 'm-1', verifier: 0 });
      }),
      { numRuns: 30 },
    );
  });
});

describe('v1a', () => {
  it('verifies only with the public key', async () => {
    const [pair, other] = [await makeWebhookKeyPair(random(32)), await makeWebhookKeyPair(random(32))];
    const headers = await sign([pair.secret]);
    expect(headers['webhook-signature']).toMatch(/^v1a,/);
    await expect(verify([pair.public], headers)).resolves.toEqual({ id: 'msg_1', verifier: 0 });
    await expect(verify([other.public], headers)).rejects.toEqual(refusedAs('signature-invalid'));
  });

  it('derives the key pair of RFC 8032 §7.1 test 2, and reads a private key followed by its public key', async () => {
    const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
    const point = Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex');
    const pair = await makeWebhookKeyPair(seed);
    expect(pair.public).toBe(`whpk_${point.toString('base64')}`);
    const long = `whsk_${Buffer.concat([seed, point]).toString('base64')}`;
    await expect(verify([pair.public], await sign([long]))).resolves.toEqual({ id: 'msg_1', verifier: 0 });
  });

  it('does not accept a v1a signature as v1, or the reverse', async () => {
    const pair = await makeWebhookKeyPair(random(32));
    const secret = makeWebhookSecret(random(32));
    const relabelled = (headers: WebhookHeaders, from: string, to: string) => ({
      ...headers,
      'webhook-signature': headers['webhook-signature'].replace(from, to),
    });
    await expect(verify([secret], relabelled(await sign([pair.secret]), 'v1a,', 'v1,'))).rejects.toThrow(
      'signature-invalid',
    );
    await expect(verify([pair.public], relabelled(await sign([secret]), 'v1,', 'v1a,'))).rejects.toThrow(
      'signature-invalid',
    );
    await expect(verify([secret], relabelled(await sign([secret]), 'v1,', 'v2,'))).rejects.toThrow(
      'signature-invalid',
    );
    // The public key is public: as an HMAC secret it proves nothing.
    const confused = await sign([pair.public.replace('whpk_', 'whsec_')]);
    await expect(verify([pair.public], confused)).rejects.toThrow('signature-invalid');
  });
});

describe('rotation', () => {
  it('accepts any one of its current keys and signs with all of them', async () => {
    const [before, after] = [makeWebhookSecret(random(24)), makeWebhookSecret(random(64))];
    const pair = await makeWebhookKeyPair(random(32));
    const headers = await sign([before, after, pair.secret]);
    for (const one of [before, after, pair.public])
      await expect(verify([one], headers)).resolves.toBeTruthy();
    await expect(verify([before, after], await sign([after]))).resolves.toBeTruthy();
    await expect(verify([after], await sign([before]))).rejects.toEqual(refusedAs('signature-invalid'));
  });

  it('ignores versions that it does not know', async () => {
    const secret = makeWebhookSecret(random(32));
    const headers = await sign([secret]);
    const mixed = { ...headers, 'webhook-signature': `v2,AAAA nonsense ${headers['webhook-signature']}` };
    await expect(verify([secret], mixed)).resolves.toBeTruthy();
  });
});

describe('refuses', () => {
  const secret = makeWebhookSecret(random(32));

  it('everything if it has no key', async () => {
    await expect(verify([], await sign([secret]))).rejects.toEqual(refusedAs('signature-invalid'));
    await expect(sign([])).rejects.toEqual(refusedAs('configuration'));
  });

  it('any changed byte, id or timestamp', async () => {
    const headers = await sign([secret]);
    for (let at = 0; at < body.length; at += 1) {
      const bytes = new TextEncoder().encode(body);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await expect(verify([secret], headers, bytes)).rejects.toEqual(refusedAs('signature-invalid'));
    }
    await expect(verify([secret], { ...headers, 'webhook-id': 'msg_2' })).rejects.toThrow(
      'signature-invalid',
    );
    const later = { ...headers, 'webhook-timestamp': String(seconds + 1) };
    await expect(verify([secret], later)).rejects.toThrow('signature-invalid');
  });

  it('a timestamp more than five minutes off, either way', async () => {
    const headers = await sign([secret]);
    for (const off of [-300, 300]) {
      await expect(verify([secret], headers, body, new Date((seconds + off) * 1_000))).resolves.toBeTruthy();
    }
    for (const off of [-301, 301, 86_400]) {
      const at = new Date((seconds + off) * 1_000);
      await expect(verify([secret], headers, body, at)).rejects.toEqual(refusedAs('timestamp-out-of-range'));
    }
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const)(
    'a call without %s',
    async (name) => {
      const { [name]: _, ...rest } = await sign([secret]);
      const verifiers = [await readWebhookVerifier(secret)];
      const headers = new Headers(rest as Record<string, string>);
      await expect(verifyWebhook(verifiers, headers, body, now)).rejects.toEqual(
        refusedAs('signature-missing'),
      );
    },
  );

  it.each([
    ['webhook-id', 'a.b'],
    ['webhook-id', 'a b'],
    ['webhook-id', 'x'.repeat(257)],
    ['webhook-timestamp', `${seconds}.5`],
    ['webhook-timestamp', `0x${seconds.toString(16)}`],
    ['webhook-timestamp', `+${seconds}`],
    ['webhook-timestamp', '9'.repeat(400)],
    ['webhook-signature', 'v1,'],
    ['webhook-signature', 'v1'],
    ['webhook-signature', 'v1,****'],
    ['webhook-signature', Array.from({ length: 9 }, () => 'v1,AAAA').join(' ')],
    ['webhook-signature', `v1,${'A'.repeat(1_200)}`],
  ])('a %s it cannot trust (%#)', async (name, value) => {
    const headers = { ...(await sign([secret])), [name]: value };
    await expect(verify([secret], headers)).rejects.toEqual(refusedAs('signature-invalid'));
  });

  it('an id with a full stop, which would move the border between id and timestamp', async () => {
    const key = await readWebhookSigner(secret);
    await expect(signWebhook([key], { id: 'a.1', timestamp: seconds, body })).rejects.toThrow(
      'configuration',
    );
    await expect(signWebhook([key], { id: 'a', timestamp: seconds + 0.5, body })).rejects.toThrow(
      'configuration',
    );
  });

  it.each([
    '',
    'whsec_',
    'whsec_****',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    `whsec_${btoa('x'.repeat(23))}`,
    `whsec_${btoa('x'.repeat(65))}`,
    `whsk_${btoa('x'.repeat(31))}`,
    `whpk_${btoa('x'.repeat(33))}`,
    `other_${btoa('x'.repeat(32))}`,
  ])('the unusable key %#, without repeating it', async (text) => {
    for (const parse of [readWebhookSigner, readWebhookVerifier]) {
      const error: unknown = await parse(text).catch((reason: unknown) => reason);
      expect(error).toEqual(refusedAs('configuration'));
      if (text.length > 6) expect(String(error)).not.toContain(text.slice(6));
    }
  });

  it('one key in place of another that was read before', async () => {
    const [first, second] = [makeWebhookSecret(random(32)), makeWebhookSecret(random(32))];
    const call = { id: 'a', timestamp: seconds, body };
    const sign = async (key: string) => signWebhook([await readWebhookSigner(key)], call);
    const before = await sign(first);
    expect(await sign(second)).not.toEqual(before);
    expect(await sign(first)).toEqual(before);
    await expect(verify([second], before)).rejects.toEqual(refusedAs('signature-invalid'));
  });

  it('a private key for verifying and a public key for signing', async () => {
    const pair = await makeWebhookKeyPair(random(32));
    await expect(readWebhookVerifier(pair.secret)).rejects.toThrow('configuration');
    await expect(readWebhookSigner(pair.public)).rejects.toThrow('configuration');
    expect(() => makeWebhookSecret(random(23))).toThrow('configuration');
  });
});
