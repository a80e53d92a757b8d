/** The Node entry: the gateway of a home folder, the HTTP server in front of it and the loop behind it. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { readTelegram, type Values } from '../config.ts';
import { CHANNELS } from '../domain/channel.ts';
import { runLoop } from '../flow/loop.ts';
import type { Log } from '../log.ts';
import { applicationOf } from './application.ts';
import { closed } from './closing.ts';
import type { Home } from './home.ts';
import { type Opened, type Opening, openGateway } from './node.ts';

export interface Serving extends Opened {
  /** Where it listens. */
  readonly address: { readonly host: string; readonly port: number };
}

/** Where to listen: `AMANAT_LISTEN` as `host:port`, else the host and port of the gateway's own URL. */
function listenOn(values: Values, url: string): { hostname: string; port: number } {
  const named = values['AMANAT_LISTEN'];
  const { hostname, port, protocol } = new URL(named === undefined ? url : `http://${named}`);
  return { hostname, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

/** Serves the gateway and runs its loop until `close`. */
export async function serveGateway(
  home: Home,
  log: Log,
  opening: Omit<Opening, 'shared'> = {},
): Promise<Serving> {
  const opened = await openGateway(home, log, opening);
  const stop = new AbortController();
  const loop = runLoop(opened.gateway, stop.signal);
  const { fetch } = applicationOf(opened.gateway);
  const server = serve({ fetch, ...listenOn(home.values, opened.gateway.url) });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('listening', resolve);
      server.once('error', reject);
    });
  } catch (fault) {
    stop.abort();
    await loop;
    await opened.close();
    throw fault;
  }
  const { address, port } = server.address() as AddressInfo;
  log.info('serving', {
    port,
    channels: CHANNELS.filter((one) => opened.gateway.adapters.has(one)).join(','),
  });
  return {
    ...opened,
    address: { host: address, port },
    close: async () => {
      stop.abort();
      await Promise.all([closed(server as Server), loop]);
      await opened.close();
    },
  };
}

/** Asks Telegram to call this gateway. @throws Refusal `channel-secret-missing` */
export async function registerTelegram(values: Values, url: string): Promise<string> {
  const { registerWebhook } = await import('../../adapters/telegram/bot.ts');
  const bot = { ...readTelegram(values), fetch: (to: string | URL, init?: RequestInit) => fetch(to, init) };
  return registerWebhook(bot, `${url}/channels/telegram`);
}
