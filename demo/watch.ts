/** Watching: prints what each outside party receives, at the moment when it arrives. */
import { didOfGateway } from '../src/domain/party/designation.ts';
import { present } from '../src/domain/words/present.ts';
import type { BotApiCall } from '../test/support/outside/bot-api.ts';
import type { BroughtEvent } from '../test/support/outside/inbox.ts';
import { CAST, isMailRole, type SystemRole } from './cast.ts';
import { listPhones } from './company.ts';
import type { DemoSetting } from './setting.ts';
import type { Happening, Timeline } from './timeline.ts';

/** Prints mail, chats and webhooks from now on. */
export function watchSetting(setting: DemoSetting, timeline: Timeline): void {
  const [reader] = setting.company.roles.filter(isMailRole);
  setting.mailbox.onPacket(({ raw, message, files }) => {
    const size = `${Math.ceil(raw.length / 1_024)} KiB`;
    const names = files.map((one) => one.name).join(', ');
    timeline.tell({
      place: 'email',
      who: reader === undefined ? '' : CAST[reader].name,
      what: `decrypts and verifies a packet of ${size}: ${names}`,
      message,
    });
  });
  for (const { bot } of setting.houses) bot.onCall((call) => tellOfCall(setting, call, timeline));
  for (const [role, { inbox }] of setting.partners)
    inbox.onBrought((brought) => timeline.tell(telling(setting, role, brought)));
}

function tellOfCall({ company }: DemoSetting, { method, parameters }: BotApiCall, timeline: Timeline): void {
  const phone = listPhones(company).find((one) => String(one.account.id) === String(parameters['chat_id']));
  if (phone === undefined || typeof parameters['text'] !== 'string') return;
  const focalPoint = CAST[phone.role].name;
  const what =
    method === 'editMessageText'
      ? `the notice now says ${lastLine(parameters['text'])}`
      : `gets ${firstLine(parameters['text'])}`;
  const who = phone.rank === 1 ? focalPoint : `${phone.officer.name}, ${phone.officer.role} at ${focalPoint}`;
  timeline.tell({ place: 'telegram', who, what });
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
const lastLine = (text: string): string =>
  text.split('\n').findLast((line) => /^[👁✅❌↩]/u.test(line)) ?? firstLine(text);

function telling({ houses }: DemoSetting, role: SystemRole, brought: BroughtEvent): Happening {
  const who = CAST[role].name;
  if (brought.kind === 'message') {
    const what =
      CAST[role].custody === 'own'
        ? 'opens a sealed message from a webhook with its own key'
        : 'receives a message with its sender’s signature';
    return { place: 'webhook', who, what, message: brought.taken.message.id };
  }
  if (brought.kind === 'recalled')
    return {
      place: 'webhook',
      who,
      what: 'is notified of the recall, and must delete its copies',
      message: brought.message,
    };
  if (brought.kind === 'reminder') {
    const steps = brought.reminders.map((one) => `${one.act}, ${one.step}`).join('; ');
    return { place: 'webhook', who, what: `is reminded: ${steps}` };
  }
  const { event, officer, consignment, by: signer } = brought.evidence;
  const signed = houses.find((one) => didOfGateway(one.url) === signer);
  const by = officer === undefined ? '' : `, ${officer.name}`;
  return {
    place: 'evidence',
    who,
    what: `gets evidence: ${event}${by}${signed === undefined ? '' : `, signed by ${signed.name}`}`,
    ...present({ message: consignment }),
  };
}
