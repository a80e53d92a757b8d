import type { Watching } from '../gateway-parts.ts';
import { SchemaMismatch } from '../store/schema-version.ts';

/**
 * Reads the database's schema version, and logs once if this program no longer fits it.
 * @throws SchemaMismatch as `ready` of the store
 */
export async function checkSchema({ store, parts, log }: Watching): Promise<void> {
  try {
    await store.database.checkReady();
    parts.works('schema');
  } catch (fault) {
    if (fault instanceof SchemaMismatch && !parts.failing().includes('schema')) {
      const { database, program } = fault;
      log.error('schema.mismatch', { database, program });
      parts.fails('schema');
    }
    throw fault;
  }
}
