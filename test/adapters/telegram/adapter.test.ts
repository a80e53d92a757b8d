import { describe, expect, it } from 'vitest';
import { createTelegramAdapter } from '../../../adapters/telegram/adapter.ts';
import { registerWebhook } from '../../../adapters/telegram/bot.ts';
import { Refusal } from '../../../src/domain/words/error.ts';
import { BODY_LIMITS, createBodies } from '../../../src/domain/words/held-body.ts';
import { CONTENT_ONLY, makeEvidenceParcel, makeMessageParcel } from '../../support/parcels.ts';
import { adapterConformance, type PeerMode, UNHURRIED } from '../conformance.ts';
import {
  CHAT,
  expectDescribed,
  failing,
  fixture,
  HOOK,
  posted,
  SECRET,
  TOKEN,
  telegramRig,
  words,
} from './rig.ts';

const FAULTS: Readonly<Record<PeerMode, ReturnType<typeof failing> | undefined>> = {
  accept: undefined,
  defer: failing(429, 'Too Many Requests: retry after 7', { retry_after: 7 }),
  reject: failing(400, 'Bad Request: chat not found'),
  hang: () => 'hang',
  break: () => 'break',
};

adapterConformance('telegram', 'takes arrivals', async () => {
  const { adapter, api, close } = await telegramRig({ timeoutSeconds: UNHURRIED });
  const endpoint = { channel: 'telegram', address: String(CHAT) } as const;
  return {
    adapter,
    message: () => makeMessageParcel({ endpoint }, 'packet'),
    evidence: () => makeEvidenceParcel({ endpoint }),
    peer: (mode) => api.setFault(FAULTS[mode]),
    taken: () => api.messagesIn(CHAT).length,
    genuine: () => posted(fixture('tap-acknowledge')),
    forged: () => posted(fixture('tap-acknowledge'), { 'x-telegram-bot-api-secret-token': `${SECRET}x` }),
    oversized: () => posted(`{"update_id":1,"message":{"text":"${'x'.repeat(300_000)}"}}`),
    forbidden: [...CONTENT_ONLY, TOKEN, SECRET],
    close,
  };
});

describe('the telegram channel does not start with incomplete settings', () => {
  const whole = {
    token: TOKEN,
    secretToken: SECRET,
    fetch,
    translate: words,
    bodies: createBodies(BODY_LIMITS),
  };
  const cases: [string, Partial<typeof whole>, string][] = [
    ['no token', { token: '' }, 'token'],
    ['a token that is none', { token: 'secret/../x' }, 'token'],
    ['no secret token', { secretToken: '' }, 'secretToken'],
    ['a secret token with a space', { secretToken: 'a b' }, 'secretToken'],
    ['a secret token that is too long', { secretToken: 'x'.repeat(257) }, 'secretToken'],
  ];
  it.each(cases)('%s', (_, change, named) => {
    expect(() => createTelegramAdapter({ ...whole, ...change })).toThrowError(
      expect.objectContaining({ code: 'channel-secret-missing', detail: expect.stringContaining(named) }),
    );
  });

  it('treats both secrets as missing if they are not in the environment', () => {
    const absent = { fetch, translate: words } as unknown as typeof whole;
    expect(() => createTelegramAdapter(absent)).toThrowError(Refusal);
  });
});

describe('registering the webhook', () => {
  it('gives Telegram the address and the secret token, and reads the bot’s name', async () => {
    const { api, options, close } = await telegramRig();
    expect(await registerWebhook(options, HOOK)).toBe('amanat_demo_bot');
    expect(api.calls.at(-1)).toEqual({
      method: 'setWebhook',
      parameters: {
        url: HOOK,
        secret_token: SECRET,
        allowed_updates: ['message', 'callback_query', 'my_chat_member'],
      },
    });
    expectDescribed(api);
    await close();
  });

  it.each([
    ['a revoked token', failing(401, 'Unauthorized'), 'refuses the token'],
    [
      'a webhook address it does not take',
      failing(400, 'Bad Request: bad webhook'),
      'refuses the webhook address',
    ],
    ['a server that does not answer', () => 'break' as const, 'does not answer'],
  ])('names the fault for %s', async (_, fault, said) => {
    const { api, options, close } = await telegramRig();
    api.setFault(fault);
    await expect(registerWebhook(options, HOOK)).rejects.toThrowError(
      expect.objectContaining({ code: 'configuration', detail: expect.stringContaining(said) }),
    );
    await close();
  });
});
