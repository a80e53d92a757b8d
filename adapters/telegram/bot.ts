/** The bot: its two secrets, its Bot API client, and telling Telegram where to bring updates. */

import { Api, type ApiClientOptions, GrammyError } from 'grammy';
import { JSON_BOUNDS } from '../../src/domain/message/json-bounds.ts';
import { Refusal } from '../../src/domain/words/error.ts';
import { present } from '../../src/domain/words/present.ts';
import { readBounded } from '../../src/domain/words/read-bounded.ts';
import { tryParseObject } from '../../src/seal/strict-json.ts';

/** The part of `fetch` that is used here; the program gives one that suits its runtime. */
export type TelegramFetch = (url: string, init: FetchInit) => Promise<Response>;

interface FetchInit {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

export interface BotOptions {
  /** From BotFather: `<bot id>:<secret>`. */
  readonly token: string;
  /** What Telegram repeats in `X-Telegram-Bot-Api-Secret-Token`: 1 to 256 of A-Z a-z 0-9 _ - */
  readonly secretToken: string;
  /** Another Bot API server than Telegram's own; no trailing slash needed or harmed. */
  readonly apiRoot?: string;
  readonly fetch: TelegramFetch;
  /** How long one call may take. */
  readonly timeoutSeconds?: number;
}

/** A Bot API answer is one message; anything longer is not the Bot API. */
const ANSWER_BYTES = 256 * 1024;

/**
 * Holds the secrets to their form, so that the channel does not start half-configured.
 * @throws Refusal `channel-secret-missing`, naming the one
 */
export function checkBotSecrets(options: Pick<BotOptions, 'token' | 'secretToken'>): void {
  if (!/^\d{1,20}:[A-Za-z0-9_-]{1,128}$/.test(options.token ?? '')) {
    throw new Refusal('channel-secret-missing', 'telegram: token is missing or is not a bot token');
  }
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(options.secretToken ?? '')) {
    throw new Refusal(
      'channel-secret-missing',
      'telegram: secretToken is missing or is not 1 to 256 of A-Z a-z 0-9 _ -',
    );
  }
}

/** A client for the bot. Every call is made once: the delivery's row tries again. */
export const connectBot = (options: BotOptions): Api =>
  new Api(options.token, {
    ...present({ apiRoot: options.apiRoot?.replace(/\/+$/, '') }),
    timeoutSeconds: options.timeoutSeconds ?? 20,
    // grammY types this as node-fetch's on Node and as the platform's elsewhere; `carried` gives it what it reads.
    fetch: carried(options.fetch) as unknown as NonNullable<ApiClientOptions['fetch']>,
  });

/** What grammY hands to fetch. On Node its signal is a polyfill that the platform's fetch does not take. */
interface GrammyInit {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: Pick<AbortSignal, 'aborted' | 'addEventListener'>;
}

/** Sends grammY's JSON calls through the program's own fetch: no redirect followed, the answer bounded. */
function carried(
  fetch: TelegramFetch,
): (url: string | URL, init: GrammyInit) => Promise<{ json(): Promise<unknown> }> {
  return async (url, init) => {
    const abort = new AbortController();
    if (init.signal.aborted) abort.abort();
    init.signal.addEventListener('abort', () => abort.abort());
    const response = await fetch(String(url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: init.body,
      redirect: 'manual',
      signal: abort.signal,
    });
    const bytes = await readBounded(response.body, ANSWER_BYTES);
    if (bytes === undefined) throw new Error('the answer is too large');
    return { json: async () => answer(tryParseObject(bytes, JSON_BOUNDS.update)) };
  };
}

/** A Bot API answer is an object with `ok`; what some proxy on the way says is not one. */
function answer(value: object | undefined): unknown {
  if (value === undefined || !('ok' in value)) throw new Error('not a Bot API answer');
  return value;
}

/**
 * Tells Telegram to bring updates to `url` with the secret token, and asks for the three kinds that are read. Updates
 * that wait are kept: an officer may have answered while the gateway was down.
 * @returns the bot's user name, for `https://t.me/<name>?start=<code>` links
 * @throws Refusal `channel-secret-missing` or `configuration`
 */
export async function registerWebhook(options: BotOptions, url: string): Promise<string> {
  checkBotSecrets(options);
  const api = connectBot(options);
  try {
    const me = await api.getMe();
    await api.setWebhook(url, {
      secret_token: options.secretToken,
      allowed_updates: ['message', 'callback_query', 'my_chat_member'],
    });
    return me.username;
  } catch (error) {
    throw refusalOfApi(error);
  }
}

/** What the Bot API, or the way to it, answered, as a refusal. */
export const refusalOfApi = (error: unknown): Refusal =>
  new Refusal('configuration', `telegram: ${registrationFault(error)}`);

function registrationFault(error: unknown): string {
  if (!(error instanceof GrammyError)) return 'the Bot API does not answer';
  if (error.error_code === 429 || error.error_code >= 500) return 'the Bot API cannot serve us now';
  if (error.error_code === 401 || error.error_code === 404) return 'the Bot API refuses the token';
  return 'the Bot API refuses the webhook address; it must be a public HTTPS address on port 443, 80, 88 or 8443';
}
