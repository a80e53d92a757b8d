/** Inviting an officer to Telegram: a one-time start code, as a link where the bot's name can be learnt. */
import { connect } from '../../../adapters/telegram/bot.ts';
import { readTelegram, type Values } from '../../config.ts';
import { CODE_DAYS, invite } from '../enrol.ts';
import type { EndpointFlags, Settled } from './endpoint-terms.ts';
import { usage } from './failure.ts';
import type { Office } from './office.ts';
import { progress } from './output.ts';
import type { Terminal } from './terminal.ts';

/** Makes the invitation; the endpoint comes to be when the officer uses it. */
export async function inviteToTelegram(
  terminal: Terminal,
  office: Office,
  flags: EndpointFlags,
  { desk, officer, shows, lang }: Settled,
  beside = false,
): Promise<Record<string, unknown>> {
  if (officer === undefined)
    throw usage('missing: --officer', 'A Telegram account belongs to a named officer.');
  const { rank } = flags;
  const draft = {
    focalPoint: desk.focal_point,
    channel: 'telegram',
    shows,
    lang,
    rank,
    officer: officer.id,
  } as const;
  const code = await invite(office.gateway, draft, beside);
  const bot = await progress(terminal, 'Asking the bot’s name', () => botName(office.home.values));
  return {
    channel: 'telegram',
    shows,
    rank,
    code,
    link: bot === undefined ? null : `https://t.me/${bot}?start=${code}`,
    good_for_days: CODE_DAYS,
  };
}

/** The bot's user name; undefined where Telegram is not set up here or does not answer. */
async function botName(values: Values): Promise<string | undefined> {
  try {
    const api = connect({ ...readTelegram(values), fetch: (to, init) => fetch(to, init), timeoutSeconds: 5 });
    return (await api.getMe()).username;
  } catch {
    return undefined;
  }
}
