/**
 * How officers acknowledge a message: each by the channel that reaches its focal point, only through public
 * interfaces.
 */
import { referenceOf } from '../src/domain/words/phrases.ts';
import type { BotMessage } from '../test/support/outside/bot-api-chats.ts';
import { type OpenedPage, openPage } from '../test/support/outside/browser.ts';
import { waitUntil } from '../test/support/outside/until.ts';
import {
  CAST,
  isChatRole,
  isMailRole,
  type MailRole,
  type Phone,
  phoneOfRole,
  type Role,
  type SystemRole,
} from './cast.ts';
import { houseOfRole } from './houses.ts';
import { type DemoSetting, enrolledPartnerOf } from './setting.ts';
import type { Timeline } from './timeline.ts';

/** The PIN that every officer of the demo sets. In production only the officer knows it. */
const PIN = '739154';

export interface Scene {
  readonly setting: DemoSetting;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Opens a link of a chat, and enters the PIN if it is asked for. */
export async function openProvenPage(link: string): Promise<OpenedPage> {
  const asked = await openPage(link);
  return asked.asks('pin') ? asked.press({ pin: PIN }) : asked;
}

/** The officer of a focal point acknowledges a message after it has arrived. */
export async function acknowledgeAtFocalPoint(scene: Scene, role: Role, message: string): Promise<void> {
  if (isMailRole(role)) await byMail(scene, role, message);
  else if (isChatRole(role)) await acknowledgeByChat(scene, phoneOfRole(role), message);
  else await bySystem(scene, role, message);
}

/** The attaché opens the packet, follows the link in it, and presses the only button of the page. */
async function byMail({ setting, timeline, signal }: Scene, role: MailRole, message: string): Promise<void> {
  const { mailbox } = setting;
  const packet = await waitUntil(
    `a packet at ${CAST[role].slug}`,
    () => {
      const [fault] = mailbox.faults;
      if (fault !== undefined) throw fault;
      return mailbox.packets.find((one) => one.message === message);
    },
    signal,
  );
  const page = await openPage(packet.link);
  const thanks = await page.press({ decision: 'accepted' });
  if (thanks.status !== 200) throw new Error(`the page to acknowledge answered ${thanks.status}`);
  timeline.tell({
    place: 'page',
    who: CAST[role].officer.name,
    what: 'opens the link in the packet and acknowledges',
    message,
  });
}

/** The notice of a message in an officer's chat, with its buttons. */
const noticeOf = ({ setting }: Scene, { role, account }: Phone, message: string): BotMessage | undefined =>
  houseOfRole(setting.houses, role)
    .bot.messagesIn(account.id)
    .find((one) => one.reply_markup !== undefined && one.text?.includes(referenceOf(message)));

/** An officer reads on the page behind the notice and acknowledges with one tap. */
export async function acknowledgeByChat(scene: Scene, phone: Phone, message: string): Promise<void> {
  const { setting, timeline, signal } = scene;
  const { role, account } = phone;
  const who = phone.officer.name;
  const { bot } = houseOfRole(setting.houses, role);
  const notice = await waitUntil(
    `a notice at ${CAST[role].slug}`,
    () => noticeOf(scene, phone, message),
    signal,
  );
  const buttons = notice.reply_markup?.inline_keyboard.flat() ?? [];
  const link = buttons.find((one) => one.url !== undefined)?.url ?? '';
  const page = await openProvenPage(link);
  const opened = await page.press();
  if (opened.status !== 200) throw new Error(`the page to read answered ${opened.status}`);
  const what = 'gives the PIN, and opens the message behind the one-time link';
  timeline.tell({ place: 'page', who, what, message });
  const button = buttons.find((one) => one.callback_data?.startsWith('a:'))?.callback_data ?? '';
  const person = bot.person(account);
  if (!(await person.tap(notice.message_id, button))) throw new Error('the gateway did not accept the tap');
  timeline.tell({ place: 'telegram', who, what: 'taps "acknowledge"', message });
  await waitUntil(
    'the notice to show who acknowledged',
    () => shownSettled(scene, phone, notice.message_id),
    signal,
  );
}

function shownSettled({ setting }: Scene, { role, account, officer }: Phone, id: number): true | undefined {
  const notice = houseOfRole(setting.houses, role)
    .bot.messagesIn(account.id)
    .find((one) => one.message_id === id);
  return notice?.text?.includes(officer.name) === true && notice.reply_markup === undefined
    ? true
    : undefined;
}

/** A partner's officer acknowledges in the partner's own system. */
async function bySystem(
  { setting, timeline, signal }: Scene,
  role: SystemRole,
  message: string,
): Promise<void> {
  const { inbox, ...partner } = enrolledPartnerOf(setting, role);
  const taken = await waitUntil(
    `a webhook at ${CAST[role].slug}`,
    () => {
      const [fault] = inbox.faults;
      if (fault !== undefined) throw fault;
      return inbox.messages.get(message);
    },
    signal,
  );
  await partner.acknowledge(taken);
  const how =
    CAST[role].custody === 'own'
      ? 'acknowledges with evidence signed by its own key'
      : 'acknowledges in its case system';
  timeline.tell({ place: 'webhook', who: CAST[role].officer.name, what: how, message });
}

/** An officer sets a PIN on the start page, and links the account by the code that it shows. */
export async function linkAccount(
  { setting, timeline, signal }: Scene,
  { role, account, officer }: Phone,
): Promise<void> {
  const { bot } = houseOfRole(setting.houses, role);
  const person = bot.person(account);
  const start = await openPage(setting.startPages.get(account.id) ?? '');
  const done = await start.press(start.asks('again') ? { pin: PIN, again: PIN } : { pin: PIN });
  timeline.tell({
    place: 'page',
    who: officer.name,
    what: 'opens the start page that the operator handed over in person, and sets a six-digit PIN',
  });
  const code = /\?start=([A-Za-z0-9_-]+)"/.exec(done.html)?.[1];
  if (!(await person.start(code)) || !(await person.agree()))
    throw new Error('the gateway did not accept the start code');
  await waitUntil('the bot to confirm the account', () => bot.messagesIn(account.id)[1], signal);
  timeline.tell({
    place: 'telegram',
    who: officer.name,
    what: 'links the account with the code from that page, and confirms the officer it is linked to',
  });
}
