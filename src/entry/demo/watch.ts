/** Watching: what reaches each outside party is told the moment it does. */
import { ACCOUNTS, CAST, type ChatRole, type SystemRole } from './cast.ts';
import type { Brought } from './inbox.ts';
import type { Setting } from './setting.ts';
import type { Happening, Timeline } from './timeline.ts';

/** Tells of mail, chats and webhooks from now on. */
export function watch(setting: Setting, timeline: Timeline): void {
  setting.mailbox.onPacket(({ raw, message, files }) => {
    const size = `${Math.ceil(raw.length / 1_024)} KiB`;
    const names = files.map((one) => one.name).join(', ');
    timeline.tell({
      place: 'email',
      who: CAST.attache.name,
      what: `decrypts and verifies a packet, ${size}: ${names}`,
      message,
    });
  });
  setting.bot.onCall(({ method, parameters }) => {
    const role = chatOf(parameters['chat_id']);
    if (role === undefined || typeof parameters['text'] !== 'string') return;
    const what =
      method === 'editMessageText'
        ? `the notice now says ${lastLine(parameters['text'])}`
        : `gets ${firstLine(parameters['text'])}`;
    timeline.tell({ place: 'telegram', who: CAST[role].name, what });
  });
  for (const role of Object.keys(setting.partners) as SystemRole[]) {
    setting.partners[role].inbox.onBrought((brought) => timeline.tell(telling(role, brought)));
  }
}

const chatOf = (id: unknown): ChatRole | undefined =>
  (Object.keys(ACCOUNTS) as ChatRole[]).find((role) => String(ACCOUNTS[role].id) === String(id));

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
const lastLine = (text: string): string =>
  text.split('\n').findLast((line) => /^[👁✅❌]/u.test(line)) ?? firstLine(text);

function telling(role: SystemRole, brought: Brought): Happening {
  const who = CAST[role].name;
  if (brought.kind === 'message') {
    const what =
      CAST[role].custody === 'own'
        ? 'opens a sealed webhook with its own key'
        : 'gets a message with its sender’s signature';
    return { place: 'webhook', who, what, message: brought.taken.message.id };
  }
  const { event, officer, consignment } = brought.evidence;
  const by = officer === undefined ? '' : `, ${officer.name}`;
  return {
    place: 'evidence',
    who,
    what: `is told: ${event}${by}`,
    ...(consignment === undefined ? {} : { message: consignment }),
  };
}
