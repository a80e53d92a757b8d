/** A gateway with a bot: a local Bot API that brings updates to a door on loopback, a shelter, and a desk by Telegram. */
import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { registerWebhook } from '../../adapters/telegram/bot.ts';
import type { Designation } from '../../src/domain/party.ts';
import { type BotApi, startBotApi } from '../../src/entry/demo/bot-api.ts';
import { addEndpoint, invite } from '../../src/entry/enrol.ts';
import { type HttpPeer, startPeer } from './http-peer.ts';
import { type Partner, type Rig, rig } from './rig.ts';
import { officer } from './story.ts';

export const TOKEN = '4711:invented-token';
export const SECRET = 'invented_secret-token';

export interface TelegramHouse {
  readonly house: Rig;
  readonly api: BotApi;
  /** The shelter's server, told of everything at `/shelter`. */
  readonly peer: HttpPeer;
  readonly shelter: Partner;
  readonly desk: Designation;
  /** A new start code for the desk's officer; for its first one where left out. */
  code(officer?: string): Promise<string>;
  close(): Promise<void>;
}

export async function telegramHouse(): Promise<TelegramHouse> {
  const [api, peer] = await Promise.all([startBotApi({ token: TOKEN }), startPeer()]);
  const values = {
    AMANAT_CHANNELS: 'webhook,telegram',
    AMANAT_TELEGRAM_TOKEN: TOKEN,
    AMANAT_TELEGRAM_SECRET: SECRET,
    AMANAT_TELEGRAM_API: api.root,
  };
  const house = await rig({ allow: [peer.host], values });
  const { server, url } = await served(house);
  await registerWebhook(
    { token: TOKEN, secretToken: SECRET, apiRoot: api.root, fetch },
    `${url}/channels/telegram`,
  );
  const officers = [officer(), officer('id', 'o2')];
  const shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  const desk = await house.designate({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  const where = { focalPoint: shelter.designation.focal_point, address: `${peer.url}/shelter` };
  await addEndpoint(house.gateway, { ...where, channel: 'webhook', shows: 'packet', lang: 'en' });
  const notices = { channel: 'telegram', shows: 'notice', lang: 'id' } as const;
  return {
    house,
    api,
    peer,
    shelter,
    desk,
    code: (who = 'o1') => invite(house.gateway, { ...notices, officer: who, focalPoint: desk.focal_point }),
    close: async () => {
      server.close();
      await house.close();
      await Promise.all([api.close(), peer.close()]);
    },
  };
}

/** The rig's application behind a real port of loopback. */
export const served = (house: Rig): Promise<{ server: ServerType; url: string }> =>
  new Promise((resolve) => {
    const options = { fetch: house.app.fetch, hostname: '127.0.0.1', port: 0 };
    const server = serve(options, (at: AddressInfo) =>
      resolve({ server, url: `http://127.0.0.1:${at.port}` }),
    );
  });
