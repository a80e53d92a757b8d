/**
 * What processes on one database tell each other while they run. None of it is kept: a lost notification is
 * not sent again.
 */
import type { Sql } from 'postgres';
import type { DatabaseStore } from './contracts/database.ts';

const CHANNEL = 'amanat_use';

export const createUseSharing = (sql: Sql, listen: boolean): Pick<DatabaseStore, 'tellUse' | 'hearUse'> => ({
  async tellUse(text) {
    if (listen) await sql`select pg_notify(${CHANNEL}, ${text})`;
  },

  async hearUse(heard) {
    if (!listen) return async () => {};
    const { unlisten } = await sql.listen(CHANNEL, heard);
    return unlisten;
  },
});
