/**
 * One database server for the whole run, and in it one migrated template that each test file copies. The server is
 * the one `DATABASE_URL` names, else PostgreSQL out of npm in a folder that is thrown away. And one folder in which
 * the processes of the run leave each other what Node compiled: the program is started some hundred times.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbeddedServer } from '../../src/entry/postgres/embedded.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import { connectToDatabase, type DatabaseServer } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    server: DatabaseServer;
    template: string;
  }
}

// biome-ignore lint/style/noDefaultExport: vitest calls the default export
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const forget = compileOnce();
  const { server, stop } = await startServer();
  const template = `amanat_template_${process.pid}`;
  const admin = connectToDatabase(server);
  await admin`create database ${admin(template)}`;
  const sql = connectToDatabase(server, template);
  await migrateDatabase(sql as postgres.Sql);
  await sql.end();
  project.provide('server', server);
  project.provide('template', template);
  return async () => {
    await admin`drop database if exists ${admin(template)} with (force)`;
    await admin.end();
    await stop();
    forget();
  };
}

/**
 * Node's compile cache for this run and its children. It lies in a folder that only this user may enter and goes with
 * the run: code is executed out of it.
 */
function compileOnce(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'amanat-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

async function startServer(): Promise<{ server: DatabaseServer; stop: () => Promise<void> }> {
  const url = process.env['DATABASE_URL'];
  if (url !== undefined && url !== '') return { server: { url }, stop: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'amanat-test-'));
  chmodSync(folder, 0o755);
  const embedded = await startEmbeddedServer({ dataDir: join(folder, 'postgres'), throwaway: true });
  const stop = async () => {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server: { connection: embedded.connection }, stop };
}
