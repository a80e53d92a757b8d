/** One-time links and link codes, found by the digest of a token that is not stored. */
import type { Sql, TransactionSql } from 'postgres';
import type { Channel, Endpoint, Shows } from '../domain/channel.ts';
import { recorded } from './operator-log.ts';
import type { LinkCodeRow, LinkFound } from './records.ts';
import { asJson, asTexts, type EndpointRecord, endpointFrom, type LinkRecord, linkFrom } from './rows.ts';
import type { Store } from './store.ts';

type Links = Pick<
  Store,
  | 'keepLinks'
  | 'findLink'
  | 'takeLink'
  | 'keepLinkCode'
  | 'askLinkCode'
  | 'askedLinkCode'
  | 'takeLinkCode'
  | 'endpointsAt'
>;

/** How long the browser that used a link may come back to it. */
const GRACE_MS = 15 * 60_000;

interface LinkCodeRecord {
  readonly hash: string;
  readonly beside: boolean;
  readonly endpoint_id: string;
  readonly focal_point: string;
  readonly channel: Channel;
  readonly rank: number;
  readonly shows: Shows;
  readonly lang: string;
  readonly officer: string | null;
  readonly known_as: readonly string[] | null;
  readonly certificate: string | null;
  readonly expires_at: string;
  readonly used_for: string | null;
}

export function links(sql: Sql): Links {
  return {
    async keepLinks(list) {
      const records = list.map(({ officer = null, expiresAt, ...one }) => ({
        ...one,
        officer,
        expires_at: expiresAt.toISOString(),
      }));
      await sql`
        insert into link (hash, purpose, delivery, officer, expires_at)
        select hash, purpose, delivery, officer, expires_at from json_populate_recordset(null::link, ${asJson(sql, records)})`;
    },

    findLink: (hash, boundTo, now) => find(sql, hash, boundTo, now),

    async takeLink(hash, boundTo, now) {
      // Of two at once, the second waits for the first and then finds the link used.
      const [taken] = await sql<{ link: LinkRecord }[]>`
        update link l set used_at = ${now}, used_by = ${boundTo}
        where hash = ${hash} and used_at is null and expires_at > ${now}
        returning to_json(l) as link`;
      return taken ? { kind: 'open', link: linkFrom(taken.link) } : find(sql, hash, boundTo, now);
    },

    async keepLinkCode({ hash, endpoint: one, expiresAt, beside = false }, act) {
      await recorded(sql, act, async (tx) => {
        await tx`
          insert into link_code (hash, endpoint_id, focal_point, channel, rank, shows, lang, officer, known_as, certificate, expires_at, beside)
          values (${hash}, ${one.id}, ${one.focalPoint}, ${one.channel}, ${one.rank}, ${one.shows}, ${one.lang},
            ${one.officer ?? null}, ${asTexts(tx, one.knownAs)}, ${one.certificate ?? null}, ${expiresAt}, ${beside})`;
        return true;
      });
    },

    async askLinkCode(hash, address, now) {
      const [row] = await sql<{ code: LinkCodeRecord }[]>`
        update link_code c set asked_by = ${address} where hash = ${hash} and expires_at > ${now} and used_for is null
        returning to_json(c) as code`;
      return row && codeFrom(row.code);
    },

    async askedLinkCode(endpoint, address) {
      const [row] = await sql<{ code: LinkCodeRecord }[]>`
        select to_json(c) as code from link_code c where endpoint_id = ${endpoint} and asked_by = ${address}`;
      return row && codeFrom(row.code);
    },

    async takeLinkCode(hash, address, now, act) {
      let endpoint: Endpoint | undefined;
      await recorded(sql, act, async (tx) => {
        const taken = await takeCode(tx, hash, address, now);
        endpoint = taken?.endpoint;
        return taken?.isNew === true;
      });
      return endpoint;
    },

    async endpointsAt(channel, address) {
      const found = await sql<{ endpoint: EndpointRecord }[]>`
        select to_json(e) as endpoint from endpoint e where channel = ${channel} and address = ${address} order by id`;
      return found.map((row) => endpointFrom(row.endpoint));
    },
  };
}

const codeFrom = (one: LinkCodeRecord): LinkCodeRow => {
  const {
    address: _address,
    enabled: _enabled,
    ...endpoint
  } = endpointFrom({
    ...one,
    id: one.endpoint_id,
    address: '',
    enabled: false,
  });
  const expiresAt = new Date(one.expires_at);
  return { hash: one.hash, endpoint, expiresAt, ...(one.beside ? { beside: true } : {}) };
};

async function find(sql: Sql, hash: string, boundTo: string, now: Date): Promise<LinkFound> {
  const [row] = await sql<{ link: LinkRecord }[]>`select to_json(l) as link from link l where hash = ${hash}`;
  return foundBy(row?.link, boundTo, now);
}

/** What a link is to one browser. */
export function foundBy(record: LinkRecord | undefined, boundTo: string, now: Date): LinkFound {
  if (record === undefined) return { kind: 'unknown' };
  const link = linkFrom(record);
  const { used_at: usedAt, used_by: usedBy, said_at: saidAt } = record;
  if (usedAt !== null) {
    const inGrace = now.getTime() < Date.parse(usedAt) + GRACE_MS;
    const isOpen = usedBy === boundTo && boundTo !== '' && inGrace;
    return isOpen ? { kind: 'open', link, ...(saidAt ? { said: true } : {}) } : { kind: 'used' };
  }
  return now.getTime() < link.expiresAt.getTime() ? { kind: 'open', link } : { kind: 'expired' };
}

async function takeCode(
  tx: TransactionSql,
  hash: string,
  address: string,
  now: Date,
): Promise<{ readonly endpoint: Endpoint; readonly isNew: boolean } | undefined> {
  const [row] = await tx<{ code: LinkCodeRecord }[]>`
    select to_json(c) as code from link_code c where hash = ${hash} for no key update`;
  if (row === undefined) return undefined;
  const { code } = row;
  if (code.used_for !== null) {
    const [same] = await tx<{ endpoint: EndpointRecord }[]>`
      select to_json(e) as endpoint from endpoint e where id = ${code.used_for} and address = ${address}`;
    return same && { endpoint: endpointFrom(same.endpoint), isNew: false };
  }
  if (Date.parse(code.expires_at) <= now.getTime()) return undefined;
  const [made] = await tx<{ endpoint: EndpointRecord }[]>`
    insert into endpoint as e (id, focal_point, channel, address, rank, shows, lang, officer, known_as, certificate, enabled)
    values (${code.endpoint_id}, ${code.focal_point}, ${code.channel}, ${address}, ${code.rank}, ${code.shows},
      ${code.lang}, ${code.officer}, ${asTexts(tx, code.known_as)}, ${code.certificate}, true)
    on conflict (focal_point, channel, address, officer) do update set rank = excluded.rank, shows = excluded.shows,
      lang = excluded.lang, known_as = excluded.known_as, certificate = excluded.certificate, enabled = true,
      disabled_code = null, disabled_at = null, gone_times = 0, gone_since = null
    returning to_json(e) as endpoint`;
  if (made === undefined) return undefined;
  await tx`update link_code set used_for = ${made.endpoint.id} where hash = ${hash}`;
  return { endpoint: endpointFrom(made.endpoint), isNew: true };
}
