/** The Telegram channel: the Bot API knows the bot, and brings its updates here. */
import { readChannels, readTelegram, type Values } from '../../config.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Home } from '../home/home.ts';
import { type Check, type Finding, failed, ok, skipped, warning } from './check.ts';

const TIMEOUT_SECONDS = 15;
/** Updates that wait: a bot of this kind has few. */
const MANY = 100;
const HOUR = 3_600_000;

export const telegramCheck: Check<Home> = {
  name: 'telegram',
  quick: false,
  examine: async ({ values }) => {
    if (!readChannels(values).includes('telegram')) return [skipped('the channel is not switched on')];
    try {
      return await examined(values);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      return [
        failed(
          fault.detail,
          'correct AMANAT_TELEGRAM_TOKEN and AMANAT_TELEGRAM_SECRET, or mend the way to the Bot API',
        ),
      ];
    }
  },
};

async function examined(values: Values): Promise<readonly Finding[]> {
  const { botState } = await import('../../../adapters/telegram/handshake.ts');
  const options = { ...readTelegram(values), timeoutSeconds: TIMEOUT_SECONDS };
  const state = await botState({ ...options, fetch: (url, init) => fetch(url, init) });
  const here = `${new URL(values['AMANAT_URL'] ?? '').origin}/channels/telegram`;
  const isRecent = state.lastErrorAt !== undefined && Date.now() - state.lastErrorAt.getTime() < HOUR;
  return [
    ok('the Bot API knows the bot'),
    state.webhook === here
      ? ok('it brings updates to this gateway')
      : failed(
          state.webhook === '' ? 'it brings updates nowhere' : 'it brings updates to another address',
          'start the gateway again: "serve" tells Telegram its address; no other program may use this bot',
        ),
    ...(state.pending > MANY || isRecent
      ? [
          warning(
            `${state.pending} updates wait${isRecent ? ', and the last call of Telegram’s failed within the hour' : ''}`,
            'see that the gateway is reached at AMANAT_URL from outside, with a certificate that Telegram trusts',
          ),
        ]
      : []),
  ];
}
