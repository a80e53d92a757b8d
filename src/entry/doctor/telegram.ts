/** The Telegram channel: the Bot API knows the bot, and brings its updates here. */
import { readChannels, readTelegramSettings, type SettingValues } from '../../config/settings.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { HomeFolder } from '../home/home.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  reportFailed,
  reportOk,
  reportSkipped,
  reportWarning,
} from './check.ts';

const TIMEOUT_SECONDS = 15;
/** So many waiting updates are too many for a bot of this kind. */
const MANY = 100;
const HOUR = 3_600_000;

export const telegramCheck: DoctorCheck<HomeFolder> = {
  name: 'telegram',
  quick: false,
  examine: async ({ values }) => {
    if (!readChannels(values).includes('telegram')) return [reportSkipped('the channel is not switched on')];
    try {
      return await examined(values);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      return [
        reportFailed(
          fault.detail,
          'correct AMANAT_TELEGRAM_TOKEN and AMANAT_TELEGRAM_SECRET, or repair the connection to the Bot API',
        ),
      ];
    }
  },
};

async function examined(values: SettingValues): Promise<readonly DoctorFinding[]> {
  const { readBotState: botState } = await import('../../../adapters/telegram/handshake.ts');
  const options = { ...readTelegramSettings(values), timeoutSeconds: TIMEOUT_SECONDS };
  const state = await botState({ ...options, fetch: (url, init) => fetch(url, init) });
  const here = `${new URL(values['AMANAT_URL'] ?? '').origin}/channels/telegram`;
  const isRecent = state.lastErrorAt !== undefined && Date.now() - state.lastErrorAt.getTime() < HOUR;
  return [
    reportOk('the Bot API knows the bot'),
    state.webhook === here
      ? reportOk('it sends updates to this gateway')
      : reportFailed(
          state.webhook === '' ? 'it sends updates nowhere' : 'it sends updates to another address',
          'restart the gateway: "serve" tells Telegram its address; no other program may use this bot',
        ),
    ...(state.pending > MANY || isRecent
      ? [
          reportWarning(
            `${state.pending} updates wait${isRecent ? ', and a call from Telegram failed within the last hour' : ''}`,
            'check that AMANAT_URL can be reached from outside, with a certificate that Telegram trusts',
          ),
        ]
      : []),
  ];
}
