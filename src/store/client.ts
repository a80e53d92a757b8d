/**
 * The client of a PostgreSQL that may be down. The library would connect again at once, for ever, where the server takes a
 * connection and closes it; here such a connection counts as failed, tries are spaced out, and what is asked
 * meanwhile fails at once. It is said once that the database is down, and once that it is back. Node only.
 */
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import type { Log } from '../log.ts';
import { DATABASE_DOWN_CODE, isConnectionLost } from './database-fault.ts';
import type { Store } from './store.ts';

/** The wait before a try after the first failure, and the longest. Milliseconds. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 2_000;

/** How long the server may take to let a client in, in seconds. */
const CONNECT_SECONDS = 5;

/** How long one call of the store may take before the connections are given up as dead. Milliseconds. */
const PATIENCE = 60_000;

export interface DatabaseClient {
  readonly sql: postgres.Sql;
  /** The same store, whose calls fail at once while the database is known to be down, and never wait for ever. */
  guarded(store: Store): Store;
}

type Options = NonNullable<Parameters<typeof postgres>[1]>;

/** What `postgres` gives to a socket function: its options, parsed. */
interface Target {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path: string | false | undefined;
}

class DatabaseDown extends Error {
  readonly code = DATABASE_DOWN_CODE;
  constructor(detail: string) {
    super(`the database does not answer (${detail})`);
    this.name = 'DatabaseDown';
  }
}

/** A client for a URL, or for what `options` name. Does not connect until it is asked for something. */
export function createDatabaseClient(url: string | undefined, options: Options, log: Log): DatabaseClient {
  const make = (): postgres.Sql => {
    const own = {
      connect_timeout: CONNECT_SECONDS,
      // The library asks for types by itself, and a connection that is lost meanwhile would end the process.
      fetch_types: false,
      backoff: (failures: number) => waitAfter(failures) / 1_000,
      socket: (target: Target) => dial(target, health),
    };
    const all = { ...options, ...own } as Options;
    return url === undefined ? postgres(all) : postgres(url, all);
  };
  const health = watchHealth(log, () => renew());
  const ear = make();
  let pool = make();
  /** The library's connections do not always recover from a loss. What waits for the old ones fails at once. */
  const renew = (): void => {
    const old = pool;
    pool = make();
    old.end({ timeout: 0 }).catch(() => {});
  };
  const end = async (how?: { timeout?: number }): Promise<void> => {
    await Promise.all([pool.end(how), ear.end(how)]);
  };
  const sql = new Proxy(pool, {
    apply: (_, self, given) => Reflect.apply(pool, self, given),
    get: (_, name) => {
      if (name === 'begin') return (work: Work) => begin(pool, work);
      if (name === 'listen') return ear.listen;
      if (name === 'end') return end;
      return Reflect.get(pool, name);
    },
  });
  return { sql, guarded: (store) => guarded(store, health) };
}

type Work = (tx: postgres.TransactionSql) => Promise<unknown>;

/**
 * A transaction that ends with its connection. The library would go on to roll it back over the connection that is lost,
 * and the process would end by that.
 */
async function begin(pool: postgres.Sql, work: Work): Promise<unknown> {
  const lost = Promise.withResolvers<never>();
  let isOver = false;
  const checked = (tx: postgres.TransactionSql): postgres.TransactionSql =>
    new Proxy(tx, {
      apply: (target, self, given) => {
        if (isOver) throw new DatabaseDown('the connection was lost');
        return Reflect.apply(target, self, given);
      },
    });
  const run = (tx: postgres.TransactionSql): Promise<unknown> =>
    new Promise((resolve, reject) => {
      work(checked(tx)).then(
        (value) => (isOver ? undefined : resolve(value)),
        (fault) => (isOver || isConnectionLost(fault) ? lost.reject(fault) : reject(fault)),
      );
    });
  try {
    return await Promise.race([pool.begin(run), lost.promise]);
  } finally {
    isOver = true;
  }
}

const waitAfter = (failures: number): number =>
  Math.min(FIRST_WAIT * 2 ** Math.max(failures - 1, 0), LONGEST_WAIT);

interface Health {
  /** A socket that is being connected. */
  watch(socket: Socket): void;
  /** How many tries have failed since the last that did not, and how long to wait before the next, in milliseconds. */
  tries(): number;
  wait(): number;
  /** @throws DatabaseDown where no connection is left and it is not yet time for another try */
  check(): void;
  /** Breaks every connection: nothing comes through them. */
  giveUp(): void;
}

function watchHealth(log: Log, renew: () => void): Health {
  const sockets = new Set<Socket>();
  const alive = new Set<Socket>();
  let failures = 0;
  let nextTry = 0;
  const failed = (code: string): void => {
    if (alive.size > 0) return;
    failures += 1;
    nextTry = performance.now() + waitAfter(failures);
    if (failures === 1) log.error('database.down', { code });
    renew();
  };
  const answered = (socket: Socket): void => {
    alive.add(socket);
    if (failures > 0) log.warn('database.back', { failures });
    failures = 0;
  };
  return {
    watch(socket) {
      let code = 'closed';
      sockets.add(socket);
      socket.once('error', (fault) => {
        code = 'code' in fault ? String(fault.code) : fault.name;
      });
      // The first byte says what came: an error, or that the server lets the client go on (PostgreSQL, "Message Formats").
      socket.once('data', (data: Buffer) => data[0] !== 0x45 && answered(socket));
      socket.once('close', () => {
        sockets.delete(socket);
        if (!alive.delete(socket)) failed(code);
      });
    },
    tries: () => failures,
    wait: () => Math.max(0, nextTry - performance.now()),
    check() {
      if (failures === 0 || performance.now() >= nextTry) {
        nextTry = performance.now() + waitAfter(failures);
        return;
      }
      throw new DatabaseDown('waiting for the next try');
    },
    giveUp() {
      for (const one of sockets) one.destroy(new DatabaseDown('no answer'));
    },
  };
}

/**
 * A socket that tells of its error when it closes, and not before. In between the library would still put questions to the
 * connection, and never answer them.
 */
class LateError extends Socket {
  #fault: unknown;

  override emit(event: string | symbol, ...given: unknown[]): boolean {
    if (event === 'error') {
      this.#fault = given[0];
      return true;
    }
    if (event === 'close' && this.#fault !== undefined) super.emit('error', this.#fault);
    return super.emit(event, ...given);
  }
}

/** A socket that is connecting. Where the server ends it, it ends by an error, so that the client waits. */
async function dial({ host, port, path }: Target, health: Health): Promise<Socket> {
  const socket = new LateError();
  health.watch(socket);
  socket.once('end', () => socket.destroy(new DatabaseDown('it ended the connection')));
  if (typeof path === 'string') return socket.connect(path);
  const turn = health.tries() % host.length;
  const [name = 'localhost', number = 5432] = [host[turn], port[turn]];
  // Where several servers are named, the library goes on to the next by itself, and does not wait.
  if (host.length > 1) await sleep(health.wait());
  // The library asks the socket for the name that the certificate must have.
  return Object.assign(socket, { host: name, port: number }).connect(number, name);
}

/** Calls that are no single question, or that end the store. */
const UNGUARDED: readonly string[] = ['listen', 'close'];

function guarded(store: Store, health: Health): Store {
  const contracts = Object.entries(store).map(([name, verbs]) => [name, guardedVerbs(verbs, health)]);
  return Object.fromEntries(contracts) as Store;
}

const guardedVerbs = (
  verbs: Readonly<Record<string, Call>>,
  health: Health,
): Readonly<Record<string, Call>> =>
  Object.fromEntries(
    Object.entries(verbs).map(([name, call]) => [
      name,
      UNGUARDED.includes(name) ? call : guardedCall(call, health),
    ]),
  );

type Call = (...given: readonly unknown[]) => Promise<unknown>;

const guardedCall =
  (call: Call, health: Health): Call =>
  async (...given) => {
    health.check();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        health.giveUp();
        reject(new DatabaseDown('no answer'));
      }, PATIENCE);
    });
    try {
      return await Promise.race([call(...given), late]);
    } finally {
      clearTimeout(timer);
    }
  };
