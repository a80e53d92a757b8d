/** Additional accounts and endpoints of a focal point, used by its people and by attackers. */

import type { Endpoint } from '../../src/domain/party/channel.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import type { AllChannels } from './all-channels.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from './browser.ts';
import type { TelegramPerson } from './outside/bot-api.ts';
import { makeChatCode, openWithPin } from './pins.ts';
import { createPartner, GATEWAY_URL, type RigPartner } from './rig.ts';
import { makeReportPost, postMessage } from './story.ts';
import { bringCode } from './telegram-house.ts';

/** @param allOf what the test uses: made again before each */
export function createFurtherSteps(allOf: () => AllChannels) {
  const house = () => allOf().house;
  const gateway = () => house().gateway;
  const officers = (): TestBrowser => openBrowser(house().app, GATEWAY_URL);
  const textsIn = (chat: number): readonly string[] =>
    allOf()
      .api.messagesIn(chat)
      .map((one) => one.text ?? '');
  return {
    gateway,
    officers,
    textsIn,
    /** The endpoint of a chat's account. */
    at: async (chat: number) => (await gateway().store.endpoints.endpointsAt('telegram', String(chat)))[0],
    /** Somebody links an account with a code that the operator made. */
    links: async (
      chat: number,
      who: string,
      beside = false,
      focalPoint = allOf().designation().focal_point,
    ): Promise<TelegramPerson> => {
      const draft = { channel: 'telegram', shows: 'notice', lang: 'id', officer: who, focalPoint } as const;
      const code = await makeChatCode(house(), draft, { beside });
      return bringCode(allOf(), chat, code);
    },
    /** The newest link to the page that a chat received. */
    linkIn: (chat: number): string => {
      const urls = allOf()
        .api.messagesIn(chat)
        .flatMap((one) => one.reply_markup?.inline_keyboard.flat() ?? [])
        .flatMap((one) => ('url' in one && one.url?.includes('/c/') ? [one.url] : []));
      const url = urls.at(-1);
      if (url === undefined) throw new Error('no link came');
      return url.slice(GATEWAY_URL.length);
    },
    /** Opens the page, enters the PIN, and reads. */
    ask: (path: string): Promise<BrowserPage> => openWithPin(officers(), path),
    /** Opens the page, enters the PIN, and answers. */
    say: async (path: string, decision: string): Promise<BrowserPage> => {
      const reader = officers();
      const page = await openWithPin(reader, path);
      return page.status === 200 ? reader.submit(path, { decision }) : page;
    },
    /** A focal point's system, as anybody with its secret can imitate it. */
    systemOf: (designation: Designation, secret: string): RigPartner =>
      createPartner({ designation, secret, accessKey: '' }, gateway().now, async (to, init) =>
        house().app.request(`${GATEWAY_URL}${to}`, init),
      ),
    /** A report to the focal point, already processed. */
    sent: async (): Promise<string> => {
      const id = await postMessage(allOf().shelter, makeReportPost(['desk']));
      await house().drain();
      return id;
    },
    /** How many notices of the shelter's messages came to a chat. */
    notices: (chat: number): number => textsIn(chat).filter((text) => text.includes('Shelter')).length,
    /** What was posted to a path of the partner's server, of a type. */
    events: (path: string, type: string) =>
      allOf()
        .peer.received.filter(({ url }) => url === path)
        .map(({ body }) => JSON.parse(body.toString()))
        .filter((one) => one.type === type),
  };
}

/** The answer of a focal point's system to a question, as it is posted. */
export const confirmationOf = ({ id, waiting }: Endpoint, decision = 'confirmed') =>
  [`endpoints/${id}/confirmation` as never, { asked: waiting?.asked, decision }] as const;
