/** A database that is reached over TCP, for clients that cannot use a Unix socket: Workers. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedServer } from '../../src/entry/postgres/embedded.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import { makeTestDatabase, type TestDatabase } from './database.ts';
import { connectToDatabase } from './server.ts';
import { openTestStore } from './test-guard.ts';

export type TcpDatabase = TestDatabase & { readonly url: string };

/** A fresh database on the server that `DATABASE_URL` names, else on a server of its own. */
export async function makeTcpDatabase(): Promise<TcpDatabase> {
  const given = process.env['DATABASE_URL'];
  if (given === undefined || given === '') return embeddedDatabase();
  const database = await makeTestDatabase();
  const url = new URL(given);
  url.pathname = `/${database.name}`;
  return { ...database, url: url.href };
}

/** The run's own server listens on a Unix socket only, on purpose. */
async function embeddedDatabase(): Promise<TcpDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'amanat-test-'));
  chmodSync(folder, 0o755);
  const embedded = await startEmbeddedServer({
    dataDir: join(folder, 'postgres'),
    tcp: { port: await freePort() },
  });
  const { url } = embedded;
  if (url === undefined) throw new Error('the server has no TCP port');
  const server = { connection: embedded.connection };
  const sql = connectToDatabase(server, undefined, 4);
  await migrateDatabase(sql);
  const store = openTestStore(connectToDatabase(server), { listen: true });
  const close = async (): Promise<void> => {
    await store.database.close();
    await sql.end();
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    store,
    sql,
    connect: () => connectToDatabase(server),
    server,
    name: embedded.connection.database,
    close,
    url,
  };
}

/** A port of 127.0.0.1 that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
