/** The bot: its two secrets, its Bot API client, and the registration of its webhook. */

import { Api, type ApiClientOptions, GrammyError } from 'grammy';
import { JSON_BOUNDS } from '../../src/domain/message/json-bounds.ts';
import { Refusal } from '../../src/domain/words/error.ts';
import { present } from '../../src/domain/words/present.ts';
import { readBounded } from '../../src/domain/words/read-bounded.ts';
import { tryParseObject } from '../../src/seal/strict-json.ts';

/** The part of `fetch` that is used here; each runtime brings its own. */
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
  /** The value that Telegram repeats in `X-Telegram-Bot-Api-Secret-Token`: 1 to 256 of A-Z a-z 0-9 _ - */
  readonly secretToken: string;
  /** Another Bot API server than Telegram's own, with or without a trailing slash. */
  readonly apiRoot?: string;
  readonly fetch: TelegramFetch;
  /** Time limit of one call. */
  readonly timeoutSeconds?: number;
}

/** Most bytes of an answer: the Bot API never sends more. */
const ANSWER_BYTES = 256 * 1024;

/**
 * Checks the form of the secrets, so that the channel does not start with a wrong one.
 * @throws Refusal `channel-secret-missing`, which names the secret
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

/** Makes a client of the bot. It makes every call once, because the delivery makes the retries. */
export const connectBot = (options: BotOptions): Api =>
  new Api(options.token, {
    ...present({ apiRoot: options.apiRoot?.replace(/\/+$/, '') }),
    timeoutSeconds: options.timeoutSeconds ?? 20,
    // grammY types this as node-fetch's on Node and as the platform's elsewhere; this fetch has all that grammY reads.
    fetch: carried(options.fetch) as unknown as NonNullable<ApiClientOptions['fetch']>,
  });

/** The options that grammY passes to fetch. On Node its signal is a polyfill that the platform's fetch does not accept. */
interface GrammyInit {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: Pick<AbortSignal, 'aborted' | 'addEventListener'>;
}

/** Sends grammY's JSON calls through the runtime's own fetch, without redirects and with a limit on the answer. */
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

/** Checks that an answer is an object with `ok`, as the Bot API sends it; a proxy's answer is not. */
function answer(value: object | undefined): unknown {
  if (value === undefined || !('ok' in value)) throw new Error('not a Bot API answer');
  return value;
}

/**
 * Tells Telegram to send updates to `url` with the secret token, and asks for the three kinds that are read. Keeps waiting
 * updates, because an officer may have answered while the gateway was down.
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

/** Turns an error of the Bot API, or of the connection to it, into a refusal. */
export const refusalOfApi = (error: unknown): Refusal =>
  new Refusal('configuration', `telegram: ${registrationFault(error)}`);

function registrationFault(error: unknown): string {
  if (!(error instanceof GrammyError)) return 'the Bot API does not answer';
  if (error.error_code === 429 || error.error_code >= 500) return 'the Bot API cannot serve us now';
  if (error.error_code === 401 || error.error_code === 404) return 'the Bot API refuses the token';
  return 'the Bot API refuses the webhook address; it must be a public HTTPS address on port 443, 80, 88 or 8443';
}
