import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/carriage/adapter.ts';
import { makeMessageParcel, makeRevisionParcel } from '../../support/parcels.ts';
import { never } from '../../support/patience.ts';
import { UNHURRIED } from '../conformance.ts';
import { CHAT, failing, type TelegramRig, telegramRig } from './rig.ts';

const endpoint = { channel: 'telegram', address: String(CHAT) } as const;

let rig: TelegramRig;
beforeEach(async () => {
  rig = await telegramRig({ timeoutSeconds: UNHURRIED });
});
afterEach(async () => {
  await rig.close();
});

const send = (address: string = endpoint.address): Promise<Outcome> =>
  rig.adapter.send(makeMessageParcel({ endpoint: { ...endpoint, address } }, 'notice'), never());

describe('Telegram’s answers', () => {
  it('accepted: the reference is the message, and it can be revised', async () => {
    const outcome = await send();
    const [message] = rig.api.messagesIn(CHAT);
    expect(outcome).toEqual({
      kind: 'accepted',
      code: 'telegram-ok',
      reach: 'sent',
      revisable: true,
      reference: String(message?.message_id),
    });
  });

  const cases: [number, string, Outcome, Record<string, unknown>?][] = [
    [
      429,
      'Too Many Requests: retry after 31',
      { kind: 'deferred', code: 'rate-limited', retryAfter: 31 },
      { retry_after: 31 },
    ],
    [429, 'Too Many Requests', { kind: 'deferred', code: 'rate-limited' }],
    [403, 'Forbidden: bot was blocked by the user', { kind: 'rejected', code: 'blocked', gone: true }],
    [403, 'Forbidden: user is deactivated', { kind: 'rejected', code: 'blocked', gone: true }],
    [
      403,
      "Forbidden: bot can't initiate conversation with a user",
      { kind: 'rejected', code: 'blocked', gone: true },
    ],
    [400, 'Bad Request: chat not found', { kind: 'rejected', code: 'chat-gone', gone: true }],
    [400, 'Bad Request: PEER_ID_INVALID', { kind: 'rejected', code: 'chat-gone', gone: true }],
    [400, 'Bad Request: BUTTON_URL_INVALID', { kind: 'rejected', code: 'bad-request' }],
    [401, 'Unauthorized', { kind: 'deferred', code: 'token-refused' }],
    [404, 'Not Found', { kind: 'deferred', code: 'token-refused' }],
    [409, 'Conflict', { kind: 'deferred', code: 'unexpected' }],
    [500, 'Internal Server Error', { kind: 'deferred', code: 'server-error' }],
    [502, 'Bad Gateway', { kind: 'deferred', code: 'server-error' }],
  ];
  it.each(cases)('%i %s', async (code, description, outcome, parameters) => {
    rig.api.setFault(failing(code, description, parameters));
    expect(await send()).toEqual(outcome);
  });

  it.each(['hang', 'break'] as const)('a server that does not answer: %s', async (fault) => {
    const hasty = await telegramRig({ timeoutSeconds: 1 });
    hasty.api.setFault(() => fault);
    const parcel = makeMessageParcel({ endpoint }, 'notice');
    expect(await hasty.adapter.send(parcel, never())).toEqual({ kind: 'deferred', code: 'no-answer' });
    await hasty.close();
  });

  it.each([
    ['a page of a proxy', new Response('<h1>Bad gateway</h1>', { status: 502 })],
    ['JSON that is no answer', Response.json(null)],
    ['a redirect', new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:9/' } })],
    ['more than an answer can be', new Response('x'.repeat(300_000))],
  ])('%s is not a valid answer', async (_, response) => {
    const { adapter, close } = await telegramRig({ fetch: async () => response });
    const parcel = makeMessageParcel({ endpoint }, 'notice');
    expect(await adapter.send(parcel, never())).toEqual({ kind: 'deferred', code: 'no-answer' });
    await close();
  });

  it('a chat that never started the bot', async () => {
    expect(await send('5550099')).toEqual({ kind: 'rejected', code: 'chat-gone', gone: true });
  });

  it.each(['-1001987654321', '@channel', '', '0', '12e3', '99999999999999999'])(
    'an address that is not a private chat, "%s", is never called',
    async (address) => {
      expect(await send(address)).toEqual({ kind: 'rejected', code: 'address-invalid', gone: true });
      expect(rig.api.calls).toEqual([]);
    },
  );

  it('does not repeat a call by itself', async () => {
    rig.api.setFault(failing(429, 'Too Many Requests', { retry_after: 1 }));
    await send();
    expect(rig.api.calls).toHaveLength(1);
  });
});

describe('Telegram’s answers to a revision', () => {
  const revise = (reference: string): Promise<Outcome> =>
    rig.adapter.send(makeRevisionParcel({ endpoint, reference }), never());

  it('an unchanged text is accepted', async () => {
    await send();
    const reference = String(rig.api.messagesIn(CHAT)[0]?.message_id);
    expect(await revise(reference)).toMatchObject({ kind: 'accepted', code: 'telegram-ok', reference });
    expect(await revise(reference)).toEqual({ kind: 'accepted', code: 'not-modified', reach: 'sent' });
  });

  it('a deleted message cannot be revised, but the address is not treated as dead', async () => {
    expect(await revise('9999')).toEqual({ kind: 'rejected', code: 'not-editable' });
  });

  it('an invalid reference is not sent', async () => {
    expect(await revise('x')).toEqual({ kind: 'rejected', code: 'reference-invalid' });
    expect(rig.api.calls).toEqual([]);
  });
});
