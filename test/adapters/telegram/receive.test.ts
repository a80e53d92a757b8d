import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOfTap, readHandle, readTap } from '../../../adapters/telegram/taps.ts';
import type { Arrival } from '../../../src/domain/carriage/adapter.ts';
import { present } from '../../../src/domain/words/present.ts';
import { DECLINE_REASONS } from '../../../src/domain/words/vocabulary.ts';
import { assertProperty } from '../../support/property.ts';
import { fixture, HOOK, posted, SECRET, SECRET_HEADER, type TelegramRig, telegramRig } from './rig.ts';

const DELIVERY = '0198f0c27a4c7d10a2b3c4d5e6f70819';
const ADDRESS = '5550001';

let rig: TelegramRig;
beforeAll(async () => {
  rig = await telegramRig();
});
afterAll(async () => {
  await rig.close();
});

const received = (body: string | Uint8Array): Promise<readonly Arrival[]> =>
  rig.adapter.receive(posted(body));
const by = { via: 'account', delivery: DELIVERY, address: ADDRESS } as const;
const reply = (id: string, lang: string, handle?: string) => ({
  id,
  place: Number(id),
  address: ADDRESS,
  lang,
  ...present({ handle: handle || undefined }),
});

const ARRIVALS: readonly (readonly [string, readonly Arrival[]])[] = [
  [
    'start-with-code',
    [{ kind: 'link', code: '6JmS2n4WcV9wQ0r7Yp1xZkTtB3uLgH5e', reply: reply('700000001', 'id') }],
  ],
  ['start-bare', [{ kind: 'chatter', reply: reply('700000002', 'en') }]],
  ['start-bad-code', [{ kind: 'chatter', reply: reply('700000003', 'en') }]],
  ['text-khmer', [{ kind: 'chatter', reply: reply('700000004', 'km') }]],
  ['photo-with-caption', [{ kind: 'chatter', reply: reply('700000005', 'ms') }]],
  [
    'tap-acknowledge',
    [{ kind: 'decision', by, decision: 'accepted', reply: reply('700000006', 'id', '2383741187049830406') }],
  ],
  [
    'tap-decline',
    [{ kind: 'ground-wanted', delivery: DELIVERY, reply: reply('700000007', 'id', '2383741187049830407') }],
  ],
  [
    'tap-ground',
    [
      {
        kind: 'decision',
        by,
        decision: 'declined',
        ground: 'not-our-national',
        reply: reply('700000008', 'id', '2383741187049830408'),
      },
    ],
  ],
  [
    'tap-back',
    [{ kind: 'chatter', reply: reply('700000009', 'id', `2383741187049830409:1002:${DELIVERY}`) }],
  ],
  [
    'tap-acknowledge-old-message',
    [{ kind: 'decision', by, decision: 'accepted', reply: reply('700000010', 'id', '2383741187049830410') }],
  ],
  ['tap-unknown-data', [{ kind: 'chatter', reply: reply('700000011', 'id', '2383741187049830411') }]],
  ['tap-unknown-ground', [{ kind: 'chatter', reply: reply('700000012', 'id', '2383741187049830412') }]],
  ['group-start', []],
  ['group-tap', []],
  ['tap-by-another-account', []],
  ['tap-inline-message', []],
  ['edited-message', []],
  ['bot-blocked', []],
  ['text-from-a-bot', []],
];

describe('updates', () => {
  it.each(ARRIVALS)('%s', async (name, expected) => {
    expect(await received(fixture(name))).toEqual(expected);
  });

  it.each(ARRIVALS.map(([name]) => name))('%s keeps no text and no name of a person', async (name) => {
    const arrivals = JSON.stringify(await received(fixture(name)));
    for (const personal of [
      'Wira',
      'Rekaan',
      'rekaan',
      'Sinta',
      'សួស្តី',
      'Kes baharu',
      'ganti',
      'drop',
      'Tim',
    ]) {
      expect(arrivals).not.toContain(personal);
    }
  });

  it('accepts a long Khmer text that answers another text', async () => {
    const text = '\\u1781'.repeat(4096);
    const from = `"from":{"id":${ADDRESS},"is_bot":false,"first_name":"x","language_code":"km"},"chat":{"id":${ADDRESS},"type":"private"}`;
    const answered = `"reply_to_message":{"message_id":1,${from},"text":"${text}"}`;
    const arrivals = await received(
      `{"update_id":9,"message":{"message_id":2,${from},${answered},"text":"${text}"}}`,
    );
    expect(arrivals).toEqual([{ kind: 'chatter', reply: reply('9', 'km') }]);
  });
});

describe('callers that are not Telegram', () => {
  const refusedWith = (code: string) => [expect.objectContaining({ kind: 'refused', code })];

  it.each([
    ['no secret token', {}],
    ['an empty one', { [SECRET_HEADER]: '' }],
    ['a wrong one', { [SECRET_HEADER]: 'wrong' }],
    ['one that only begins right', { [SECRET_HEADER]: SECRET.slice(0, -1) }],
    ['two of them', { [SECRET_HEADER]: `${SECRET}, ${SECRET}` }],
  ] as [string, Record<string, string>][])('%s', async (_, headers) => {
    const arrivals = await rig.adapter.receive(posted(fixture('tap-acknowledge'), headers));
    expect(arrivals).toEqual(refusedWith('signature-invalid'));
  });

  it('are refused before a byte of the body is read', async () => {
    const body = new ReadableStream(
      { pull: () => Promise.reject(new Error('was read')) },
      { highWaterMark: 0 },
    );
    const request = new Request(HOOK, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(await rig.adapter.receive(request)).toEqual(refusedWith('signature-invalid'));
    expect(request.bodyUsed).toBe(false);
  });

  it.each([
    ['no JSON', '{"update_id":', 'malformed-json'],
    ['no text', new Uint8Array([0x7b, 0xff, 0xfe]), 'malformed-json'],
    ['nothing', '', 'malformed-json'],
    ['no update', '{"message":{}}', 'invalid-body'],
    ['null', 'null', 'invalid-body'],
    ['a list', '[1]', 'invalid-body'],
    ['an update id that is none', '{"update_id":"1"}', 'invalid-body'],
  ])('refuses %s', async (_, body, code) => {
    expect(await received(body)).toEqual(refusedWith(code));
  });

  it('stops reading an endless body', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(16_384).fill(0x20));
      },
    });
    const headers = { [SECRET_HEADER]: SECRET };
    const request = new Request(HOOK, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
    expect(await rig.adapter.receive(request)).toEqual(refusedWith('too-large'));
    expect(pulled).toBeLessThan(25);
  });

  it('refuses a truncated body', async () => {
    const body = new ReadableStream({ pull: () => Promise.reject(new Error('gone')) });
    const headers = { [SECRET_HEADER]: SECRET };
    const request = new Request(HOOK, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
    expect(await rig.adapter.receive(request)).toEqual(refusedWith('malformed-json'));
  });

  it('gives only complete arrivals, whatever the members of an update are', async () => {
    const genuine = JSON.parse(fixture('tap-ground')) as { callback_query: Record<string, unknown> };
    const part = fc.constantFrom('id', 'from', 'message', 'data', 'chat_instance');
    await assertProperty(
      fc.asyncProperty(part, fc.jsonValue(), async (name, value) => {
        const update = { ...genuine, callback_query: { ...genuine.callback_query, [name]: value } };
        for (const arrival of await received(JSON.stringify(update))) {
          expect(['decision', 'ground-wanted', 'chatter']).toContain(arrival.kind);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('taps', () => {
  const every = fc.oneof(
    fc.record({
      act: fc.constantFrom('acknowledge', 'decline', 'back'),
      delivery: fc.stringMatching(/^[0-9a-f]{32}$/),
    }),
    fc.record({
      act: fc.constant('ground' as const),
      delivery: fc.stringMatching(/^[0-9A-Za-z-]{40}$/),
      ground: fc.constantFrom(...DECLINE_REASONS),
    }),
  );

  it('are read back as written, within 64 bytes', () => {
    assertProperty(
      fc.property(every, (tap) => {
        const data = dataOfTap(tap as Parameters<typeof dataOfTap>[0]);
        expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
        expect(readTap(data)).toEqual(tap);
      }),
    );
  });

  it.each([
    '',
    'a',
    'a:',
    'x:1',
    `a:${DELIVERY}:other`,
    `g:${DELIVERY}`,
    `g:${DELIVERY}:`,
    'a:../..',
    ' a:1',
  ])('does not accept "%s"', (data) => {
    expect(readTap(data)).toBeUndefined();
  });

  it('reads a bare handle as a query', () => {
    expect(readHandle('123')).toEqual({ query: '123' });
  });
});
