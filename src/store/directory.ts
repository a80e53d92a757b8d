/** The directory as it is read: statements of all kinds, endpoints, and the secrets and access keys of the parties. */
import type { Sql } from 'postgres';
import { Refusal } from '../domain/error.ts';
import { readTogether } from './batch.ts';
import { isTaken } from './fault.ts';
import { recorded } from './operator-log.ts';
import type { DirectoryRows, SecretKind, SecretRow } from './records.ts';
import { asJson, asTexts, type EndpointRecord, endpointFrom } from './rows.ts';
import type { Store } from './store.ts';

type Directory = Pick<Store, 'directory' | 'keepEndpoint' | 'noteOfficerName' | 'keepSecret' | 'secrets'>;

export function directory(sql: Sql): Directory {
  const ofParties = readTogether((asked: readonly Asked[]) => directoriesOf(sql, asked));
  const secretsOf = readTogether((asked: readonly Owned[]) => secretsOfAll(sql, asked));
  return {
    directory: async (parties, at) => (parties ? ofParties({ parties, at }) : rowsOf(await read(sql, at))),

    async keepEndpoint(one, act) {
      const { id, focalPoint, channel, address, rank, shows, lang, enabled } = one;
      const { officer = null, knownAs, certificate = null, oldCertificate } = one;
      try {
        await recorded(sql, act, async (tx) => {
          await tx`
            insert into endpoint (id, focal_point, channel, address, rank, shows, lang, officer, known_as, certificate,
              old_certificate, old_certificate_until, enabled)
            values (${id}, ${focalPoint}, ${channel}, ${address}, ${rank}, ${shows}, ${lang}, ${officer},
              ${asTexts(tx, knownAs)}, ${certificate}, ${oldCertificate?.pem ?? null}, ${oldCertificate?.until ?? null}, ${enabled})
            on conflict (id) do update set focal_point = excluded.focal_point, channel = excluded.channel,
              address = excluded.address, rank = excluded.rank, shows = excluded.shows, lang = excluded.lang,
              officer = excluded.officer, known_as = excluded.known_as, certificate = excluded.certificate,
              old_certificate = excluded.old_certificate, old_certificate_until = excluded.old_certificate_until,
              enabled = excluded.enabled,
              disabled_code = case when not excluded.enabled then endpoint.disabled_code end,
              disabled_at = case when not excluded.enabled then endpoint.disabled_at end,
              gone_times = case when excluded.enabled then 0 else endpoint.gone_times end,
              gone_since = case when not excluded.enabled then endpoint.gone_since end`;
          return true;
        });
      } catch (fault) {
        if (isTaken(fault))
          throw new Refusal('already-exists', 'this focal point has another endpoint at this address');
        throw fault;
      }
    },

    async noteOfficerName({ focalPoint, id }, before, after) {
      const theirs = sql`focal_point = ${focalPoint} and officer = ${id}`;
      await sql.begin(async (tx) => {
        await tx`update endpoint set known_as = array[${before}] where ${theirs} and known_as is null`;
        await tx`update link_code set known_as = array[${before}] where ${theirs} and known_as is null and used_for is null`;
        if (after === undefined) return;
        const isNew = sql`${before} = any (known_as) and not ${after} = any (known_as)`;
        await tx`update endpoint set known_as = known_as || ${after}::text where ${theirs} and ${isNew}`;
        await tx`update link_code set known_as = known_as || ${after}::text where ${theirs} and ${isNew} and used_for is null`;
      });
    },

    async keepSecret(row, act) {
      await recorded(sql, act, async (tx) => {
        await tx`
          insert into secret (owner, kind, id, wrapped, until)
          values (${row.owner}, ${row.kind}, ${row.id}, ${row.wrapped}, ${row.until ?? null})
          on conflict (owner, kind, id) do update set wrapped = excluded.wrapped, until = excluded.until`;
        return true;
      });
    },

    async secrets(owner, kind, now) {
      const found = await secretsOf({ owner, kind });
      return found.filter(({ until }) => until === undefined || until > now);
    },
  };
}

type DirectoryRecord =
  | {
      readonly kind: 'designation';
      readonly did: string;
      /** Every slug it ever had. */
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
 * One round trip: the designations asked for, their withdrawals and endpoints, every agreement, and every gateway with
 * its endpoint. A slug that a focal point once had finds it, and with it what it is called now.
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

const rowsOf = (found: readonly DirectoryRecord[]): DirectoryRows => ({
  designations: found.flatMap((row) => (row.kind === 'designation' ? [row.statement] : [])),
  withdrawals: found.flatMap((row) => (row.kind === 'withdrawal' ? [row.statement] : [])),
  agreements: found.flatMap((row) => (row.kind === 'agreement' ? [row.statement] : [])),
  gateways: found.flatMap((row) => (row.kind === 'gateway' ? [row.statement] : [])),
  endpoints: found.flatMap((row) => (row.kind === 'endpoint' ? [endpointFrom(row.endpoint)] : [])),
});

/** Reads what all of them ask for, as of the earliest time asked about, and gives each its own part. */
async function directoriesOf(sql: Sql, asked: readonly Asked[]): Promise<readonly DirectoryRows[]> {
  const times = asked.flatMap(({ at }) => (at === undefined ? [] : [at.getTime()]));
  const at = times.length === asked.length ? new Date(Math.min(...times)) : undefined;
  const found = await read(sql, at, [...new Set(asked.flatMap(({ parties }) => parties))]);
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

/** Leaves out what another who asked wanted to see: designations that a newer one has replaced at this time. */
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

interface Owned {
  readonly owner: string;
  readonly kind: SecretKind;
}

/** The secrets of each, newest first, those whose time is over among them. */
async function secretsOfAll(sql: Sql, asked: readonly Owned[]): Promise<readonly (readonly SecretRow[])[]> {
  const nameOf = ({ owner, kind }: Owned): string => `${kind} ${owner}`;
  const wanted = [...new Map(asked.map((one) => [nameOf(one), one])).values()];
  const found = await sql<(Owned & { id: string; wrapped: string; until: Date | null })[]>`
    select owner, kind, id, wrapped, until
    from json_to_recordset(${asJson(sql, wanted)}) as wanted(owner text, kind text) join secret using (owner, kind)
    order by seq desc`;
  const rows = found.map(({ until, ...row }): SecretRow => ({ ...row, ...(until && { until }) }));
  const byOwner = Map.groupBy(rows, nameOf);
  return asked.map((one) => byOwner.get(nameOf(one)) ?? []);
}
