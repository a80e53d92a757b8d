/** The Node entry: the gateway of a home folder, the HTTP server in front of it and the loop behind it. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HttpBindings, serve } from '@hono/node-server';
import { type Listening, readSettings, readTelegram, type Settings, type Values } from '../../config.ts';
import { CHANNELS } from '../../domain/party/channel.ts';
import { present } from '../../domain/words/present.ts';
import { keepCounted } from '../../flow/evidence/reject.ts';
import { runLoop } from '../../flow/loop.ts';
import type { Storing } from '../../gateway-parts.ts';
import type { MarkOf } from '../../http/limiting.ts';
import { createMetricsApp } from '../../http/metrics.ts';
import type { Log } from '../../log.ts';
import { addressMarks } from '../../seal/address-mark.ts';
import { applicationOf } from '../application.ts';
import type { Home } from '../home/home.ts';
import { type Opened, type Opening, openGateway } from '../node.ts';
import { noteLetters } from '../typst/letters-check.ts';
import { callerNetwork } from './caller-address.ts';
import { createPatientServer } from './calls-ahead.ts';
import { closed } from './closing.ts';
import { shareConnections } from './connections.ts';
import { noteIncoming } from './incoming.ts';
import { cannotListen, listenOn } from './listen.ts';

export interface Serving extends Opened {
  /** Where it listens. */
  readonly address: Listening;
  /** Where the numbers are served, if they have a listener of their own. */
  readonly metricsAddress?: Listening;
}

/** Serves the gateway and runs its loop until `close`. */
export async function serveGateway(
  home: Home,
  log: Log,
  opening: Omit<Opening, 'shared'> = {},
): Promise<Serving> {
  const opened = await openGateway(home, log, opening);
  const { gateway } = opened;
  await noteLetters(gateway, opened.typeset);
  const stop = new AbortController();
  const loop = runLoop(gateway, stop.signal);
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    stop.abort();
    await Promise.all([...servers.map((one) => closed(one)), loop]);
    await keepCounted(gateway, 'all').catch((fault: unknown) =>
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
    const { fetch } = applicationOf(gateway, markOf);
    const address = await listening(servers, { fetch, setting: place, ...front }, listenOn(settings));
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

/** Tells callers apart by the network they come from. The operator is told once that a proxy is not known. */
function marksOf(settings: Settings, { log, now }: Storing): MarkOf {
  const mark = addressMarks(settings.masterKey);
  let isTold = false;
  const networkOf = callerNetwork(settings.proxies, () => {
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
  /** Own ones. */
  readonly proxies: readonly string[];
  /** The value that says where it listens. */
  readonly setting: string;
}

/**
 * Starts a server and puts it to `servers` once it listens.
 * @returns where; a port 0 has become a real one
 * @throws Refusal `configuration` where it cannot listen there
 */
async function listening(
  servers: Server[],
  { fetch, markOf, proxies, setting }: Front,
  { host, port }: Listening,
): Promise<Listening> {
  const noted: FetchCallback = (request, env) => {
    noteIncoming(request, (env as Partial<HttpBindings>).incoming, markOf(request, env));
    return fetch(request, env);
  };
  const server = serve({ fetch: noted, hostname: host, port, createServer: createPatientServer }) as Server;
  shareConnections(server, proxies);
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (fault) => reject(cannotListen(fault, setting)));
  });
  servers.push(server);
  const at = server.address() as AddressInfo;
  return { host: at.address, port: at.port };
}

/** Asks Telegram to call this gateway. @throws Refusal `channel-secret-missing` */
export async function registerTelegram(values: Values, url: string): Promise<string> {
  const { registerWebhook } = await import('../../../adapters/telegram/bot.ts');
  const bot = { ...readTelegram(values), fetch: (to: string | URL, init?: RequestInit) => fetch(to, init) };
  return registerWebhook(bot, `${url}/channels/telegram`);
}
