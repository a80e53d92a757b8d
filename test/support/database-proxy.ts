/** A TCP proxy in front of the run's database server, to simulate a database that is down. */

import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Server as Listener, type Socket } from 'node:net';
import type { TestDatabase } from './database.ts';

/**
 * `open`: forwards to the server. `slam`: accepts each connection and closes it at once. `refuse`: does not listen.
 * `mute`: accepts connections and never answers.
 */
export type ProxyState = 'open' | 'slam' | 'refuse' | 'mute';

export interface DatabaseProxy {
  /** The `DATABASE_URL` of the database through this proxy. */
  readonly url: string;
  /** The number of connections since the state was set. */
  knocks(): number;
  /** Changes the state and breaks every open connection; `mute` leaves them open and forwards nothing. */
  set(state: ProxyState): Promise<void>;
  close(): Promise<void>;
}

export async function openDatabaseProxy({
  server,
  name,
}: Pick<TestDatabase, 'server' | 'name'>): Promise<DatabaseProxy> {
  const { toServer, user } = target(server);
  const sockets = new Set<Socket>();
  let state: ProxyState = 'open';
  let knocks = 0;
  const keep = (one: Socket): Socket => {
    sockets.add(one);
    one.on('error', () => {}).on('close', () => sockets.delete(one));
    return one;
  };
  const take = (from: Socket): void => {
    knocks += 1;
    keep(from);
    if (state === 'slam') from.destroy();
    if (state !== 'open') return;
    const to = keep(toServer());
    from.on('data', (data) => state !== 'mute' && to.write(data));
    to.on('data', (data) => state !== 'mute' && from.write(data));
    from.on('close', () => to.destroy());
    to.on('close', () => from.destroy());
  };
  let listener: Listener | undefined;
  const listen = (port: number): Promise<number> =>
    new Promise((resolve) => {
      const made = createServer(take);
      listener = made;
      made.listen(port, '127.0.0.1', () => resolve((made.address() as AddressInfo).port));
    });
  const shut = async (): Promise<void> => {
    const made = listener;
    listener = undefined;
    const closed = new Promise((resolve) => (made === undefined ? resolve(undefined) : made.close(resolve)));
    for (const one of sockets) one.destroy();
    await closed;
  };
  const port = await listen(0);
  return {
    url: `postgres://${user}@127.0.0.1:${port}/${name}`,
    knocks: () => knocks,
    set: async (next) => {
      state = next;
      knocks = 0;
      if (next === 'mute' && listener !== undefined) return;
      await shut();
      if (next !== 'refuse') await listen(port);
    },
    close: shut,
  };
}

function target(server: TestDatabase['server']): { readonly toServer: () => Socket; readonly user: string } {
  if ('connection' in server) {
    const { host, port, user } = server.connection;
    return { toServer: () => dial(`${host}/.s.PGSQL.${port}`), user };
  }
  const url = new URL(server.url);
  const user = url.password === '' ? url.username : `${url.username}:${url.password}`;
  return { toServer: () => dial(Number(url.port || 5432), url.hostname), user };
}
