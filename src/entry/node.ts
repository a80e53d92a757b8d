/** The gateway of a home folder on Node: a database and the gateway over it. `serving.ts` puts a server in front. */
import { join } from 'node:path';
import type postgres from 'postgres';
import type { EmailAdapter } from '../../adapters/email/adapter.ts';
import { readSettings } from '../config.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { waitsForAdoption } from '../flow/operator/adopting.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { letterWriter } from '../paper/letter.ts';
import type { Typeset } from '../paper/typeset.ts';
import { type Parts, partsBoard } from '../parts.ts';
import { mailboxJudge } from '../seal/mail-trust.ts';
import { type DatabaseClient, databaseClient } from '../store/client.ts';
import { migrate } from '../store/migrate.ts';
import { createStore } from '../store/postgres.ts';
import type { Store } from '../store/store.ts';
import { type Built, buildGateway } from './build.ts';
import { chance } from './chance.ts';
import { checkGateway } from './enrolling/gateway-check.ts';
import { type Home, keptGatewayKeys, keptMasterKeys, replacedKeys } from './home/home.ts';
import { recordMade } from './home/made.ts';
import { mailTrustIn } from './home/mail-trust-files.ts';
import { checkMasterKey } from './home/master-check.ts';
import { checkDatabase, checkPlace, rememberDatabase } from './home/own-database.ts';
import { outgoingFetch } from './outgoing.ts';
import { startEmbedded } from './postgres/embedded.ts';
import { shareEmbedded } from './postgres/shared.ts';
import { heavyThreads } from './server/heavy-threads.ts';
import { spoolingBodies } from './server/spool.ts';
import { headInHome } from './telling/log-head.ts';
import { figuresMetrics } from './telling/metrics-figures.ts';
import { typesettingProcess } from './typst/typesetting.ts';
import { wordsFromFiles } from './words-from-files.ts';

/** Connections of one gateway process. */
const POOL = 10;

interface Database extends DatabaseClient {
  stop(): Promise<void>;
}

/** How a gateway is opened; left out, as one that is to be served. */
export interface Opening {
  /** For commands: one connection, through the embedded server of a gateway that is running where there is one. */
  readonly shared?: boolean;
  /** The handle of the operator whose command it is. */
  readonly operator?: string;
  /** The machine's own clock where left out. */
  readonly now?: () => Date;
  /** The embedded database does not wait for the disk, as {@link startEmbedded} has it: the demo keeps nothing. */
  readonly throwaway?: boolean;
}

/**
 * Connects to `DATABASE_URL`, or starts the embedded PostgreSQL in the home folder; migrates either.
 * @throws Refusal `configuration` where it is not the database of this home folder
 */
export async function openDatabase(
  home: Home,
  log: Log,
  { shared = false, throwaway = false }: Opening = {},
  parts: Parts = partsBoard(log),
): Promise<Database> {
  const url = home.values['DATABASE_URL'];
  // A name of its own for each process: what it had claimed is released when it is gone.
  const connection = { application_name: `amanat-${chance.newId()}` };
  const quiet = { max: shared ? 1 : POOL, onnotice: () => {}, connection };
  if (url !== undefined) return migrated(home, clientOf(url, quiet, log), async () => {});
  checkPlace(home);
  const place = { dataDir: join(home.path, 'data'), throwaway, log };
  const fate = { lost: () => parts.fails('database'), back: () => parts.works('database') };
  const embedded = await (shared ? shareEmbedded(place) : startEmbedded({ ...place, fate }));
  return migrated(home, databaseClient(undefined, { ...embedded.connection, ...quiet }, log), embedded.stop);
}

/** @throws Refusal `configuration` where the URL is none, or of another kind of database */
function clientOf(url: string, options: Parameters<typeof databaseClient>[1], log: Log): DatabaseClient {
  try {
    if (/^postgres(?:ql)?:\/\//.test(url)) return databaseClient(url, options, log);
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
  }
  throw new Refusal(
    'configuration',
    'DATABASE_URL must be a URL such as postgres://user:password@host:5432/name',
  );
}

async function migrated(home: Home, client: DatabaseClient, end: () => Promise<void>): Promise<Database> {
  const { sql } = client;
  const stop = async (): Promise<void> => {
    await sql.end({ timeout: 5 });
    await end();
  };
  try {
    await checkDatabase(home, sql);
    await migrate(sql);
    await rememberDatabase(home, sql, chance.newThread());
    return { ...client, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

export interface Opened extends Built {
  /** Sets its pages. */
  readonly typeset: Typeset;
  /** Its database, for what is asked of the server itself. */
  readonly sql: postgres.Sql;
  close(): Promise<void>;
}

/** Opens the gateway of a home folder without serving it. */
export async function openGateway(home: Home, log: Log, opening: Opening = {}): Promise<Opened> {
  const { shared = false, now = () => new Date(), operator } = opening;
  const settings = readSettings(home.values);
  const parts = partsBoard(log);
  const database = await openDatabase(home, log, opening, parts);
  const words = wordsFromFiles();
  const store = database.guarded(createStore(database.sql, { listen: true }));
  const { typeset, close: closeTypesetting } = typesettingProcess();
  const outgoing = outgoingFetch({ allow: settings.allow });
  const threads = heavyThreads();
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
      words,
      now,
      chance,
      head: headInHome(home.path, log),
      ...present({ operator }),
      bodies: spoolingBodies(join(home.path, 'tmp')),
      metrics: await metricsOf(store, now, shared),
      fetch: outgoing,
      heavyFor: threads.heavyFor,
      telegramFetch: (url, init) => fetch(url, init),
      masterKeys: () => keptMasterKeys(home.path),
      gatewayKeys: () => keptGatewayKeys(home.path),
      writeLetter: letterWriter(words, typeset),
      mailboxes: mailboxJudge(mailTrustIn(home.path)),
      mail: async ({ certificate, privateKey, ...rest }) => {
        const { createEmailAdapter } = await import('../../adapters/email/adapter.ts');
        const { composeFor } = threads;
        mail = createEmailAdapter({
          ...rest,
          signer: { certificate, privateKey },
          words,
          now,
          composeFor,
        });
        return mail;
      },
    });
    await checkMasterKey(store.secrets, built.gateway.master, replacedKeys(home));
    await waitsForAdoption(built.gateway);
    await recordMade(home.path, built.gateway);
    return { ...built, typeset, sql: database.sql, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** A command counts nothing: it is over before anybody could ask. */
async function metricsOf(store: Store, now: () => Date, shared: boolean): Promise<Metrics> {
  if (shared) return figuresMetrics(store, now);
  const { prometheusMetrics } = await import('./telling/metrics-prometheus.ts');
  return prometheusMetrics(store, now);
}
