/**
 * A gateway of the poorest kind, for `embedded.test.ts` to kill: starts the server, commits numbers one after the
 * other, and prints each after its commit. Arguments: data directory, `once` to commit one and stop.
 */
import postgres from 'postgres';
import { startEmbeddedServer } from '../../../src/entry/postgres/embedded.ts';

const [dataDir = '', mode] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const server = await startEmbeddedServer({ dataDir });
const sql = postgres({ ...server.connection, max: 1, onnotice: () => {} });
await sql`create table if not exists number (n bigint generated always as identity)`;
do {
  const [row] = await sql<{ n: string }[]>`insert into number default values returning n`;
  say(`committed ${row?.n}`);
} while (mode !== 'once');
await sql.end();
await server.stop();
say('stopped');
