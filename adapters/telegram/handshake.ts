/** Asks the Bot API whether it knows the bot and where it sends updates. Changes nothing. */

import { present } from '../../src/domain/words/present.ts';
import { type BotOptions, checkBotSecrets, connectBot, refusalOfApi } from './bot.ts';

interface BotState {
  /** The URL to which updates go; empty if none is set. */
  readonly webhook: string;
  /** How many updates wait. */
  readonly pending: number;
  /** When sending an update last failed. */
  readonly lastErrorAt?: Date;
}

/** @throws Refusal `channel-secret-missing` or `configuration` */
export async function readBotState(options: BotOptions): Promise<BotState> {
  checkBotSecrets(options);
  const api = connectBot(options);
  try {
    await api.getMe();
    const { url = '', pending_update_count: pending, last_error_date: at } = await api.getWebhookInfo();
    return {
      webhook: url,
      pending,
      ...present({ lastErrorAt: at === undefined ? undefined : new Date(at * 1_000) }),
    };
  } catch (fault) {
    throw refusalOfApi(fault);
  }
}
