/**
 * The client of a PostgreSQL that may be down. If a server accepts connections and closes them, the library
 * would connect again at once, without end. Here such a connection counts as failed, attempts are spaced out,
 * and calls meanwhile fail at once. It is logged once that the database is down, and once that it is back.
 * Node only.
 */
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import type { Log } from '../log.ts';
import { DATABASE_DOWN_CODE, isConnectionLost } from './database-fault.ts';
import type { Store } from './store.ts';

/** The wait before the attempt after the first failure, and the longest. Milliseconds. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 2_000;

/** Seconds that the server may take to let a client in. */
const CONNECT_SECONDS = 5;

/** Milliseconds that one call of the store may take before the connections are given up as dead. */
const PATIENCE = 60_000;

export interface DatabaseClient {
  readonly sql: postgres.Sql;
  /**
   * The same store. Its calls fail at once while the database is known to be down, and never wait without
   * end.
   */
  guarded(store: Store): Store;
}

type Options = NonNullable<Parameters<typeof postgres>[1]>;

/** What `postgres` passes to a socket function: its options, parsed. */
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

/** A client for a URL, or for what `options` name. It does not connect before it is used. */
export function createDatabaseClient(url: string | undefined, options: Options, log: Log): DatabaseClient {
  const make = (): postgres.Sql => {
    const own = {
      connect_timeout: CONNECT_SECONDS,
      // The library would fetch types by itself, and a connection lost meanwhile would end the process.
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
  /**
   * The library's connections do not always recover from a loss. Calls that wait for the old ones fail at
   * once.
   */
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
 * A transaction that ends with its connection. Otherwise the library would roll it back over the lost
 * connection, and the process would end.
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
  /** Watches a socket that is connecting. */
  watch(socket: Socket): void;
  /**
   * How many attempts have failed since the last success, and how long to wait before the next, in
   * milliseconds.
   */
  tries(): number;
  wait(): number;
  /** @throws DatabaseDown if no connection is left and it is too early for another attempt */
  check(): void;
  /** Breaks every connection, since no answers come. */
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
      // The first byte tells what came: an error, or that the server lets the client in (PostgreSQL, "Message
      // Formats").
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
 * A socket that reports its error only when it closes. In between the library would still send queries over
 * the connection, and they would never be answered.
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

/** Connects a socket. If the server ends it, it ends with an error, so that the client waits. */
async function dial({ host, port, path }: Target, health: Health): Promise<Socket> {
  const socket = new LateError();
  health.watch(socket);
  socket.once('end', () => socket.destroy(new DatabaseDown('it ended the connection')));
  if (typeof path === 'string') return socket.connect(path);
  const turn = health.tries() % host.length;
  const [name = 'localhost', number = 5432] = [host[turn], port[turn]];
  // If several servers are named, the library goes on to the next one itself, without waiting.
  if (host.length > 1) await sleep(health.wait());
  // The library reads from the socket the name that the certificate must have.
  return Object.assign(socket, { host: name, port: number }).connect(number, name);
}

/** Functions that are not a single query, or that close the store. */
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
