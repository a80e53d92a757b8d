/** The database server of a test run, and connections to its databases. */
import postgres from 'postgres';
import { present } from '../../src/domain/words/present.ts';
import type { EmbeddedConnection } from '../../src/entry/postgres/embedded.ts';

/** Plain data, so that the run can pass it to its test files. */
export type DatabaseServer = { readonly url: string } | { readonly connection: EmbeddedConnection };

/** A client of the server; of its own default database where none is named. `process` names its connections. */
export function connectToDatabase(
  server: DatabaseServer,
  database?: string,
  max = 10,
  process?: string,
): postgres.Sql {
  const options = {
    max,
    onnotice: () => {},
    ...present({ connection: process ? { application_name: process } : undefined }),
  };
  if ('connection' in server)
    return postgres({
      ...server.connection,
      ...options,
      ...present({ database: database || undefined }),
    });
  const url = new URL(server.url);
  if (database !== undefined) url.pathname = `/${database}`;
  return postgres(url.href, options);
}

/** The same for a child process: the value of `DATABASE_URL`, and what its environment must say besides. */
export function reachDatabase(
  server: DatabaseServer,
  database: string,
): { url: string; env: Record<string, string> } {
  if ('connection' in server) {
    const { host, port, user } = server.connection;
    // A Unix socket's folder does not fit into the host of a URL.
    return { url: `postgres:///${database}`, env: { PGHOST: host, PGPORT: String(port), PGUSER: user } };
  }
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return { url: url.href, env: {} };
}
