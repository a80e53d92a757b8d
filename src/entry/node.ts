/** The Node entry: a database, one gateway over it, the HTTP server and the loop. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import postgres from 'postgres';
import { createEmailAdapter, type EmailAdapter } from '../../adapters/email/adapter.ts';
import { registerWebhook } from '../../adapters/telegram/bot.ts';
import { readSettings, readTelegram, type Values } from '../config.ts';
import { CHANNELS } from '../domain/channel.ts';
import { runLoop } from '../flow/loop.ts';
import type { Log } from '../log.ts';
import { letterWriter } from '../paper/letter.ts';
import { mailboxJudge } from '../seal/mail-trust.ts';
import { startEmbedded } from '../store/embedded.ts';
import { shareEmbedded } from '../store/embedded-shared.ts';
import { migrate } from '../store/migrate.ts';
import { createStore } from '../store/postgres.ts';
import { type Built, buildGateway } from './build.ts';
import { chance } from './chance.ts';
import { type Home, keptMasterKeys } from './home.ts';
import { mailTrustIn } from './mail-trust-files.ts';
import { prometheusMetrics } from './metrics-prometheus.ts';
import { outgoingFetch } from './outgoing.ts';
import { typesetter } from './typst.ts';
import { wordsFromFiles } from './words-from-files.ts';

/** Connections of one gateway process. */
const POOL = 10;
/** While it closes: how often idle connections are ended, and after how long all are. */
const SWEEP_MS = 50;
const CUT_MS = 10_000;

interface Database {
  readonly sql: postgres.Sql;
  stop(): Promise<void>;
}

/**
 * Connects to `DATABASE_URL`, or starts the embedded PostgreSQL in the home folder; migrates either. `shared` is for
 * commands: one connection, through the embedded server of a gateway that is running where there is one.
 */
export async function openDatabase(home: Home, log: Log, shared = false): Promise<Database> {
  const url = home.values['DATABASE_URL'];
  // A name of its own for each process: what it had claimed is released when it is gone.
  const connection = { application_name: `amanat-${chance.newId()}` };
  const quiet = { max: shared ? 1 : POOL, onnotice: () => {}, connection };
  if (url !== undefined) return migrated(postgres(url, quiet), async () => {});
  const embedded = await (shared ? shareEmbedded : startEmbedded)({ dataDir: join(home.path, 'data'), log });
  return migrated(postgres({ ...embedded.connection, ...quiet }), embedded.stop);
}

async function migrated(sql: postgres.Sql, end: () => Promise<void>): Promise<Database> {
  const stop = async (): Promise<void> => {
    await sql.end({ timeout: 5 });
    await end();
  };
  try {
    await migrate(sql);
    return { sql, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

export interface Opened extends Built {
  close(): Promise<void>;
}

/** The machine's own clock. */
const machineClock = (): Date => new Date();

/** Opens the gateway of a home folder without serving it; `shared` as {@link openDatabase} has it. */
export async function openGateway(
  home: Home,
  log: Log,
  shared = false,
  now: () => Date = machineClock,
): Promise<Opened> {
  const settings = readSettings(home.values);
  const database = await openDatabase(home, log, shared);
  const words = wordsFromFiles();
  const store = createStore(database.sql, { listen: true });
  const outgoing = outgoingFetch({ allow: settings.allow });
  let mail: EmailAdapter | undefined;
  const close = async (): Promise<void> => {
    await mail?.close();
    await outgoing.close();
    await store.close();
    await database.stop();
  };
  try {
    const built = await buildGateway(settings, home.values, {
      store,
      log,
      words,
      now,
      chance,
      metrics: prometheusMetrics(store, now),
      fetch: outgoing,
      telegramFetch: (url, init) => fetch(url, init),
      masterKeys: () => keptMasterKeys(home.path),
      writeLetter: letterWriter(words, typesetter()),
      mailboxes: mailboxJudge(mailTrustIn(home.path)),
      mail: ({ certificate, privateKey, ...rest }) => {
        mail = createEmailAdapter({ ...rest, signer: { certificate, privateKey }, words, now });
        return mail;
      },
    });
    return { ...built, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

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

/** Serves the gateway and runs its loop until `close`, by the machine's clock where no other is given. */
export async function serveGateway(home: Home, log: Log, now: () => Date = machineClock): Promise<Serving> {
  const opened = await openGateway(home, log, false, now);
  const stop = new AbortController();
  const loop = runLoop(opened.gateway, stop.signal);
  const server = serve({ fetch: opened.app.fetch, ...listenOn(home.values, opened.gateway.url) });
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
      await Promise.all([closed(server), loop]);
      await opened.close();
    },
  };
}

/**
 * Takes no more requests and lets those under way end. A connection that was answering when the server closed would
 * otherwise stay open for its keep-alive time, and one whose client never reads on for ever.
 */
async function closed(server: ReturnType<typeof serve>): Promise<void> {
  const web = server as Server;
  const sweep = setInterval(() => web.closeIdleConnections(), SWEEP_MS);
  const cut = setTimeout(() => web.closeAllConnections(), CUT_MS);
  await new Promise<void>((resolve) => web.close(() => resolve()));
  clearInterval(sweep);
  clearTimeout(cut);
}

/** Asks Telegram to call this gateway. @throws Refusal `channel-secret-missing` */
export const registerTelegram = (values: Values, url: string): Promise<string> =>
  registerWebhook(
    { ...readTelegram(values), fetch: (to, init) => fetch(to, init) },
    `${url}/channels/telegram`,
  );
