import type { Watching } from '../gateway-parts.ts';
import { SchemaMismatch } from '../store/schema-version.ts';

/**
 * Asks the database for its schema, and tells the operator once where this program does not fit it any more.
 * @throws SchemaMismatch as of the store's `ready`
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
