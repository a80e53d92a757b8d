/** Stores as separate gateway processes have them: PostgreSQL tells them apart by the names of their connections. */
import type { Store } from '../../src/store/store.ts';
import type { TestDatabase } from '../support/database.ts';
import { openTestStore } from '../support/test-guard.ts';

/** A store whose connections carry a name. */
export const openNamedStore = (
  db: TestDatabase,
  name: string,
): { readonly name: string; readonly store: Store } => ({
  name,
  store: openTestStore(db.connect(name), { listen: false }),
});

/** Resolves when the server has seen the last connection of a process end. */
export async function waitUntilGone(db: TestDatabase, name: string): Promise<void> {
  for (;;) {
    const left = await db.sql`select from pg_stat_activity where application_name = ${name}`;
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
