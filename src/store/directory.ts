/** Reads the directory: statements of all kinds, and endpoints; and notes which ends of them an operator was warned about. */
import type { Sql } from 'postgres';
import { batchReads } from './batch.ts';
import type { DirectoryRows, DirectoryStore, StatementRows } from './contracts/directory.ts';
import { type EndpointRecord, endpointFrom } from './endpoint-records.ts';
import type { Grants } from './grants.ts';
import { asJson } from './rows.ts';
import { readMatchingLog } from './verified-endpoints.ts';

type Directory = Pick<DirectoryStore, 'readDirectory' | 'readStatements' | 'claimWarning'>;

export function createDirectoryStore(sql: Sql, grants: Grants): Directory {
  const ofParties = batchReads((asked: readonly Asked[]) => readDirectories(sql, grants, asked));
  return {
    readDirectory: async (parties, at) =>
      parties ? ofParties({ parties, at }) : rowsOf(await readVerified(sql, grants, at)),

    async readStatements(at) {
      const [found] = await Promise.all([read(sql, at), grants.readLogOn(sql)]);
      return statementsIn(found);
    },

    async claimWarning({ what, name, until }, now, notSince) {
      const claimed = await sql`
        insert into warning (what, name, until, warned_at) values (${what}, ${name}, ${until}, ${now})
        on conflict (what, name) do update set until = excluded.until, warned_at = excluded.warned_at
        where warning.until <> excluded.until or warning.warned_at <= ${notSince}
        returning name`;
      return claimed.length === 1;
    },
  };
}

type DirectoryRecord =
  | {
      readonly kind: 'designation';
      readonly did: string;
      /** Every slug that it ever had. */
      readonly slugs: readonly string[];
      readonly begins: Date;
      readonly statement: string;
    }
  | { readonly kind: 'withdrawal'; readonly did: string; readonly statement: string }
  | { readonly kind: 'agreement'; readonly statement: string }
  | { readonly kind: 'gateway'; readonly did: string; readonly begins: Date; readonly statement: string }
  | {
      readonly kind: 'endpoint';
      readonly did: string;
      readonly channel: string;
      readonly endpoint: EndpointRecord;
    };

interface Asked {
  readonly parties: readonly string[];
  readonly at?: Date | undefined;
}

/**
 * One round trip: the requested designations, their withdrawals and endpoints, every agreement, and every
 * gateway with its endpoint. A slug that a focal point had earlier finds its current designation too.
 */
const read = (sql: Sql, at?: Date, parties?: readonly string[]) => {
  const wanted = parties && sql`select json_array_elements_text(${asJson(sql, parties)})`;
  return sql<DirectoryRecord[]>`
    with named as materialized (
      select did, json_agg(distinct slug) as slugs from designation
      ${wanted ? sql`where did in (select did from designation where did in (${wanted}) or slug in (${wanted}))` : sql``}
      group by did
    ), asked as materialized (
      select did, slugs, statement, valid_from, seq from designation d join named using (did) where true
      ${at ? sql`and valid_from >= coalesce((select max(valid_from) from designation where did = d.did and valid_from <= ${at}), '-infinity')` : sql``}
    ), connected as materialized (
      select did, statement, valid_from, seq from gateway g where true
      ${at ? sql`and valid_from >= coalesce((select max(valid_from) from gateway where did = g.did and valid_from <= ${at}), '-infinity')` : sql``}
    )
    select 'designation' as kind, did as name,
      (row_number() over (partition by did order by valid_from, seq))::integer as place,
      did, slugs, statement, null::json as endpoint, null as channel, valid_from as begins from asked
    union all
    select 'withdrawal', did, 0, did, null, statement, null, null, null from withdrawal
      ${wanted ? sql`where did in (select did from named) or did in (${wanted})` : sql``}
    union all
    select 'agreement', id, version, null, null, statement, null, null, null from agreement
    union all
    select 'gateway', did, (row_number() over (partition by did order by valid_from, seq))::integer,
      did, null, statement, null, null, valid_from from connected
    union all
    select 'endpoint', id, rank, focal_point, null, null, to_json(e), channel, null from endpoint e
      where focal_point in (select did from named union all select did from gateway)
    order by 1, 2, 3`;
};

/** The same without tampered endpoints. */
async function readVerified(
  sql: Sql,
  grants: Grants,
  at?: Date,
  parties?: readonly string[],
): Promise<readonly DirectoryRecord[]> {
  const found = await readMatchingLog<DirectoryRecord>(
    sql,
    grants,
    () => read(sql, at, parties),
    async (row) => row.kind !== 'endpoint' || grants.isValidQuietly('endpoint', row.endpoint),
  );
  const valid = await Promise.all(
    found.map((row) => row.kind !== 'endpoint' || grants.isValid('endpoint', row.endpoint)),
  );
  return found.filter((_, n) => valid[n]);
}

const statementsIn = (found: readonly DirectoryRecord[]): StatementRows => ({
  designations: found.flatMap((row) => (row.kind === 'designation' ? [row.statement] : [])),
  withdrawals: found.flatMap((row) => (row.kind === 'withdrawal' ? [row.statement] : [])),
  agreements: found.flatMap((row) => (row.kind === 'agreement' ? [row.statement] : [])),
  gateways: found.flatMap((row) => (row.kind === 'gateway' ? [row.statement] : [])),
});

const rowsOf = (found: readonly DirectoryRecord[]): DirectoryRows => ({
  ...statementsIn(found),
  endpoints: found.flatMap((row) => (row.kind === 'endpoint' ? [endpointFrom(row.endpoint)] : [])),
});

/** Reads what several callers request, as of the earliest requested time, and gives each its own part. */
async function readDirectories(
  sql: Sql,
  grants: Grants,
  asked: readonly Asked[],
): Promise<readonly DirectoryRows[]> {
  const times = asked.flatMap(({ at }) => (at === undefined ? [] : [at.getTime()]));
  const at = times.length === asked.length ? new Date(Math.min(...times)) : undefined;
  const found = await readVerified(sql, grants, at, [...new Set(asked.flatMap(({ parties }) => parties))]);
  return asked.map(({ parties, at: its }) => {
    const isMeant = (row: { did: string; slugs: readonly string[] }) =>
      parties.includes(row.did) || row.slugs.some((slug) => parties.includes(slug));
    const dids = new Set(
      found.flatMap((row) => (row.kind === 'designation' && isMeant(row) ? [row.did] : [])),
    );
    const isForAll = (row: DirectoryRecord): boolean =>
      row.kind === 'agreement' ||
      row.kind === 'gateway' ||
      (row.kind === 'endpoint' && row.channel === 'relay');
    // A withdrawal may be known before the designation that it ends.
    const isEnded = (row: DirectoryRecord): boolean => row.kind === 'withdrawal' && parties.includes(row.did);
    const mine = found.filter((row) => isForAll(row) || isEnded(row) || ('did' in row && dids.has(row.did)));
    return rowsOf(its === undefined ? mine : withoutReplaced(mine, its));
  });
}

/** Removes what only another caller requested: designations that a newer one has replaced at this time. */
function withoutReplaced(rows: readonly DirectoryRecord[], at: Date): readonly DirectoryRecord[] {
  const newest = new Map<string, Date>();
  const nameOf = (row: Versioned): string => `${row.kind} ${row.did}`;
  for (const row of rows.filter(isVersioned)) {
    const since = newest.get(nameOf(row)) ?? row.begins;
    if (row.begins <= at && row.begins >= since) newest.set(nameOf(row), row.begins);
  }
  return rows.filter((row) => !isVersioned(row) || row.begins >= (newest.get(nameOf(row)) ?? row.begins));
}

type Versioned = Extract<DirectoryRecord, { readonly begins: Date }>;

const isVersioned = (row: DirectoryRecord): row is Versioned =>
  row.kind === 'designation' || row.kind === 'gateway';
