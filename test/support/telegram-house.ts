/**
 * A gateway with a bot: a local Bot API that posts updates to a port of loopback, a shelter, and a focal point reached
 * by Telegram.
 */
import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { registerWebhook } from '../../adapters/telegram/bot.ts';
import type { SettingValues } from '../../src/config/settings.ts';
import type { Designation, Officer } from '../../src/domain/party/designation.ts';
import { addHook, confirmAllEndpoints } from './confirmed.ts';
import { type HttpPeer, startPeer } from './http-peer.ts';
import { type BotApi, startBotApi, type TelegramPerson } from './outside/bot-api.ts';
import { makeChatCode } from './pins.ts';
import { makeRig, type Rig, type RigOptions, type RigPartner } from './rig.ts';
import { makeOfficer } from './story.ts';

export const BOT_TOKEN = '4711:invented-token';
export const BOT_SECRET = 'invented_secret-token';

/** The settings that switch Telegram on with this bot. */
export const valuesOfBot = (api: BotApi) => ({
  AMANAT_CHANNELS: 'webhook,telegram',
  AMANAT_TELEGRAM_TOKEN: BOT_TOKEN,
  AMANAT_TELEGRAM_SECRET: BOT_SECRET,
  AMANAT_TELEGRAM_API: api.root,
});

/** Has the bot bring its updates to the gateway at this address. */
export const registerCallback = (api: BotApi, url: string): Promise<string> =>
  registerWebhook(
    { token: BOT_TOKEN, secretToken: BOT_SECRET, apiRoot: api.root, fetch },
    `${url}/channels/telegram`,
  );

export interface TelegramHouse {
  readonly house: Rig;
  readonly api: BotApi;
  /** The shelter's server, which gets everything at `/shelter`. */
  readonly peer: HttpPeer;
  readonly shelter: RigPartner;
  readonly designation: Designation;
  /** A new start code for an officer of the focal point, who set a PIN for it; by default the first officer. */
  code(officer?: string): Promise<string>;
  /** The same for an officer of the shelter. */
  shelterCode(officer: string): Promise<string>;
  close(): Promise<void>;
}

/** @param more officers of the shelter beside its two */
export async function makeTelegramHouse(
  more: readonly Officer[] = [],
  values: SettingValues = {},
  options: Pick<RigOptions, 'isClockStopped'> = {},
): Promise<TelegramHouse> {
  const [api, peer] = await Promise.all([startBotApi({ token: BOT_TOKEN }), startPeer()]);
  const house = await makeRig({ ...options, allow: [peer.host], values: { ...valuesOfBot(api), ...values } });
  const { server, url } = await serveRig(house);
  await registerCallback(api, url);
  const officers = [makeOfficer(), makeOfficer('id', 'o2')];
  const staff = [...officers, ...more];
  const shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers: staff });
  const focalPoint = await house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  const where = { focalPoint: shelter.designation.focal_point, address: `${peer.url}/shelter` };
  await addHook(house.gateway, shelter.designation.focal_point, { address: `${peer.url}/shelter` });
  const notices = { channel: 'telegram', shows: 'notice', lang: 'id' } as const;
  return {
    house,
    api,
    peer,
    shelter,
    designation: focalPoint,
    code: (who = 'o1') =>
      makeChatCode(house, { ...notices, officer: who, focalPoint: focalPoint.focal_point }),
    shelterCode: (who) =>
      makeChatCode(house, { ...notices, officer: who, focalPoint: where.focalPoint, rank: 2 }),
    close: async () => {
      server.close();
      await house.close();
      await Promise.all([api.close(), peer.close()]);
    },
  };
}

/**
 * A person sends a code from an account and agrees to be linked; a second account of a focal point then waits for
 * confirmation.
 */
export async function bringCode(
  { api, house }: Pick<TelegramHouse, 'api' | 'house'>,
  chat: number,
  code: string,
): Promise<TelegramPerson> {
  const person = api.person({ id: chat, first_name: 'Invented', language_code: 'id' });
  if (!(await person.start(code))) throw new Error('the bot did not take the code');
  await house.drain();
  await person.agree();
  await house.drain();
  return person;
}

/** The same, and the focal point confirms the account if it waits. */
export async function linkAccount(
  at: Pick<TelegramHouse, 'api' | 'house'>,
  chat: number,
  code: string,
): Promise<TelegramPerson> {
  const person = await bringCode(at, chat, code);
  await confirmAllEndpoints(at.house.gateway);
  await at.house.drain();
  return person;
}

/** The rig's application on a real port of loopback. */
export const serveRig = (house: Rig): Promise<{ server: ServerType; url: string }> =>
  new Promise((resolve) => {
    const options = { fetch: house.app.fetch, hostname: '127.0.0.1', port: 0 };
    const server = serve(options, (at: AddressInfo) =>
      resolve({ server, url: `http://127.0.0.1:${at.port}` }),
    );
  });
