/** One-time links and link codes, found by the digest of a token that is not stored. */
import type { Sql, TransactionSql } from 'postgres';
import { GATEWAY_OPERATOR } from '../domain/evidence/operator-act.ts';
import { isStillRunning, isWithinLast } from '../domain/message/clock-skew.ts';
import type { Endpoint } from '../domain/party/channel.ts';
import { START_CODE_MS } from '../domain/party/pin.ts';
import { present } from '../domain/words/present.ts';
import type { LinkCodeRow, LinkFound, LinkRow, LinkStore, LinkUse } from './contracts/links.ts';
import type { LogEntryMaker } from './contracts/operator-log.ts';
import { linkTermsOf, recordOfEndpoint, writePlacedEndpoint } from './endpoint-grants.ts';
import { rereadEndpoints } from './endpoint-rereading.ts';
import type { Grants, LinkCodeRecord } from './grants.ts';
import { appendLogEntry, lockOperatorLog, runRecorded } from './operator-log.ts';
import { asJson, asTexts, type EndpointRecord, endpointFrom, type LinkRecord, linkRowFrom } from './rows.ts';
import { isStartPageUsed, type StartPageOwner } from './start-pages.ts';
import { firstOpenedBy, placeEndpoint, recordOfPlaced } from './waiting.ts';

type Links = Pick<
  LinkStore,
  | 'keepLinks'
  | 'findLink'
  | 'takeLink'
  | 'keepLinkCode'
  | 'isLinkCode'
  | 'askLinkCode'
  | 'askedLinkCode'
  | 'takeLinkCode'
>;

/** How long the browser that used a link may come back to it. */
const GRACE_MS = 15 * 60_000;

export function createLinkStore(sql: Sql, grants: Grants): Links {
  return {
    keepLinks: (list) => keepLinks(sql, grants, list),

    async findLink(hash, boundTo, now) {
      const read = () =>
        sql<{ link: LinkRecord }[]>`select to_json(l) as link from link l where hash = ${hash}`;
      let [[row]] = await Promise.all([read(), grants.readLogOn(sql)]);
      // Where it was used while it was read, the row is older than the log.
      if (row?.link.used_at === null && grants.guard().isLinkUsed(hash)) [row] = await read();
      return foundAs(grants, row?.link, boundTo, now);
    },

    async takeLink(use) {
      const found = await sql.begin(async (tx) => {
        await lockOperatorLog(tx);
        const held = await holdLink(tx, grants, use);
        await useHeldLink(tx, grants, held);
        return held.found;
      });
      await grants.readLogOn(sql);
      return found;
    },

    async keepLinkCode(code, act) {
      await runRecorded(sql, grants, act, async (tx, entry) => {
        const { focalPoint } = code.endpoint;
        const row = codeRecord(code, await entry({ desk: focalPoint, opens: [] }));
        await tx`
          insert into link_code (hash, endpoint_id, focal_point, channel, rank, shows, lang, officer, known_as, certificate,
            expires_at, beside, invited_by, entry, mac)
          values (${row.hash}, ${row.endpoint_id}, ${row.focal_point}, ${row.channel}, ${row.rank}, ${row.shows}, ${row.lang},
            ${row.officer}, ${asTexts(tx, row.known_as)}, ${row.certificate}, ${row.expires_at}, ${row.beside}, ${row.invited_by ?? null},
            ${row.entry},
            ${grants.seal('link-code', row)})`;
      });
    },

    async isLinkCode(hash, now) {
      const [[row]] = await Promise.all([
        sql<{ code: LinkCodeRecord }[]>`
          select to_json(c) as code from link_code c
          where hash = ${hash} and used_for is null`,
        grants.readLogOn(sql),
      ]);
      return (
        row !== undefined &&
        isStillRunning(Date.parse(row.code.expires_at), START_CODE_MS, now) &&
        (await grants.isValid('link-code', row.code)) &&
        (await isStartPageUsed(sql, grants, invitationOf(row.code)))
      );
    },

    askLinkCode: (hash, address, now) => askCode(sql, grants, { hash, address, now }),

    askedLinkCode: (endpoint, address) => askedCode(sql, grants, endpoint, address),

    async takeLinkCode(hash, address, now, act) {
      const made = await sql.begin((tx) => takeCode(tx, grants, { hash, address, now }, act));
      await grants.readLogOn(sql);
      return made;
    },
  };
}

/** Each names the entry of the endpoint that it is sent to, and ends with it. */
async function keepLinks(sql: Sql, grants: Grants, list: readonly LinkRow[]): Promise<void> {
  const deliveries = [...new Set(list.map((one) => one.delivery))];
  const [read] = await Promise.all([
    sql<{ delivery: string; endpoint: EndpointRecord }[]>`
      select d.id as delivery, to_json(e) as endpoint
      from json_array_elements_text(${asJson(sql, deliveries)}) as wanted(id)
        join delivery d on d.id = wanted.id join endpoint e on e.id = d.endpoint`,
    grants.readLogOn(sql),
  ]);
  const found = await rereadEndpoints(sql, grants, read);
  const entries = new Map<string, string | null>();
  for (const { delivery, endpoint } of found)
    if (await grants.isValid('endpoint', endpoint)) entries.set(delivery, endpoint.entry);
  const records = list.flatMap((one) => {
    const entry = entries.get(one.delivery);
    if (entry === undefined) return [];
    const row = linkRecord(one, entry);
    return [{ ...row, mac: grants.seal('link', row) }];
  });
  await sql`
    insert into link (hash, purpose, delivery, officer, expires_at, entry, mac)
    select hash, purpose, delivery, officer, expires_at, entry, mac
    from json_populate_recordset(null::link, ${asJson(sql, records)})`;
}

const linkRecord = ({ officer, expiresAt, ...one }: LinkRow, entry: string | null): LinkRecord => ({
  ...one,
  officer: officer ?? null,
  expires_at: expiresAt.toISOString(),
  used_at: null,
  used_by: null,
  said_at: null,
  entry,
  mac: null,
});

/** The state of a link for one browser. One that does not hold is as one that never was. */
async function foundAs(
  grants: Grants,
  one: LinkRecord | undefined,
  boundTo: string,
  now: Date,
): Promise<LinkFound> {
  if (one === undefined) return { kind: 'unknown' };
  if (!(await grants.isValid('link', one)))
    return { kind: (await grants.isSealed('link', one)) ? 'expired' : 'unknown' };
  const link = linkRowFrom(one);
  if (link === undefined) return { kind: 'unknown' };
  const { used_at: usedAt, used_by: usedBy, said_at: saidAt } = one;
  if (usedAt !== null) {
    const inGrace = isWithinLast(Date.parse(usedAt), GRACE_MS, now);
    const isOpen = usedBy === boundTo && boundTo !== '' && inGrace;
    return isOpen
      ? { kind: 'open', link, ...present({ said: saidAt ? true : undefined }) }
      : { kind: 'used' };
  }
  // A row from before its use, put back.
  if (grants.guard().isLinkUsed(link.hash)) {
    grants.guard().refused('link', link.delivery);
    return { kind: 'used' };
  }
  return now.getTime() < link.expiresAt.getTime() ? { kind: 'open', link } : { kind: 'expired' };
}

/** A link that is held, and what it is for the browser that came with it. */
export interface HeldLink {
  readonly found: LinkFound;
  /** As it is kept. */
  readonly row?: LinkRecord;
  readonly use: LinkUse;
}

/**
 * Holds a link, within a transaction that holds the log: of two at once the second waits for the first, and then finds it
 * used.
 */
export async function holdLink(tx: TransactionSql, grants: Grants, use: HeldLink['use']): Promise<HeldLink> {
  const [row] = await tx<{ link: LinkRecord }[]>`
    select to_json(l) as link from link l where hash = ${use.hash} for update`;
  await grants.readLogOn(tx);
  return {
    use,
    found: await foundAs(grants, row?.link, use.boundTo, use.now),
    ...present({ row: row ? row.link : undefined }),
  };
}

/**
 * Uses a link that is held and open, which the log says from its first use on. The same browser may come back to it; that it
 * carried a word is noted once.
 */
export async function useHeldLink(
  tx: TransactionSql,
  grants: Grants,
  { found, row, use }: HeldLink,
  says = false,
): Promise<void> {
  if (found.kind !== 'open' || row === undefined) return;
  if (row.used_at === null) await appendLogEntry(tx, grants, use.act);
  const now = use.now.toISOString();
  const used = {
    ...row,
    used_at: row.used_at ?? now,
    used_by: row.used_by ?? use.boundTo,
    said_at: row.said_at ?? (says ? now : null),
  };
  await tx`
    update link set used_at = ${used.used_at}, used_by = ${used.used_by}, said_at = ${used.said_at},
      mac = ${grants.seal('link', used)}
    where hash = ${row.hash}`;
}

const codeRecord = (
  { hash, endpoint: one, expiresAt, beside, invitedBy }: LinkCodeRow,
  entry: string,
): LinkCodeRecord => ({
  hash,
  endpoint_id: one.id,
  ...linkTermsOf(one),
  expires_at: expiresAt.toISOString(),
  beside: beside === true,
  invited_by: invitedBy ?? null,
  asked_by: null,
  used_for: null,
  entry,
  mac: null,
});

const codeFrom = (one: LinkCodeRecord): LinkCodeRow => {
  const {
    address: _address,
    enabled: _enabled,
    ...endpoint
  } = endpointFrom({ ...one, id: one.endpoint_id, address: '', enabled: false });
  const expiresAt = new Date(one.expires_at);
  return { hash: one.hash, endpoint, expiresAt, ...present({ beside: one.beside ? true : undefined }) };
};

const invitationOf = (one: LinkCodeRecord): StartPageOwner => ({
  endpoint: one.endpoint_id,
  focalPoint: one.focal_point,
  officer: one.officer ?? '',
});

/** Which account brought a code is part of what the code grants. */
const askCode = (
  sql: Sql,
  grants: Grants,
  { hash, address, now }: CodeUse,
): Promise<LinkCodeRow | undefined> =>
  sql.begin(async (tx) => {
    const [row] = await tx<{ code: LinkCodeRecord }[]>`
      select to_json(c) as code from link_code c
      where hash = ${hash} and used_for is null for update`;
    await grants.readLogOn(tx);
    if (row === undefined || !isStillRunning(Date.parse(row.code.expires_at), START_CODE_MS, now))
      return undefined;
    if (!(await grants.isValid('link-code', row.code))) return undefined;
    if (!(await isStartPageUsed(tx, grants, invitationOf(row.code)))) return undefined;
    const mac = grants.seal('link-code', { ...row.code, asked_by: address });
    await tx`update link_code set asked_by = ${address}, mac = ${mac} where hash = ${hash}`;
    return codeFrom(row.code);
  });

async function askedCode(
  sql: Sql,
  grants: Grants,
  endpoint: string,
  address: string,
): Promise<LinkCodeRow | undefined> {
  const [[row]] = await Promise.all([
    sql<{ code: LinkCodeRecord }[]>`
      select to_json(c) as code from link_code c where endpoint_id = ${endpoint} and asked_by = ${address}`,
    grants.readLogOn(sql),
  ]);
  return row !== undefined && (await isGoodCode(grants, row.code)) ? codeFrom(row.code) : undefined;
}

/** One that was used is looked at again by the account that it was used for: its own entry has ended then. */
const isGoodCode = (grants: Grants, code: LinkCodeRecord): Promise<boolean> =>
  code.used_for === null ? grants.isValid('link-code', code) : grants.isSealed('link-code', code);

interface CodeUse {
  readonly hash: string;
  readonly address: string;
  readonly now: Date;
}

async function takeCode(
  tx: TransactionSql,
  grants: Grants,
  { hash, address, now }: CodeUse,
  act: (endpoint: string) => LogEntryMaker,
): Promise<Endpoint | undefined> {
  await lockOperatorLog(tx);
  await grants.readLogOn(tx);
  const [row] = await tx<{ code: LinkCodeRecord }[]>`
    select to_json(c) as code from link_code c where hash = ${hash} for no key update`;
  if (row === undefined || !(await isGoodCode(grants, row.code))) return undefined;
  const { code } = row;
  if (code.used_for !== null) {
    const [same] = await tx<{ endpoint: EndpointRecord }[]>`
      select to_json(e) as endpoint from endpoint e where id = ${code.used_for} and address = ${address}`;
    return same && (await grants.isValid('endpoint', same.endpoint))
      ? endpointFrom(same.endpoint)
      : undefined;
  }
  if (!isStillRunning(Date.parse(code.expires_at), START_CODE_MS, now)) return undefined;
  if (!(await isStartPageUsed(tx, grants, invitationOf(code)))) return undefined;
  const [before] = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e where focal_point = ${code.focal_point} and channel = ${code.channel}
      and address = ${address} and officer is not distinct from ${code.officer} for update`;
  const id = before?.endpoint.id ?? code.endpoint_id;
  const after = recordOfEndpoint({ ...codeFrom(code).endpoint, id, address, enabled: true }, null);
  const terms = await placeEndpoint(tx, grants, before?.endpoint, after);
  const first = firstOpenedBy(grants, terms);
  const isNew = id === code.endpoint_id;
  // The invitation ends with its own use, also where the account had an endpoint already: an old row put back is worth nothing.
  const apart = { desk: code.focal_point, opens: [] };
  const used = await appendLogEntry(tx, grants, act(code.endpoint_id), isNew ? terms : apart);
  const entry = isNew ? used : await appendLogEntry(tx, grants, act(id), terms);
  const asked = { who: code.invited_by ?? GATEWAY_OPERATOR, now, entry, replaces: !code.beside };
  const made = recordOfPlaced(terms, before?.endpoint, after, asked);
  await writePlacedEndpoint(tx, grants, made, { first, now });
  const mac = grants.seal('link-code', { ...code, used_for: id });
  await tx`update link_code set used_for = ${id}, mac = ${mac} where hash = ${hash}`;
  return endpointFrom(made);
}
