/** Access keys, found by the digest of a token that is not stored. */
import type { Sql } from 'postgres';
import { recorded } from './operator-log.ts';
import type { AccessKeyRow } from './records.ts';
import type { Store } from './store.ts';

type AccessKeys = Pick<Store, 'keepAccessKey' | 'accessKey' | 'accessKeys' | 'endAccessKey'>;

interface AccessKeyRecord {
  readonly hash: string;
  readonly focal_point: string;
  readonly name: string;
  readonly made_at: Date | null;
  readonly used_on: string | null;
  readonly ended_at: Date | null;
}

export const accessKeys = (sql: Sql): AccessKeys => ({
  async keepAccessKey({ hash, focalPoint, name }, now, act) {
    await recorded(sql, act, async (tx) => {
      const kept = await tx`
        insert into access_key (hash, focal_point, name, made_at) values (${hash}, ${focalPoint}, ${name}, ${now})
        on conflict (hash) do nothing`;
      return kept.count === 1;
    });
  },

  async accessKey(hash, now) {
    const today = sql`(${now}::timestamptz at time zone 'UTC')::date`;
    const [found] = await sql<Pick<AccessKeyRecord, 'focal_point'>[]>`
      with used as (
        update access_key set used_on = ${today}
        where hash = ${hash} and ended_at is null and used_on is distinct from ${today}
      )
      select focal_point from access_key where hash = ${hash} and ended_at is null`;
    return found?.focal_point;
  },

  async accessKeys(focalPoint) {
    const found = await sql<AccessKeyRecord[]>`
      select hash, focal_point, name, made_at, to_char(used_on, 'YYYY-MM-DD') as used_on, ended_at from access_key
      ${focalPoint === undefined ? sql`` : sql`where focal_point = ${focalPoint}`}
      order by made_at nulls first, hash`;
    return found.map(rowOf);
  },

  async endAccessKey(hash, now, act) {
    await recorded(sql, act, async (tx) => {
      const ended =
        await tx`update access_key set ended_at = ${now} where hash = ${hash} and ended_at is null`;
      return ended.count === 1;
    });
  },
});

const rowOf = (one: AccessKeyRecord): AccessKeyRow => ({
  hash: one.hash,
  focalPoint: one.focal_point,
  name: one.name,
  ...(one.made_at === null ? {} : { madeAt: one.made_at }),
  ...(one.used_on === null ? {} : { usedOn: one.used_on }),
  ...(one.ended_at === null ? {} : { endedAt: one.ended_at }),
});
