/**
 * Traffic over a gateway that may die at any moment: senders that repeat, and officers who answer everything they see.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNTS, CAST, type ChatRole, isChatRole, type Role, type SystemRole } from '../../demo/cast.ts';
import { houseOfRole } from '../../demo/houses.ts';
import { REPORT, TIP } from '../../demo/script.ts';
import { type DemoSetting, enrolledPartnerOf } from '../../demo/setting.ts';
import { chance } from '../../src/entry/chance.ts';
import { openPage } from './outside/browser.ts';
import type { PartnerPost, ReadReceipt } from './outside/partner.ts';

/** One message for which a sender got a receipt. */
export interface CarriedPost {
  readonly from: SystemRole;
  readonly to: readonly Role[];
  readonly post: PartnerPost;
  readonly key: string;
  readonly receipt: ReadReceipt;
}

export interface PostTraffic {
  readonly carried: readonly CarriedPost[];
  /** No new messages; resolves when those under way have their receipts. */
  hush(): Promise<void>;
  /** Ends the officers; resolves after every acknowledgement in progress was taken. */
  end(): Promise<void>;
}

/** Who writes to whom, in turn: assisted and sealed, over every channel. */
const WAYS: readonly { from: SystemRole; to: readonly Role[] }[] = [
  { from: 'shelter', to: ['attache', 'desk', 'immigration'] },
  { from: 'police', to: ['immigration', 'post'] },
  { from: 'immigration', to: ['police', 'shelter'] },
  { from: 'police', to: ['attache', 'desk', 'shelter'] },
];
const SENDERS = 4;
const PAUSE = 60;

export function startTraffic(setting: DemoSetting): PostTraffic {
  const carried: CarriedPost[] = [];
  const words: Promise<unknown>[] = [];
  const sending = new AbortController();
  const answering = new AbortController();
  answerSystems(setting, words);
  answerMail(setting, words);
  const chats = setting.company.roles
    .filter(isChatRole)
    .map((role) => answerChat(setting, role, words, answering.signal));
  const senders = Array.from({ length: SENDERS }, (_, start) =>
    send(setting, carried, start, sending.signal),
  );
  return {
    carried,
    hush: async () => {
      sending.abort();
      await Promise.all(senders);
    },
    end: async () => {
      answering.abort();
      await Promise.all([...chats, ...words]);
    },
  };
}

async function send(
  setting: DemoSetting,
  carried: CarriedPost[],
  start: number,
  stop: AbortSignal,
): Promise<void> {
  for (let n = start; !stop.aborted; n += SENDERS) {
    const { from, to } = WAYS[n % WAYS.length] ?? { from: 'shelter', to: ['desk'] };
    const line = n % 3 === 0 ? REPORT : TIP;
    const post: PartnerPost = { ...line, to: to.map((role) => CAST[role].slug) };
    const key = chance.newId();
    carried.push({ from, to, post, key, receipt: await enrolledPartnerOf(setting, from).post(post, key) });
    await sleep(PAUSE);
  }
}

function answerSystems({ partners }: DemoSetting, words: Promise<unknown>[]): void {
  for (const { inbox, acknowledge } of partners.values()) {
    inbox.onBrought((brought) => {
      if (brought.kind === 'message') words.push(acknowledge(brought.taken));
    });
  }
}

/** The attaché follows the link of every packet, of repeated ones too. */
function answerMail({ mailbox }: DemoSetting, words: Promise<unknown>[]): void {
  mailbox.onPacket(({ link }) => {
    words.push(
      openPage(link).then(async (page) => {
        if (page.html.includes('<form')) return page.press({ decision: 'accepted' });
        return page;
      }),
    );
  });
}

/** The officer taps every notice once, of repeated ones too. */
async function answerChat(
  { houses }: DemoSetting,
  role: ChatRole,
  words: Promise<unknown>[],
  stop: AbortSignal,
): Promise<void> {
  const { id } = ACCOUNTS[role];
  const { bot } = houseOfRole(houses, role);
  const person = bot.person(ACCOUNTS[role]);
  const tapped = new Set<number>();
  while (!stop.aborted) {
    for (const { message_id: message, reply_markup: buttons } of bot.messagesIn(id)) {
      const tap = buttons?.inline_keyboard
        .flat()
        .find((one) => one.callback_data?.startsWith('a:'))?.callback_data;
      if (tap === undefined || tapped.has(message)) continue;
      tapped.add(message);
      words.push(person.tap(message, tap));
    }
    await sleep(PAUSE);
  }
}
