/**
 * Looks, while the gateway is served, at what it needs and does not ask for by itself: the Bot API and where it brings updates,
 * the mail relay, room on the disk, certificates of authorities. What does not work is named in `/readyz` and in the log, and looked at again soon.
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

/** Milliseconds until what works is looked at again, and what does not. */
const [LATER, SOON] = [900_000, 30_000];
/** At most, for an answer of the relay: the start waits for the first look. */
const TIMEOUT_MS = 5_000;

/** One part: resolves to what is wrong with it, or to nothing where it works. */
export interface PartLook {
  readonly part: Part;
  readonly look: () => Promise<PartFault | undefined>;
}

/** The looks that a home folder asks for. */
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

/** Certificates of authorities, as the gateway read them at its start. */
export const makeAuthoritiesLook = (gateway: Judging): PartLook => ({
  part: 'authorities',
  look: async () => wrongIn(await findAuthorityFaults(gateway)),
});

/** Telegram itself calls HTTPS only; another Bot API server may call anything. */
export const canBeCalled = (home: HomeFolder, url: string): boolean =>
  url.startsWith('https:') || home.values['AMANAT_TELEGRAM_API'] !== undefined;

function wrongIn(
  findings: readonly { verdict: string; detail: string; todo?: string }[],
): PartFault | undefined {
  const [first] = findings.filter((one) => one.verdict === 'failed');
  return first && { detail: first.detail, todo: first.todo ?? 'amanat doctor' };
}

const AMEND = 'correct AMANAT_TELEGRAM_TOKEN and AMANAT_TELEGRAM_SECRET, or mend the way to the Bot API';

/** Tells Telegram where the gateway is, until that is done; from then on asks whether it is still so. */
function telegramLook(home: HomeFolder, url: string): PartLook {
  let isTold = false;
  const look = async (): Promise<PartFault | undefined> => {
    const { readBotState: botState } = await import('../../../adapters/telegram/handshake.ts');
    const send = (to: string, init: RequestInit) => fetch(to, init);
    const at = isTold ? (await botState({ ...readTelegramSettings(home.values), fetch: send })).webhook : '';
    if (at === '') await registerTelegram(home.values, url);
    isTold = true;
    // Not taken back: two gateways on one bot would take it from each other for ever.
    return at === '' || at === `${url}/channels/telegram` ? undefined : ELSEWHERE;
  };
  return { part: 'telegram', look: () => look().catch(refusedBy) };
}

const ELSEWHERE: PartFault = {
  detail: 'the Bot API brings updates to another address',
  todo: 'no other program may use this bot: end it there, and start this gateway again',
};

function refusedBy(fault: unknown): PartFault {
  if (fault instanceof Refusal) return { detail: fault.detail, todo: AMEND };
  throw fault;
}

/**
 * Looks at each part once, and again and again until `stop`.
 * @returns what the first looks found; they are on the board of parts when it resolves
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
      return { detail: 'it could not be looked at', todo: 'amanat doctor' };
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
