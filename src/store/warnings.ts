/** The warnings that an operator was given about an end: of a designation, an agreement, a key. */
import type { Sql } from 'postgres';
import type { DirectoryStore } from './contracts/directory.ts';

export const warnings = (sql: Sql): Pick<DirectoryStore, 'claimWarning'> => ({
  async claimWarning({ what, name, until }, now, notSince) {
    const claimed = await sql`
      insert into warning (what, name, until, warned_at) values (${what}, ${name}, ${until}, ${now})
      on conflict (what, name) do update set until = excluded.until, warned_at = excluded.warned_at
      where warning.until <> excluded.until or warning.warned_at <= ${notSince}
      returning name`;
    return claimed.length === 1;
  },
});
