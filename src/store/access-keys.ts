/** Access keys, found by the digest of a token that is not stored. */
import type { Sql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { AccessKeyRow, SecretStore } from './contracts/secrets.ts';
import type { AccessKeyRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { lockOperatorLog, runRecorded } from './operator-log.ts';
import { readMatchingLog } from './verified-endpoints.ts';

type AccessKeys = Pick<SecretStore, 'keepAccessKey' | 'accessKey' | 'accessKeys' | 'endAccessKey'>;

type KeptRecord = AccessKeyRecord & { readonly used_on: string | null };

export const createAccessKeyStore = (sql: Sql, grants: Grants): AccessKeys => ({
  ...keeping(sql, grants),
  ...finding(sql, grants),
});

const keeping = (sql: Sql, grants: Grants): Pick<AccessKeys, 'keepAccessKey' | 'endAccessKey'> => ({
  async keepAccessKey({ hash, focalPoint, name }, now, act) {
    await runRecorded(sql, grants, act, async (tx, entry) => {
      const [there] = await tx`select from access_key where hash = ${hash}`;
      if (there !== undefined) return;
      const row = {
        hash,
        focal_point: focalPoint,
        name,
        made_at: now,
        ended_at: null,
        entry: await entry(),
        mac: null,
      };
      await tx`
        insert into access_key (hash, focal_point, name, made_at, entry, mac)
        values (${hash}, ${focalPoint}, ${name}, ${now}, ${row.entry}, ${grants.seal('access-key', row)})`;
    });
  },

  async endAccessKey(hash, now, act) {
    await runRecorded(sql, grants, act, async (tx, entry) => {
      await lockOperatorLog(tx);
      const [found] = await tx<{ key: AccessKeyRecord }[]>`
        select to_json(k) as key from access_key k where hash = ${hash} and ended_at is null for update`;
      await grants.readLogOn(tx);
      if (found === undefined || !(await grants.isValid('access-key', found.key))) return;
      const row = { ...found.key, ended_at: now, entry: await entry() };
      await tx`
        update access_key set ended_at = ${now}, entry = ${row.entry}, mac = ${grants.seal('access-key', row)}
        where hash = ${hash}`;
    });
  },
});

const finding = (sql: Sql, grants: Grants): Pick<AccessKeys, 'accessKey' | 'accessKeys'> => ({
  async accessKey(hash, now) {
    const [found] = await readMatchingLog<{ readonly key: AccessKeyRecord }>(
      sql,
      grants,
      () => sql`select to_json(k) as key from access_key k where hash = ${hash} and ended_at is null`,
      ({ key }) => grants.isValidQuietly('access-key', key),
    );
    if (found === undefined || !(await grants.isValid('access-key', found.key))) return undefined;
    const today = sql`(${now}::timestamptz at time zone 'UTC')::date`;
    if ((found.key as KeptRecord).used_on !== now.toISOString().slice(0, 10))
      await sql`update access_key set used_on = ${today} where hash = ${hash}`;
    return found.key.focal_point;
  },

  async accessKeys(focalPoint) {
    const found = await readMatchingLog<{ readonly key: KeptRecord }>(
      sql,
      grants,
      () => sql`
        select to_json(k) as key from access_key k
        ${focalPoint === undefined ? sql`` : sql`where focal_point = ${focalPoint}`}
        order by made_at nulls first, hash`,
      ({ key }) => grants.isValidQuietly('access-key', key),
    );
    const valid = await Promise.all(found.map(({ key }) => grants.isValid('access-key', key)));
    return found.filter((_, n) => valid[n]).map(({ key }) => rowOf(key));
  },
});

const rowOf = (one: KeptRecord): AccessKeyRow => ({
  hash: one.hash,
  focalPoint: one.focal_point,
  name: one.name,
  ...present({
    madeAt: one.made_at === null ? undefined : new Date(one.made_at),
    usedOn: one.used_on ?? undefined,
    endedAt: one.ended_at === null ? undefined : new Date(one.ended_at),
  }),
});
