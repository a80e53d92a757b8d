/** The settings of a database server on which a gateway depends. */
import type { Sql } from 'postgres';

export interface DatabaseSettings {
  /** As `server_version_num`: 180004 is 18.4. */
  readonly version: number;
  readonly fsync: string;
  readonly synchronousCommit: string;
  readonly fullPageWrites: string;
  readonly encoding: string;
  /** It follows another server and takes no writes. */
  readonly isStandby: boolean;
  readonly maxConnections: number;
  /** Its clock, in milliseconds since 1970. */
  readonly clock: number;
}

/** Asks the server, in one statement. */
export async function readDatabaseSettings(sql: Sql): Promise<DatabaseSettings> {
  const [row] = await sql<DatabaseSettings[]>`
    select current_setting('server_version_num')::integer as version,
           current_setting('fsync') as fsync,
           current_setting('synchronous_commit') as "synchronousCommit",
           current_setting('full_page_writes') as "fullPageWrites",
           current_setting('server_encoding') as encoding,
           pg_is_in_recovery() as "isStandby",
           current_setting('max_connections')::integer as "maxConnections",
           (extract(epoch from clock_timestamp()) * 1000)::double precision as clock`;
  if (row === undefined) throw new Error('the database did not answer');
  return row;
}
