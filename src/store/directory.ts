/** The directory: designations, agreements, endpoints, and the secrets and access keys of the parties. */
import type { Sql } from 'postgres';
import { Refusal } from '../domain/error.ts';
import { readTogether } from './batch.ts';
import { isTaken } from './fault.ts';
import { asJson, type EndpointRecord, endpointFrom } from './rows.ts';
import type { DirectoryRows, SecretKind, SecretRow, Store } from './store.ts';

type Directory = Pick<
  Store,
  | 'keepDesignation'
  | 'keepAgreement'
  | 'directory'
  | 'keepEndpoint'
  | 'keepSecret'
  | 'secrets'
  | 'keepAccessKey'
  | 'accessKey'
>;

export function directory(sql: Sql): Directory {
  const ofParties = readTogether((asked: readonly (readonly string[])[]) => directoriesOf(sql, asked));
  const secretsOf = readTogether((asked: readonly Owned[]) => secretsOfAll(sql, asked));
  return {
    async keepDesignation(row) {
      await sql`
        insert into designation (did, slug, country, valid_from, statement)
        values (${row.did}, ${row.slug}, ${row.country}, ${row.from}, ${row.statement})
        on conflict (did) do update set slug = excluded.slug, country = excluded.country,
          valid_from = excluded.valid_from, statement = excluded.statement
        where designation.valid_from <= excluded.valid_from`;
    },

    async keepAgreement(row) {
      const [kept] = await sql<{ statement: string }[]>`
        insert into agreement (id, version, valid_from, statement)
        values (${row.id}, ${row.version}, ${row.from}, ${row.statement})
        on conflict (id, version) do update set version = agreement.version
        returning statement`;
      if (kept?.statement !== row.statement)
        throw new Refusal('already-exists', 'this version of the agreement was kept with another text');
    },

    directory: async (parties) => (parties ? ofParties(parties) : rowsOf(await read(sql))),

    async keepEndpoint(one) {
      const {
        id,
        focalPoint,
        channel,
        address,
        rank,
        shows,
        lang,
        officer = null,
        certificate = null,
        enabled,
      } = one;
      try {
        await sql`
          insert into endpoint (id, focal_point, channel, address, rank, shows, lang, officer, certificate, enabled)
          values (${id}, ${focalPoint}, ${channel}, ${address}, ${rank}, ${shows}, ${lang}, ${officer}, ${certificate}, ${enabled})
          on conflict (id) do update set focal_point = excluded.focal_point, channel = excluded.channel,
            address = excluded.address, rank = excluded.rank, shows = excluded.shows, lang = excluded.lang,
            officer = excluded.officer, certificate = excluded.certificate, enabled = excluded.enabled, disabled_code = null`;
      } catch (fault) {
        if (isTaken(fault))
          throw new Refusal('already-exists', 'this focal point has another endpoint at this address');
        throw fault;
      }
    },

    async keepSecret(row) {
      await sql`
        insert into secret (owner, kind, id, wrapped, until)
        values (${row.owner}, ${row.kind}, ${row.id}, ${row.wrapped}, ${row.until ?? null})
        on conflict (owner, kind, id) do update set wrapped = excluded.wrapped, until = excluded.until`;
    },

    async secrets(owner, kind, now) {
      const found = await secretsOf({ owner, kind });
      return found.filter(({ until }) => until === undefined || until > now);
    },

    async keepAccessKey(row) {
      await sql`
        insert into access_key (hash, focal_point, name) values (${row.hash}, ${row.focalPoint}, ${row.name})
        on conflict (hash) do nothing`;
    },

    async accessKey(hash) {
      const [found] = await sql<
        { focal_point: string }[]
      >`select focal_point from access_key where hash = ${hash}`;
      return found?.focal_point;
    },
  };
}

type DirectoryRecord =
  | { readonly kind: 'designation'; readonly did: string; readonly slug: string; readonly statement: string }
  | { readonly kind: 'agreement'; readonly statement: string }
  | { readonly kind: 'endpoint'; readonly did: string; readonly endpoint: EndpointRecord };

/** One round trip: the designations asked for, their endpoints, and every agreement. */
const read = (sql: Sql, parties?: readonly string[]) => {
  const wanted = parties && sql`select json_array_elements_text(${asJson(sql, parties)})`;
  return sql<DirectoryRecord[]>`
    with asked as materialized (
      select did, slug, statement from designation ${wanted ? sql`where did in (${wanted}) or slug in (${wanted})` : sql``}
    )
    select 'designation' as kind, did as name, 0 as place, did, slug, statement, null::json as endpoint from asked
    union all
    select 'agreement', id, version, null, null, statement, null from agreement
    union all
    select 'endpoint', id, rank, focal_point, null, null, to_json(e) from endpoint e
      where focal_point in (select did from asked)
    order by 1, 2, 3`;
};

const rowsOf = (found: readonly DirectoryRecord[]): DirectoryRows => ({
  designations: found.flatMap((row) => (row.kind === 'designation' ? [row.statement] : [])),
  agreements: found.flatMap((row) => (row.kind === 'agreement' ? [row.statement] : [])),
  endpoints: found.flatMap((row) => (row.kind === 'endpoint' ? [endpointFrom(row.endpoint)] : [])),
});

/** Reads what all of them ask for and gives each its own part. */
async function directoriesOf(
  sql: Sql,
  asked: readonly (readonly string[])[],
): Promise<readonly DirectoryRows[]> {
  const found = await read(sql, [...new Set(asked.flat())]);
  return asked.map((parties) => {
    const isMeant = (row: { did: string; slug: string }) =>
      parties.includes(row.did) || parties.includes(row.slug);
    const dids = new Set(
      found.flatMap((row) => (row.kind === 'designation' && isMeant(row) ? [row.did] : [])),
    );
    return rowsOf(found.filter((row) => row.kind === 'agreement' || dids.has(row.did)));
  });
}

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
