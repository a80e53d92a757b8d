/**
 * The embedded PostgreSQL from npm: a real server for a machine without one. It listens on a Unix socket that only this user may
 * use, keeps its data in a directory, and ends with this process, also after `kill -9`. Node on Linux or macOS.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import { type Log, silentLog } from '../../log.ts';
import { findBinaries, type PostgresBinaries } from './binaries.ts';
import { makeDataDirectory } from './initdb.ts';
import { giveDataDirectory } from './owning.ts';
import { isAlive, readPostmaster } from './postmaster.ts';
import { hasExited, keepServerRunning, type RevivedServer, type ServerFate } from './reviving.ts';
import { makeSocketFolder, removeSocketFolder } from './socket.ts';
import { type Account, checkEntrance, findServerAccounts } from './unprivileged.ts';

/** Options for `postgres()`: `host` is the folder of the Unix socket. */
export interface EmbeddedConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface EmbeddedServer {
  readonly connection: EmbeddedConnection;
  /** The URL with the password of this start, if a TCP port was requested. */
  readonly url?: string;
  /** Aborts running transactions, writes everything to disk, and ends. May be called twice. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The data directory, created if it does not exist; no other program may use it. */
  readonly dataDir: string;
  /** Also listens on 127.0.0.1, with a new password for this start; for clients that cannot use a Unix socket. */
  readonly tcp?: { readonly port: number };
  /** Whether `stop` waits at most ten seconds for other programs' connections; otherwise it closes them. */
  readonly patient?: boolean;
  /** Whether writes skip waiting for the disk, so that a power failure can destroy the data; for the demo and tests. */
  readonly throwaway?: boolean;
  /** If present, a server that ends by itself is restarted, and this is told; if absent, it stays down. */
  readonly fate?: ServerFate;
  readonly log?: Log;
}

/** The name of the role and of the database. */
export const DATABASE_NAME = 'amanat';
const DEFAULT_PORT = 5432;
/** How long the server of a killed process may take to release the data directory, in milliseconds. */
const STALE_MS = 10_000;
/** How long a patient stop waits for other connections, in milliseconds. */
const PATIENCE_MS = 10_000;
const READY = 'ready to accept connections';
const HELD = /lock file "postmaster\.pid" already exists|pre-existing shared memory block/;

/** The parameters of one start. */
interface Start {
  readonly bin: PostgresBinaries;
  readonly account: Account | undefined;
  readonly dataDir: string;
  readonly socketDir: string;
  readonly port: number;
  readonly tcp: boolean;
  readonly patient: boolean;
  readonly throwaway: boolean;
  readonly log: Log;
}

/**
 * Starts the server; first makes its data directory if there is none. As root it switches to its own user id, because PostgreSQL
 * refuses to run as root, and gives that user the data if they belong to a user of other programs. Call it from the main thread:
 * the server ends with the thread that started it.
 * @throws Refusal `configuration` where that user cannot enter the data directory or the machine has no PostgreSQL
 * @throws Error with the server's last output, where it ends before it is ready
 */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const start = await makeStart(options);
  try {
    const server = await launch(start);
    const { fate } = options;
    const kept =
      fate === undefined ? left(server) : keepServerRunning(server, () => launch(start), start.log, fate);
    const stop = stopper(kept, start);
    const connection: EmbeddedConnection = {
      host: start.socketDir,
      port: start.port,
      user: DATABASE_NAME,
      database: DATABASE_NAME,
    };
    try {
      const password = options.tcp && randomBytes(24).toString('hex');
      await prepare(connection, password);
      return {
        connection,
        stop,
        ...present({
          url: password
            ? `postgres://${DATABASE_NAME}:${password}@127.0.0.1:${start.port}/${DATABASE_NAME}`
            : undefined,
        }),
      };
    } catch (fault) {
      await stop();
      throw fault;
    }
  } catch (fault) {
    removeSocketFolder(start);
    throw fault;
  }
}

/** Finds the user and the programs, and makes the folders: the data directory if there is none, and one for the socket. */
async function makeStart(options: EmbeddedOptions): Promise<Start> {
  const log = options.log ?? silentLog;
  const dataDir = resolve(options.dataDir);
  const accounts = findServerAccounts(dataDir);
  const account = accounts?.server;
  mkdirSync(dirname(dataDir), { recursive: true });
  for (const one of accounts === undefined ? [] : [accounts.server, accounts.maker])
    checkEntrance(dirname(dataDir), one, 'the data directory');
  if (accounts?.isShared === true)
    log.warn('embedded-postgres.shared-user', {
      consequence: 'programs of the same user can read the database',
    });
  const bin = findBinaries(accounts, dirname(dataDir), log);
  const throwaway = options.throwaway ?? false;
  if (!existsSync(join(dataDir, 'PG_VERSION')))
    await makeDataDirectory(bin.initdb, dataDir, { superuser: DATABASE_NAME, accounts, throwaway });
  else if (account) await adopt(dataDir, account);
  const socketDir = makeSocketFolder(dataDir, account);
  const port = options.tcp?.port ?? DEFAULT_PORT;
  const tcp = options.tcp !== undefined;
  return {
    bin,
    account,
    dataDir,
    socketDir,
    port,
    tcp,
    patient: options.patient ?? false,
    throwaway,
    log,
  };
}

/** Makes the account the owner of the data, after an earlier server on them has ended. */
async function adopt(dataDir: string, account: Account): Promise<void> {
  if (statSync(dataDir).uid !== account.uid) await ended(dataDir);
  giveDataDirectory(dataDir, account);
}

/** Resolves when no server runs on the data. @throws Refusal `configuration` where one continues */
async function ended(dataDir: string): Promise<void> {
  for (let waited = 0; waited < STALE_MS; waited += 100) {
    const held = readPostmaster(dataDir);
    if (held === undefined || !isAlive(held.pid)) return;
    await wait(100);
  }
  throw new Refusal('configuration', 'another server runs on the data directory; stop it first');
}

/** Starts the server and waits until it answers; gives the server of a killed process time to release the data. */
async function launch(start: Start): Promise<ChildProcess> {
  const tries = STALE_MS / 100;
  for (let n = 1; ; n++) {
    const server = spawnServer(start);
    const words = await firstWords(server, start.log);
    if (words === undefined) return server;
    if (HELD.test(words) && n >= tries)
      throw new Refusal(
        'configuration',
        'another amanat serve uses the embedded database of this home folder: stop it first, or use that one. Only with ' +
          'DATABASE_URL can several processes serve one gateway',
      );
    if (!HELD.test(words)) throw new Error(`PostgreSQL ended before it was ready: ${lastLine(words)}`);
    await wait(100);
  }
}

function spawnServer({ bin, account, dataDir, socketDir, port, tcp, throwaway, log }: Start): ChildProcess {
  const settings = {
    listen_addresses: tcp ? '127.0.0.1' : '',
    port: String(port),
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    // Terse: details and statements in the server's log could contain addresses.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    timezone: 'UTC',
    ...(throwaway && { fsync: 'off', full_page_writes: 'off' }),
  };
  const flags = [
    '-D',
    dataDir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  // Detached, so that Ctrl-C at a terminal reaches only the gateway, which then stops the server.
  const io = { detached: true, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] } satisfies Parameters<
    typeof spawn
  >[2];
  if (spawnSync('setpriv', ['--version'], { stdio: 'ignore' }).status === 0) {
    const drop = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : [];
    return spawn('setpriv', [...drop, '--pdeathsig', 'INT', '--', bin.postgres, ...flags], io);
  }
  log.warn('embedded-postgres.no-setpriv', { consequence: 'the database outlives a gateway that is killed' });
  return spawn(bin.postgres, flags, { ...io, ...account });
}

/** Resolves to undefined once the server is ready, or to its whole output if it ended before. */
function firstWords(server: ChildProcess, log: Log): Promise<string | undefined> {
  return new Promise((done) => {
    let words = '';
    let ready = false;
    const lines = server.stderr && createInterface({ input: server.stderr });
    lines?.on('line', (line) => {
      if (ready) return;
      words += `${line}\n`;
      ready = line.includes(READY);
      if (ready) done(undefined);
    });
    server.once('error', (fault) => done(fault.message));
    server.once('close', (code) => {
      if (!ready) done(words || `exit code ${code}`);
      else if (code !== 0) log.error('embedded-postgres.ended', { code: code ?? -1 });
    });
  });
}

/** Creates the database and sets the password of this start. Every start repeats it, because a crash may have interrupted it. */
async function prepare(connection: EmbeddedConnection, password: string | undefined): Promise<void> {
  const sql = postgres({ ...connection, database: 'postgres', max: 1, fetch_types: false });
  try {
    const there = await sql`select from pg_database where datname = ${connection.database}`;
    if (there.length === 0) await sql`create database ${sql(connection.database)}`;
    // A utility statement takes no parameters; the password is hexadecimal.
    if (password) await sql.unsafe(`alter role ${DATABASE_NAME} password '${password}'`);
  } finally {
    await sql.end();
  }
}

/** A server without restarts. */
const left = (server: ChildProcess): RevivedServer => ({ server: () => server, rest: async () => {} });

function stopper(kept: RevivedServer, start: Start): () => Promise<void> {
  return async () => {
    await kept.rest();
    const server = kept.server();
    if (!hasExited(server)) {
      const ended = new Promise<void>((done) => server.once('close', () => done()));
      // PostgreSQL's smart shutdown waits for clients, its fast one cuts them off.
      if (start.patient) server.kill('SIGTERM');
      const waited = start.patient ? setTimeout(() => server.kill('SIGINT'), PATIENCE_MS) : undefined;
      if (!start.patient) server.kill('SIGINT');
      await ended;
      clearTimeout(waited);
    }
    removeSocketFolder(start);
  };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
