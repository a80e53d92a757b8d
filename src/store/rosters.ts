/** Duty rosters: who is on duty at a focal point, as its operator set it. */
import type { Sql } from 'postgres';
import type { Roster } from '../domain/terms/roster.ts';
import type { DirectoryStore } from './contracts/directory.ts';
import type { RosterRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { runRecorded } from './operator-log.ts';
import { asJson } from './rows.ts';
import { readMatchingLog } from './verified-endpoints.ts';

export const rosters = (sql: Sql, grants: Grants): Pick<DirectoryStore, 'keepRoster' | 'rosters'> => ({
  async keepRoster(focalPoint, roster, act) {
    await runRecorded(sql, grants, act, async (tx, entry) => {
      const row = { focal_point: focalPoint, roster, entry: await entry(), mac: null };
      await tx`
        insert into roster (focal_point, roster, entry, mac)
        values (${focalPoint}, ${asJson(tx, roster)}::json::jsonb, ${row.entry}, ${grants.seal('roster', row)})
        on conflict (focal_point) do update set roster = excluded.roster, entry = excluded.entry, mac = excluded.mac`;
    });
  },

  async rosters(focalPoints) {
    const found = await readMatchingLog<{ readonly roster: RosterRecord }>(
      sql,
      grants,
      () => sql`
        select to_json(r) as roster from roster r
        where focal_point in (select json_array_elements_text(${asJson(sql, focalPoints)}))`,
      ({ roster }) => grants.isValidQuietly('roster', roster),
    );
    const valid = await Promise.all(found.map(({ roster }) => grants.isValid('roster', roster)));
    return new Map(
      found
        .filter((_, n) => valid[n])
        .map(({ roster: { focal_point: focalPoint, roster } }) => [focalPoint, roster as Roster]),
    );
  },
});
