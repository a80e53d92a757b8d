/** The directory: designations, agreements, endpoints, and the secrets and access keys of the parties. */
import type { Sql } from 'postgres';
import { Refusal } from '../domain/error.ts';
import { isTaken } from './fault.ts';
import { asJson, type EndpointRecord, endpointFrom } from './rows.ts';
import type { SecretRow, Store } from './store.ts';

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

type DirectoryRecord =
  | { readonly kind: 'designation' | 'agreement'; readonly statement: string; readonly endpoint: null }
  | { readonly kind: 'endpoint'; readonly statement: null; readonly endpoint: EndpointRecord };

export function directory(sql: Sql): Directory {
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

    async directory(parties) {
      const wanted = parties ? sql`select json_array_elements_text(${asJson(sql, parties)})` : undefined;
      const found = await sql<DirectoryRecord[]>`
        with asked as materialized (
          select did, statement from designation ${wanted ? sql`where did in (${wanted}) or slug in (${wanted})` : sql``}
        )
        select 'designation' as kind, did as name, 0 as place, statement, null::json as endpoint from asked
        union all
        select 'agreement', id, version, statement, null from agreement
        union all
        select 'endpoint', id, rank, null, to_json(e) from endpoint e where focal_point in (select did from asked)
        order by 1, 2, 3`;
      return {
        designations: found.flatMap((row) => (row.kind === 'designation' ? [row.statement] : [])),
        agreements: found.flatMap((row) => (row.kind === 'agreement' ? [row.statement] : [])),
        endpoints: found.flatMap((row) => (row.kind === 'endpoint' ? [endpointFrom(row.endpoint)] : [])),
      };
    },

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
      const found = await sql<{ id: string; wrapped: string; until: Date | null }[]>`
        select id, wrapped, until from secret
        where owner = ${owner} and kind = ${kind} and (until is null or until > ${now}) order by seq desc`;
      return found.map(
        ({ id, wrapped, until }): SecretRow => ({ owner, kind, id, wrapped, ...(until && { until }) }),
      );
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
