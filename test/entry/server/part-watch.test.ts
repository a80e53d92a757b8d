/** A served gateway checks repeatedly the systems that it needs: real servers, real answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { listLooks, watchParts } from '../../../src/entry/server/part-watch.ts';
import { createPartsBoard } from '../../../src/parts.ts';
import { certificates } from '../../adapters/email/rig.ts';
import { valuesOfMail } from '../../support/mail-house.ts';
import { startBotApi } from '../../support/outside/bot-api.ts';
import { startMailServer } from '../../support/outside/mail-server.ts';
import { WAIT } from '../../support/patience.ts';
import type { LogLine } from '../../support/rig.ts';

const URL_OF = 'http://127.0.0.1:8080';
const TOKEN = '4712:invented-token';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function board() {
  const lines: LogLine[] = [];
  const note = (event: string, fields: object = {}) => lines.push({ event, fields: { ...fields } });
  const log = { info: note, warn: note, error: note };
  const stop = new AbortController();
  ends.push(() => stop.abort());
  return { parts: createPartsBoard(log), log, lines, stop: stop.signal };
}

function homeWith(values: Readonly<Record<string, string>>) {
  const path = mkdtempSync(join(tmpdir(), 'amanat-'));
  ends.push(() => rmSync(path, { recursive: true }));
  return { path, values: { AMANAT_URL: URL_OF, ...values } };
}

async function watched(values: Readonly<Record<string, string>>, channel: 'telegram' | 'email') {
  const at = board();
  const adapters = { has: (one: string) => one === channel } as never;
  const looks = listLooks(homeWith(values), { url: URL_OF, adapters });
  const found = await watchParts(looks, at, at.stop, { later: 20, soon: 20 });
  return { ...at, found };
}

const botValues = (root: string) => ({
  AMANAT_CHANNELS: 'webhook,telegram',
  AMANAT_TELEGRAM_API: root,
  AMANAT_TELEGRAM_TOKEN: TOKEN,
  AMANAT_TELEGRAM_SECRET: 'invented-secret',
});

test('a Bot API that does not answer at the start gets the webhook address as soon as it does', async () => {
  const bot = await startBotApi({ token: TOKEN });
  ends.push(() => bot.close());
  bot.setFault(() => ({ status: 502, error_code: 502, description: 'Bad Gateway' }));
  const { parts, lines, found } = await watched(botValues(bot.root), 'telegram');
  expect(parts.failing()).toEqual(['telegram']);
  expect(found).toEqual([
    { detail: 'telegram: the Bot API cannot serve us now', todo: expect.stringContaining('TOKEN') },
  ]);
  expect(lines).toContainEqual({
    event: 'part.not-working',
    fields: { part: 'telegram', detail: found[0]?.detail, todo: found[0]?.todo },
  });
  expect(JSON.stringify(lines)).not.toContain('invented');
  bot.setFault();
  await vi.waitFor(() => expect(parts.failing()).toEqual([]), WAIT);
  expect(bot.calls.findLast(({ method }) => method === 'setWebhook')?.parameters).toMatchObject({
    url: `${URL_OF}/channels/telegram`,
  });
  expect(lines.at(-1)).toMatchObject({ event: 'part.works-again', fields: { part: 'telegram' } });
});

test('a token that the Bot API does not know, and a bot that another program took, are named', async () => {
  const bot = await startBotApi({ token: TOKEN });
  ends.push(() => bot.close());
  const stranger = await watched(
    { ...botValues(bot.root), AMANAT_TELEGRAM_TOKEN: '4713:invented-other' },
    'telegram',
  );
  expect([stranger.parts.failing(), stranger.found[0]?.detail]).toEqual([
    ['telegram'],
    'telegram: the Bot API refuses the token',
  ]);
  const { parts, lines } = await watched(botValues(bot.root), 'telegram');
  expect(parts.failing()).toEqual([]);
  const other = 'http://127.0.0.1:8081';
  const taken = listLooks(homeWith(botValues(bot.root)), {
    url: other,
    adapters: { has: () => true } as never,
  });
  await taken.find(({ part }) => part === 'telegram')?.look();
  await vi.waitFor(() => expect(parts.failing()).toEqual(['telegram']), WAIT);
  expect(lines.at(-1)?.fields).toMatchObject({ detail: expect.stringContaining('another address') });
  // It is not taken back: the two would take it from each other for ever.
  const asked = bot.calls.filter(({ method }) => method === 'getWebhookInfo').length;
  await vi.waitFor(
    () =>
      expect(bot.calls.filter(({ method }) => method === 'getWebhookInfo').length).toBeGreaterThan(asked + 1),
    WAIT,
  );
  expect(bot.calls.findLast(({ method }) => method === 'setWebhook')?.parameters).toMatchObject({
    url: `${other}/channels/telegram`,
  });
});

test('a mail server that refuses our TLS is named, and works again once its authority is trusted', async () => {
  const [mail, known] = await Promise.all([startMailServer(), certificates()]);
  ends.push(() => mail.close());
  const good = { AMANAT_CHANNELS: 'email', ...valuesOfMail(mail, known) };
  const values = {
    ...good,
    AMANAT_SMTP_URL: `smtp://invented:hunter2@127.0.0.1:${mail.port}`,
    AMANAT_SMTP_CA: known.authority.certificate,
  };
  const { parts, found, lines } = await watched(values, 'email');
  expect(parts.failing()).toEqual(['email']);
  expect(found[0]).toMatchObject({
    detail: 'the relay does not accept the connection: tls',
    todo: expect.stringContaining('AMANAT_SMTP_CA'),
  });
  expect(JSON.stringify(lines)).not.toContain('hunter2');
  const trusted = await watched(good, 'email');
  expect([trusted.parts.failing(), trusted.found]).toEqual([[], []]);
});
