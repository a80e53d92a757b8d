/**
 * Shares one embedded server between several programs of a gateway: while `amanat serve` uses the data directory, a command such
 * as `amanat focal-point list` uses its server.
 */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';
import { Refusal } from '../../domain/words/error.ts';
import {
  DATABASE_NAME,
  type EmbeddedConnection,
  type EmbeddedOptions,
  type EmbeddedServer,
  startEmbeddedServer,
} from './embedded.ts';
import { isAlive, readPostmaster } from './postmaster.ts';

/** How long a server may take to become ready or to release its data directory, in milliseconds. */
const PATIENCE_MS = 10_000;

/** SQLSTATEs of a server that starts or ends, and of a database that is still being created (PostgreSQL, appendix A). */
const NOT_NOW: readonly string[] = ['57P01', '57P03', '3D000'];

/**
 * Joins the running server of the data directory, or starts one. Its `stop` does not end a joined server, and ends its own server
 * only after other programs have left it. Keep few connections, and only for a short time.
 * @throws Refusal `configuration` as {@link startEmbeddedServer}, or where the data directory belongs to another user
 */
export async function shareEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = resolve(options.dataDir);
  checkOwner(dataDir);
  for (let waited = 0; waited < PATIENCE_MS; waited += 100) {
    const held = readPostmaster(dataDir);
    if (held === undefined || !isAlive(held.pid)) break;
    const joined = await joinEmbeddedServer(dataDir);
    if (joined !== undefined) return joined;
    await wait(100);
  }
  try {
    return await startEmbeddedServer({ ...options, patient: true });
  } catch (fault) {
    // Another program may have started it a moment before.
    const joined = await joinEmbeddedServer(dataDir);
    if (joined === undefined) throw fault;
    return joined;
  }
}

/** Joins the running server of the data directory; undefined if none is ready. */
export async function joinEmbeddedServer(dataDir: string): Promise<EmbeddedServer | undefined> {
  const held = readPostmaster(resolve(dataDir));
  if (held === undefined) return undefined;
  const connection: EmbeddedConnection = {
    host: held.socketDir,
    port: held.port,
    user: DATABASE_NAME,
    database: DATABASE_NAME,
  };
  return (await answers(connection)) ? { connection, stop: async () => {} } : undefined;
}

async function answers(connection: EmbeddedConnection): Promise<boolean> {
  const sql = postgres({ ...connection, max: 1, fetch_types: false, connect_timeout: 5, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
    if (NOT_NOW.includes(code) || /^(?:E[A-Z]+|CONN[A-Z_]+)$/.test(code)) return false;
    throw fault;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Refuses another user's data directory, which this user cannot read and would take for empty. */
function checkOwner(dataDir: string): void {
  const me = process.getuid?.();
  if (me === undefined || me === 0 || !existsSync(dataDir) || statSync(dataDir).uid === me) return;
  throw new Refusal(
    'configuration',
    'the data directory belongs to another user; run the command as the user that runs the gateway',
  );
}
