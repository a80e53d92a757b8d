/** A Telegram adapter against the local Bot API, with an officer who has started the bot. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createTelegramAdapter } from '../../../adapters/telegram/adapter.ts';
import type { BotOptions } from '../../../adapters/telegram/bot.ts';
import type { Adapter } from '../../../src/domain/carriage/adapter.ts';
import { BODY_LIMITS, createBodies } from '../../../src/domain/words/held-body.ts';
import type { Phrases } from '../../../src/domain/words/phrases.ts';
import { present } from '../../../src/domain/words/present.ts';
import { LANGUAGES } from '../../../src/domain/words/vocabulary.ts';
import { createPhrases, type PhraseSources } from '../../../src/web/phrases.ts';
import { readBotApiDescription } from '../../support/bot-api-description.ts';
import {
  type BotApi,
  type FaultFor,
  startBotApi,
  type TelegramPerson,
} from '../../support/outside/bot-api.ts';

export const TOKEN = '4711:invented-token';
export const SECRET = 'invented_secret-token';
export const CHAT = 5550001;
export const HOOK = 'http://127.0.0.1/telegram';

export interface TelegramRig {
  readonly adapter: Adapter;
  readonly api: BotApi;
  readonly options: BotOptions;
  readonly officer: TelegramPerson;
  close(): Promise<void>;
}

export async function telegramRig(more: Partial<BotOptions> = {}): Promise<TelegramRig> {
  const api = await startBotApi({ token: TOKEN });
  const options: BotOptions = { token: TOKEN, secretToken: SECRET, apiRoot: api.root, fetch, ...more };
  const officer = api.person({ id: CHAT, first_name: 'Wira Invented', language_code: 'id' });
  // Without a webhook nobody takes the update; the chat is there all the same.
  void officer.start();
  const adapter = createTelegramAdapter({ ...options, translate: words, bodies: createBodies(BODY_LIMITS) });
  return { adapter, api, options, officer, close: api.close };
}

const LOCALES = join(import.meta.dirname, '../../../src/web/locales');

const sources = Object.fromEntries(
  LANGUAGES.map((lang) => [
    lang,
    ['common', 'telegram', 'reminder'].map((area) =>
      readFileSync(join(LOCALES, `${area}.${lang}.ftl`), 'utf8'),
    ),
  ]),
) as unknown as PhraseSources;

/** The real phrases. */
export const words: Phrases = createPhrases(sources);

/** The source text of the channel's phrases in one language. */
export const locale = (lang: string): string => readFileSync(join(LOCALES, `telegram.${lang}.ftl`), 'utf8');

/** An error of the Bot API for every call, or for calls of one method. */
export const failing =
  (code: number, description: string, parameters?: Record<string, unknown>, only?: string): FaultFor =>
  (method) =>
    only !== undefined && method !== only
      ? undefined
      : {
          status: code,
          error_code: code,
          description,
          ...present({ parameters: parameters || undefined }),
        };

const misfits = readBotApiDescription();

/** Holds every call that was made to the published description; `description.test.ts` says where that is not there. */
export function expectDescribed(api: BotApi): void {
  expect(api.calls.flatMap((call) => misfits?.(call) ?? [])).toEqual([]);
}

/** One update as Telegram posts it. */
export const posted = (
  body: string | Uint8Array,
  headers: Record<string, string> = { [SECRET_HEADER]: SECRET },
): Request =>
  new Request(HOOK, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });

export const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/** A real update, as it lies beside the parser. */
export const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../adapters/telegram/fixtures', `${name}.json`), 'utf8');
