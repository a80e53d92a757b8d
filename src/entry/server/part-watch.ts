/**
 * Checks, while the gateway runs, the parts that it depends on: the Bot API and its webhook, the mail relay, room on the disk,
 * certificates of authorities. `/readyz` and the log name the parts that do not work; they are checked again soon.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { readChannels, readTelegramSettings } from '../../config/settings.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Gateway } from '../../gateway.ts';
import type { Judging } from '../../gateway-parts.ts';
import type { Part, PartFault } from '../../parts.ts';
import { findAuthorityFaults } from '../doctor/authorities.ts';
import { checkDiskRoom } from '../doctor/files.ts';
import { checkRelay } from '../doctor/mail.ts';
import type { HomeFolder } from '../home/home.ts';
import { registerTelegram } from './serving.ts';

/** Milliseconds until the next check of a part that works, and of one that does not. */
const [LATER, SOON] = [900_000, 30_000];
/** Time limit for an answer of the relay, in milliseconds: the start waits for the first check. */
const TIMEOUT_MS = 5_000;

/** The check of one part: resolves to its fault, or to undefined if it works. */
interface PartLook {
  readonly part: Part;
  readonly look: () => Promise<PartFault | undefined>;
}

/** Lists the checks for a home folder. */
export function listLooks(
  home: HomeFolder,
  { url, adapters }: Pick<Gateway, 'url' | 'adapters'>,
): readonly PartLook[] {
  const isOn = (channel: 'telegram' | 'email'): boolean =>
    readChannels(home.values).includes(channel) && adapters.has(channel);
  return [
    { part: 'disk', look: async () => wrongIn(checkDiskRoom(home)) },
    ...(isOn('email')
      ? [{ part: 'email' as const, look: async () => wrongIn([await checkRelay(home.values, TIMEOUT_MS)]) }]
      : []),
    ...(isOn('telegram') && canBeCalled(home, url) ? [telegramLook(home, url)] : []),
  ];
}

/** Makes the check of the certificates of authorities, as the gateway read them at its start. */
export const makeAuthoritiesLook = (gateway: Judging): PartLook => ({
  part: 'authorities',
  look: async () => wrongIn(await findAuthorityFaults(gateway)),
});

/** Whether the Bot API can call this URL: Telegram itself calls only HTTPS, another Bot API server may call any URL. */
export const canBeCalled = (home: HomeFolder, url: string): boolean =>
  url.startsWith('https:') || home.values['AMANAT_TELEGRAM_API'] !== undefined;

function wrongIn(
  findings: readonly { verdict: string; detail: string; todo?: string }[],
): PartFault | undefined {
  const [first] = findings.filter((one) => one.verdict === 'failed');
  return first && { detail: first.detail, todo: first.todo ?? 'amanat doctor' };
}

const AMEND =
  'correct AMANAT_TELEGRAM_TOKEN and AMANAT_TELEGRAM_SECRET, or repair the connection to the Bot API';

/** Registers the webhook at Telegram until that succeeds; after that checks whether it is still registered. */
function telegramLook(home: HomeFolder, url: string): PartLook {
  let isTold = false;
  const look = async (): Promise<PartFault | undefined> => {
    const { readBotState: botState } = await import('../../../adapters/telegram/handshake.ts');
    const send = (to: string, init: RequestInit) => fetch(to, init);
    const at = isTold ? (await botState({ ...readTelegramSettings(home.values), fetch: send })).webhook : '';
    if (at === '') await registerTelegram(home.values, url);
    isTold = true;
    // The webhook is not registered again: two gateways with one bot would take it from each other for ever.
    return at === '' || at === `${url}/channels/telegram` ? undefined : ELSEWHERE;
  };
  return { part: 'telegram', look: () => look().catch(refusedBy) };
}

const ELSEWHERE: PartFault = {
  detail: 'the Bot API sends updates to another address',
  todo: 'no other program may use this bot: stop it there, and restart this gateway',
};

function refusedBy(fault: unknown): PartFault {
  if (fault instanceof Refusal) return { detail: fault.detail, todo: AMEND };
  throw fault;
}

/**
 * Checks each part once, and then repeatedly until `stop`.
 * @returns the faults of the first checks; they are on the board of parts when it resolves
 */
export async function watchParts(
  looks: readonly PartLook[],
  { parts, log }: Pick<Gateway, 'parts' | 'log'>,
  stop: AbortSignal,
  { later = LATER, soon = SOON } = {},
): Promise<readonly PartFault[]> {
  const once = async ({ part, look }: PartLook): Promise<PartFault | undefined> => {
    const wrong = await look().catch((fault: unknown): PartFault => {
      log.error('part.look-fault', { part, fault: fault instanceof Error ? fault.name : 'unknown' });
      return { detail: 'the check itself failed', todo: 'amanat doctor' };
    });
    if (wrong === undefined) parts.works(part);
    else parts.fails(part, wrong);
    return wrong;
  };
  const goOn = async (one: PartLook, found: PartFault | undefined): Promise<void> => {
    for (let wrong = found; !stop.aborted; wrong = await once(one)) {
      const ms = wrong === undefined && one.part !== 'disk' ? later : soon;
      await pause(ms, undefined, { signal: stop, ref: false }).catch(() => {});
      if (stop.aborted) return;
    }
  };
  const found = await Promise.all(looks.map(once));
  for (const [n, one] of looks.entries()) void goOn(one, found[n]);
  return found.filter((one) => one !== undefined);
}
