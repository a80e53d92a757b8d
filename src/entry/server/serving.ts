/** The Node entry: runs the gateway of a home folder with its HTTP server and its loop. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HttpBindings, serve } from '@hono/node-server';
import {
  type ListenAddress,
  readSettings,
  readTelegramSettings,
  type Settings,
  type SettingValues,
} from '../../config/settings.ts';
import { CHANNELS } from '../../domain/party/channel.ts';
import { present } from '../../domain/words/present.ts';
import { keepRejectionCounts } from '../../flow/evidence/reject.ts';
import { runLoop } from '../../flow/loop/loop.ts';
import type { Storing } from '../../gateway-parts.ts';
import type { MarkOf } from '../../http/limiting.ts';
import { createMetricsApp } from '../../http/metrics.ts';
import type { Log } from '../../log.ts';
import { createAddressMarker } from '../../seal/address-mark.ts';
import { createApplication } from '../application.ts';
import type { HomeFolder } from '../home/home.ts';
import { type GatewayOpening, type OpenedGateway, openGateway } from '../node.ts';
import { noteLetterFaults } from '../typst/letters-check.ts';
import { makeNetworkReader } from './caller-address.ts';
import { closeServer, createPatientServer, limitConnections } from './connections.ts';
import { noteIncoming } from './incoming.ts';
import { addressToListen, refusalOfListening } from './listen.ts';

export interface ServedGateway extends OpenedGateway {
  /** Where it listens. */
  readonly address: ListenAddress;
  /** Where the metrics are served, if they have their own listener. */
  readonly metricsAddress?: ListenAddress;
}

/** Starts the server and the loop of the gateway, until `close`. */
export async function serveGateway(
  home: HomeFolder,
  log: Log,
  opening: Omit<GatewayOpening, 'shared'> = {},
): Promise<ServedGateway> {
  const opened = await openGateway(home, log, opening);
  const { gateway } = opened;
  await noteLetterFaults(gateway, opened.typeset);
  const stop = new AbortController();
  const loop = runLoop(gateway, stop.signal);
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    stop.abort();
    await Promise.all([...servers.map((one) => closeServer(one)), loop]);
    await keepRejectionCounts(gateway, 'all').catch((fault: unknown) =>
      log.error('close.fault', { fault: fault instanceof Error ? fault.name : 'unknown' }),
    );
    await opened.close();
  };
  try {
    const settings = readSettings(home.values);
    const own = settings.metrics.listen;
    const markOf = marksOf(settings, gateway);
    const front = { markOf, proxies: settings.proxies };
    const place = settings.listen ? 'AMANAT_LISTEN' : 'AMANAT_URL (AMANAT_LISTEN is not set)';
    const { fetch } = createApplication(gateway, markOf);
    const address = await listening(servers, { fetch, setting: place, ...front }, addressToListen(settings));
    const numbers = { fetch: createMetricsApp(gateway).fetch, setting: 'AMANAT_METRICS_LISTEN' };
    const metricsAddress = own && (await listening(servers, { ...numbers, ...front }, own));
    log.info('serving', {
      port: address.port,
      channels: CHANNELS.filter((one) => gateway.adapters.has(one)).join(','),
    });
    return {
      ...opened,
      address,
      ...present({ metricsAddress: metricsAddress || undefined }),
      close,
    };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** Makes the marks of callers from their networks. Logs once that a proxy is not configured. */
function marksOf(settings: Settings, { log, now }: Storing): MarkOf {
  const mark = createAddressMarker(settings.masterKey);
  let isTold = false;
  const networkOf = makeNetworkReader(settings.proxies, () => {
    if (!isTold) log.warn('limits.unknown-proxy', { set: 'AMANAT_PROXIES' });
    isTold = true;
  });
  return (request, env) => {
    const { incoming } = env as Partial<HttpBindings>;
    const forwarded = request.headers.get('x-forwarded-for') ?? undefined;
    const network = networkOf({ socket: incoming?.socket.remoteAddress, forwarded });
    return network === undefined ? undefined : mark(network, now());
  };
}

type FetchCallback = Parameters<typeof serve>[0]['fetch'];

interface Front {
  readonly fetch: FetchCallback;
  readonly markOf: MarkOf;
  /** Addresses of the operator's own proxies. */
  readonly proxies: readonly string[];
  /** The setting with its address, for the refusal. */
  readonly setting: string;
}

/**
 * Starts a server and adds it to `servers` once it listens.
 * @returns its address, with the real port in place of 0
 * @throws Refusal `configuration` where it cannot listen there
 */
async function listening(
  servers: Server[],
  { fetch, markOf, proxies, setting }: Front,
  { host, port }: ListenAddress,
): Promise<ListenAddress> {
  const noted: FetchCallback = (request, env) => {
    noteIncoming(request, (env as Partial<HttpBindings>).incoming, markOf(request, env));
    return fetch(request, env);
  };
  const server = serve({ fetch: noted, hostname: host, port, createServer: createPatientServer }) as Server;
  limitConnections(server, proxies);
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (fault) => reject(refusalOfListening(fault, setting)));
  });
  servers.push(server);
  const at = server.address() as AddressInfo;
  return { host: at.address, port: at.port };
}

/** Asks Telegram to call this gateway. @throws Refusal `channel-secret-missing` */
export async function registerTelegram(values: SettingValues, url: string): Promise<string> {
  const { registerWebhook } = await import('../../../adapters/telegram/bot.ts');
  const bot = {
    ...readTelegramSettings(values),
    fetch: (to: string | URL, init?: RequestInit) => fetch(to, init),
  };
  return registerWebhook(bot, `${url}/channels/telegram`);
}
