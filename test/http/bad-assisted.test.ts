/**
 * Bad input by the assisted route: each fault has its own code, a helpful sentence, and a signature if the sender is
 * known.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/domain/message/message.ts';
import type { ProblemCode } from '../../src/domain/words/error.ts';
import { addPartnerSecret } from '../../src/entry/enrolling/enrol.ts';
import { makeWebhookSecret, readWebhookSigner, signWebhook } from '../../src/seal/webhook-signature.ts';
import { addHook } from '../support/confirmed.ts';
import { designateOwnCustody } from '../support/own-custody.ts';
import { expectRefusal, MARKERS } from '../support/refusals.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';

let house: Rig;
let shelter: RigPartner;
let sender: string;

const officers = [{ id: 'o1', name: `${MARKERS} Officer`, role: 'officer', lang: 'en' }] as const;

const good = {
  to: ['desk'],
  type: 'text',
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  body: { text: `${MARKERS} text` },
};

beforeAll(async () => {
  house = await makeRig();
  const draft = { name: 'Invented', country: 'KH', officers, days: 800 };
  shelter = await house.partner({ ...draft, slug: 'shelter' });
  sender = shelter.designation.focal_point;
  const focalPoint = await house.designate({ ...draft, slug: 'desk', country: 'ID' });
  await house.designate({ ...draft, slug: 'mute' });
  await house.designate({ ...draft, slug: 'short', days: 1 });
  await addHook(house.gateway, focalPoint.focal_point);
});

afterAll(() => house?.close());

/** The path and headers of a call that is signed as it should be. */
async function call(slug: string, secret: string, body: string, more: Record<string, string> = {}) {
  const timestamp = Math.floor(house.gateway.now().getTime() / 1_000);
  const signed = await signWebhook([await readWebhookSigner(secret)], {
    id: house.gateway.newId(),
    timestamp,
    body,
  });
  return house.app.request(`${GATEWAY_URL}/v1/focal-points/${slug}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed, ...more },
    body,
  });
}

const somebodys = () => makeWebhookSecret(crypto.getRandomValues(new Uint8Array(32)));
const text = JSON.stringify(good);

describe('an unknown sender: nothing is signed, nothing is kept', () => {
  test.each<[string, ProblemCode, () => Promise<Response>]>([
    [
      'a content type that is not JSON',
      'wrong-content-type',
      async () =>
        house.app.request(`${GATEWAY_URL}/v1/focal-points/shelter/messages`, {
          method: 'POST',
          headers: { 'content-type': 'text/plain' },
          body: text,
        }),
    ],
    ['a signature by another key', 'signature-invalid', () => call('shelter', somebodys(), text)],
    ['an unknown focal point', 'signature-invalid', () => call(MARKERS, somebodys(), text)],
    ['a focal point that is no slug', 'signature-invalid', () => call(`..%00${MARKERS}`, somebodys(), text)],
    [
      'bytes changed after signing',
      'signature-invalid',
      () => call('shelter', shelter.secret, text, { 'webhook-signature': `v1,${'A'.repeat(43)}=` }),
    ],
    [
      'no signature at all',
      'signature-missing',
      async () =>
        house.app.request(`${GATEWAY_URL}/v1/focal-points/shelter/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: text,
        }),
    ],
    [
      'a timestamp of six minutes ago',
      'timestamp-out-of-range',
      () => shelter.post('messages', good, { at: new Date(Date.now() - 360_000) }),
    ],
    [
      'a timestamp six minutes ahead',
      'timestamp-out-of-range',
      () => shelter.post('messages', good, { at: new Date(Date.now() + 360_000) }),
    ],
    [
      'another method',
      'method-not-allowed',
      async () => house.app.request(`${GATEWAY_URL}/v1/focal-points/shelter/messages`),
    ],
    [
      'an address that is not there',
      'not-found',
      async () => house.app.request(`${GATEWAY_URL}/v1/${MARKERS}`, { method: 'POST', body: MARKERS }),
    ],
  ])('%s: %s', async (_name, code, send) => {
    await expectRefusal(house, send, { code });
  });

  test('a declared size over the limit is refused before a byte is read', async () => {
    let read = false;
    const body = new ReadableStream(
      {
        pull(stream) {
          read = true;
          stream.enqueue(new Uint8Array(1_024));
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-type': 'application/json', 'content-length': String(LIMITS.assistedPost + 1) };
    const init = { method: 'POST', headers, body, duplex: 'half' } as const;
    const url = `${GATEWAY_URL}/v1/focal-points/shelter/messages`;
    await expectRefusal(house, () => house.app.request(new Request(url, init)), { code: 'too-large' });
    expect(read).toBe(false);
  });

  test('an undeclared size is refused once it has grown too large', async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(0x20);
    let sent = 0;
    const body = new ReadableStream({
      pull(stream) {
        sent += chunk.length;
        stream.enqueue(chunk);
      },
    });
    const timestamp = Math.floor(Date.now() / 1_000);
    const signed = await signWebhook([await readWebhookSigner(somebodys())], {
      id: 'x',
      timestamp,
      body: '',
    });
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed },
      body,
      duplex: 'half',
    } as const;
    const url = `${GATEWAY_URL}/v1/focal-points/shelter/messages`;
    await expectRefusal(house, () => house.app.request(new Request(url, init)), { code: 'too-large' });
    expect(sent).toBeLessThan(LIMITS.assistedPost + 4 * chunk.length);
  });
});

describe('a known sender: the refusal is signed, and nothing else is kept', () => {
  const over = (change: object): unknown => ({ ...good, ...change });
  test.each<[string, ProblemCode, unknown]>([
    ['broken JSON', 'malformed-json', `{"to": ["${MARKERS}"`],
    ['not UTF-8 as it claims', 'malformed-json', '\uFEFF{}'],
    ['a member twice', 'malformed-json', `{"to":["desk"],"to":["${MARKERS}"]}`],
    ['nesting without end', 'malformed-json', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    [
      'text that is no Unicode',
      'malformed-json',
      JSON.stringify(over({ body: { text: `${MARKERS}\ud800b` } })),
    ],
    ['a control character in text', 'invalid-body', over({ body: { text: `${MARKERS}\u001B[2J` } })],
    [
      'a file name that is no Unicode',
      'malformed-json',
      over({ attachments: [{ filename: `${MARKERS}\udc00.pdf`, media_type: 'text/plain', base64: '' }] }),
    ],
    [
      'a person’s name that turns direction',
      'invalid-body',
      over({
        type: 'tip',
        body: {
          where: { country: 'KH', name: 'Phnom Penh' },
          happened: MARKERS,
          persons: [{ ref: 'p1', prs_FirstName: `${MARKERS}\u202E` }],
        },
      }),
    ],
    [
      'a file that can run',
      'attachment-refused',
      over({ attachments: [{ filename: `${MARKERS}.docm`, media_type: 'application/x', base64: '' }] }),
    ],
    ['no JSON object', 'invalid-body', '[]'],
    ['a member that is not known', 'invalid-body', over({ [MARKERS]: MARKERS })],
    [
      'a member of the body that a language has for its own',
      'invalid-body',
      JSON.stringify(good).replace('"text":', `"__proto__":{"text":"${MARKERS}"},"text":`),
    ],
    ['a text of nothing that is seen', 'invalid-body', over({ body: { text: '\u200B\u2060\u3164' } })],
    ['a prototype for a body', 'invalid-body', '{"__proto__":{"to":["desk"]}}'],
    ['no recipient', 'invalid-body', over({ to: [] })],
    ['a recipient that cannot be one', 'invalid-body', over({ to: [`${MARKERS}/../..`] })],
    ['an unknown urgency', 'invalid-body', over({ urgency: MARKERS })],
    ['an unknown type', 'unknown-type', over({ type: MARKERS })],
    ['a body that fails its type’s schema', 'invalid-body', over({ body: { text: MARKERS, [MARKERS]: 1 } })],
    ['a body of another type', 'invalid-body', over({ type: 'report' })],
    ['a body over its limit', 'too-large', over({ body: { text: MARKERS.repeat(30_000) } })],
    ['an unknown recipient', 'unknown-recipient', over({ to: [MARKERS] })],
    ['itself as recipient', 'misaddressed', over({ to: ['shelter'] })],
    ['a recipient twice', 'misaddressed', over({ to: ['desk', 'did:web:gateway.test:fp:desk'] })],
    ['one good recipient and one that is unknown', 'unknown-recipient', over({ to: ['desk', MARKERS] })],
    ['an expiry that has passed', 'expired', over({ expires_time: 1_000_000_000 })],
    [
      'an expiry beyond ninety days',
      'expired',
      over({ expires_time: Math.floor(Date.now() / 1_000) + 91 * 86_400 }),
    ],
    ['a reply to nothing', 'nothing-to-answer', over({ type: 'reply', body: { answer: MARKERS } })],
    [
      'a reply in a thread nobody knows',
      'unknown-thread',
      over({ type: 'reply', body: { answer: MARKERS }, thid: '0'.repeat(32) }),
    ],
    [
      'a file name that is a path',
      'invalid-body',
      over({ attachments: [{ filename: `../${MARKERS}`, media_type: 'text/plain', base64: '' }] }),
    ],
    [
      'attachments over ten MiB',
      'too-large',
      over({
        attachments: [
          {
            filename: 'a.bin',
            media_type: 'application/x',
            base64: Buffer.alloc(LIMITS.attachments + 3).toString('base64'),
          },
        ],
      }),
    ],
  ])('%s: %s', async (_name, code, body) => {
    await expectRefusal(house, () => shelter.post('messages', body), { code, signedTo: sender });
  });

  test('a content type that is not JSON: wrong-content-type', async () => {
    const typed = () => shelter.post('messages', good, { headers: { 'content-type': 'text/plain' } });
    await expectRefusal(house, typed, { code: 'wrong-content-type', signedTo: sender });
  });

  test('a body that is compressed: wrong-content-type', async () => {
    const packed = () => call('shelter', shelter.secret, text, { 'content-encoding': 'gzip' });
    const { detail } = await expectRefusal(house, packed, { code: 'wrong-content-type', signedTo: sender });
    expect(detail).toContain('without content-encoding');
  });

  test('a focal point with its own keys cannot have the gateway sign: wrong-custody', async () => {
    const police = await designateOwnCustody(house, {
      slug: 'police',
      country: 'KH',
      officers: [...officers],
    });
    const secret = await addPartnerSecret(house.gateway, police.designation.focal_point);
    const signedTo = police.designation.focal_point;
    await expectRefusal(house, () => call('police', secret, text), { code: 'wrong-custody', signedTo });
  });
});

describe('with time', () => {
  test('designations and agreements end', async () => {
    house.pass(2 * 86_400);
    const late = () => shelter.post('messages', { ...good, to: ['short'] });
    await expectRefusal(house, late, { code: 'designation-ended', signedTo: sender });
    house.pass(400 * 86_400);
    await expectRefusal(house, () => shelter.post('messages', good), {
      code: 'not-covered',
      signedTo: sender,
    });
    house.pass(500 * 86_400);
    await expectRefusal(house, () => shelter.post('messages', good), {
      code: 'designation-ended',
      signedTo: sender,
    });
  });
});
