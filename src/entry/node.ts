/** Opens the gateway of a home folder on Node: the database and the gateway on it. `serving.ts` adds the server. */
import { join } from 'node:path';
import type postgres from 'postgres';
import type { EmailAdapter, EmailOptions } from '../../adapters/email/adapter.ts';
import { type MailSettings, readSettings } from '../config/settings.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { hasUnadoptedGrants } from '../flow/operator/adopting.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { createLetterWriter } from '../paper/letter.ts';
import type { Typesetter } from '../paper/typeset.ts';
import { createPartsBoard, type PartsBoard } from '../parts.ts';
import { createMailboxJudge } from '../seal/mail-trust.ts';
import { createDatabaseClient, type DatabaseClient } from '../store/client.ts';
import { migrateDatabase } from '../store/migrate.ts';
import { createStore } from '../store/postgres.ts';
import type { Store } from '../store/store.ts';
import { type BuiltGateway, buildGateway } from './build.ts';
import { chance } from './chance.ts';
import { checkGateway } from './enrolling/gateway-check.ts';
import { type HomeFolder, listReplacedKeys, readGatewayKeys, readMasterKeys } from './home/home.ts';
import { recordGatewayMade } from './home/made.ts';
import { createMailTrust } from './home/mail-trust-files.ts';
import { checkMasterKey } from './home/master-check.ts';
import { checkDatabaseIdentity, checkDatabasePlace, rememberDatabase } from './home/own-database.ts';
import { createOutgoingFetch } from './outgoing.ts';
import { phrasesFromFiles } from './phrases-from-files.ts';
import { startEmbeddedServer } from './postgres/embedded.ts';
import { shareEmbeddedServer } from './postgres/shared.ts';
import { createHeavyThreads } from './server/heavy-threads.ts';
import { createSpoolingBodies } from './server/spool.ts';
import { createHomeHead } from './telling/log-head.ts';
import { createFiguresMetrics } from './telling/metrics-figures.ts';
import { createTypesettingProcess } from './typst/typesetting.ts';

/** How many database connections one gateway process has. */
const POOL = 10;

interface Database extends DatabaseClient {
  stop(): Promise<void>;
}

/** How to open a gateway; the defaults are for serving it. */
export interface GatewayOpening {
  /** For commands: one connection, and the embedded server of a running gateway if there is one. */
  readonly shared?: boolean;
  /** The handle of the operator who runs the command. */
  readonly operator?: string;
  /** The clock; the machine's own if absent. */
  readonly now?: () => Date;
  /** Whether the embedded database skips waiting for the disk, as in {@link startEmbeddedServer}; for the demo, which keeps nothing. */
  readonly throwaway?: boolean;
}

/**
 * Connects to `DATABASE_URL`, or starts the embedded PostgreSQL in the home folder, and migrates it.
 * @throws Refusal `configuration` where the database does not belong to this home folder
 */
export async function openDatabase(
  home: HomeFolder,
  log: Log,
  { shared = false, throwaway = false }: GatewayOpening = {},
  parts: PartsBoard = createPartsBoard(log),
): Promise<Database> {
  const url = home.values['DATABASE_URL'];
  // A unique name for each process: when the process is gone, its claims are released by that name.
  const connection = { application_name: `amanat-${chance.newId()}` };
  const quiet = { max: shared ? 1 : POOL, onnotice: () => {}, connection };
  if (url !== undefined) return migrated(home, clientOf(url, quiet, log), async () => {});
  checkDatabasePlace(home);
  const place = { dataDir: join(home.path, 'data'), throwaway, log };
  const fate = { lost: () => parts.fails('database'), back: () => parts.works('database') };
  const embedded = await (shared ? shareEmbeddedServer(place) : startEmbeddedServer({ ...place, fate }));
  return migrated(
    home,
    createDatabaseClient(undefined, { ...embedded.connection, ...quiet }, log),
    embedded.stop,
  );
}

/** @throws Refusal `configuration` where the URL is not valid or names another kind of database */
function clientOf(
  url: string,
  options: Parameters<typeof createDatabaseClient>[1],
  log: Log,
): DatabaseClient {
  try {
    if (/^postgres(?:ql)?:\/\//.test(url)) return createDatabaseClient(url, options, log);
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
  }
  throw new Refusal(
    'configuration',
    'DATABASE_URL must be a URL such as postgres://user:password@host:5432/name',
  );
}

async function migrated(
  home: HomeFolder,
  client: DatabaseClient,
  end: () => Promise<void>,
): Promise<Database> {
  const { sql } = client;
  const stop = async (): Promise<void> => {
    await sql.end({ timeout: 5 });
    await end();
  };
  try {
    await checkDatabaseIdentity(home, sql);
    await migrateDatabase(sql);
    await rememberDatabase(home, sql, chance.newThread());
    return { ...client, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

export interface OpenedGateway extends BuiltGateway {
  /** The typesetter of its letters. */
  readonly typeset: Typesetter;
  /** Its database, for queries about the server itself. */
  readonly sql: postgres.Sql;
  close(): Promise<void>;
}

/** Opens the gateway of a home folder without serving it. */
export async function openGateway(
  home: HomeFolder,
  log: Log,
  opening: GatewayOpening = {},
): Promise<OpenedGateway> {
  const { shared = false, now = () => new Date(), operator } = opening;
  const settings = readSettings(home.values);
  const parts = createPartsBoard(log);
  const database = await openDatabase(home, log, opening, parts);
  const translate = phrasesFromFiles();
  const store = database.guarded(createStore(database.sql, { listen: true }));
  const { typeset, close: closeTypesetting } = createTypesettingProcess();
  const outgoing = createOutgoingFetch({ allow: settings.allow });
  const threads = createHeavyThreads();
  let mail: EmailAdapter | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([mail?.close(), closeTypesetting(), threads.close()]);
    await outgoing.close();
    await store.database.close();
    await database.stop();
  };
  try {
    await checkGateway(store.ledger, settings);
    const built = await buildGateway(settings, home.values, {
      store,
      log,
      parts,
      translate,
      now,
      chance,
      head: createHomeHead(home.path, log),
      ...present({ operator }),
      bodies: createSpoolingBodies(join(home.path, 'tmp')),
      metrics: await metricsOf(store, now, shared),
      fetch: outgoing,
      heavyFor: threads.heavyFor,
      telegramFetch: (url, init) => fetch(url, init),
      masterKeys: () => readMasterKeys(home.path),
      gatewayKeys: () => readGatewayKeys(home.path),
      writeLetter: createLetterWriter(translate, typeset),
      mailboxes: createMailboxJudge(createMailTrust(home.path)),
      mail: async (settings) => {
        mail = await openMail(settings, { translate, now, composeFor: threads.composeFor });
        return mail;
      },
    });
    await checkMasterKey(store.secrets, built.gateway.master, listReplacedKeys(home));
    await hasUnadoptedGrants(built.gateway);
    await recordGatewayMade(home.path, built.gateway);
    return { ...built, typeset, sql: database.sql, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** Makes the e-mail channel. Its libraries load only if it is on. */
async function openMail(
  { certificate, privateKey, ...rest }: MailSettings,
  parts: Pick<EmailOptions, 'translate' | 'now' | 'composeFor'>,
): Promise<EmailAdapter> {
  const { createEmailAdapter } = await import('../../adapters/email/adapter.ts');
  return createEmailAdapter({ ...rest, ...parts, signer: { certificate, privateKey } });
}

/** The metrics; a command has none, because it ends before anybody could read them. */
async function metricsOf(store: Store, now: () => Date, shared: boolean): Promise<Metrics> {
  if (shared) return createFiguresMetrics(store, now);
  const { createPrometheusMetrics: prometheusMetrics } = await import('./telling/metrics-prometheus.ts');
  return prometheusMetrics(store, now);
}
