/** One-time links, found by the digest of a token that is not stored. */
import type { Sql, TransactionSql } from 'postgres';
import { isWithinLast } from '../domain/message/clock-skew.ts';
import { present } from '../domain/words/present.ts';
import type { LinkFound, LinkRow, LinkStore, LinkUse } from './contracts/links.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import type { Grants } from './grants.ts';
import { type LinkRecord, linkRowFrom } from './link-records.ts';
import { appendLogEntry, lockOperatorLog } from './operator-log.ts';
import { asJson } from './rows.ts';
import { rereadEndpoints } from './verified-endpoints.ts';

type Links = Pick<LinkStore, 'keepLinks' | 'findLink' | 'takeLink'>;

/** Milliseconds for which the browser that used a link may use it again. */
const GRACE_MS = 15 * 60_000;

export function createLinkStore(sql: Sql, grants: Grants): Links {
  return {
    keepLinks: (list) => keepLinks(sql, grants, list),

    async findLink(hash, boundTo, now) {
      const read = () =>
        sql<{ link: LinkRecord }[]>`select to_json(l) as link from link l where hash = ${hash}`;
      let [[row]] = await Promise.all([read(), grants.readLogOn(sql)]);
      // It was used while it was read, so the row is older than the log. Read it again.
      if (row?.link.used_at === null && grants.guard().isLinkUsed(hash)) [row] = await read();
      return stateOfLink(grants, row?.link, boundTo, now);
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
  };
}

/** Each link names the entry of the endpoint to which it is sent, and ends with it. */
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

/** The state of a link for one browser. A tampered link counts as unknown. */
async function stateOfLink(
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
  // Somebody restored the row from before its use.
  if (grants.guard().isLinkUsed(link.hash)) {
    grants.guard().refused('link', link.delivery);
    return { kind: 'used' };
  }
  return now.getTime() < link.expiresAt.getTime() ? { kind: 'open', link } : { kind: 'expired' };
}

/** A locked link, and its state for the browser that requested it. */
export interface HeldLink {
  readonly found: LinkFound;
  /** As it is kept. */
  readonly row?: LinkRecord;
  readonly use: LinkUse;
}

/**
 * Locks a link, within a transaction that has locked the log. Of two simultaneous calls the second waits for
 * the first, and then finds the link used.
 */
export async function holdLink(tx: TransactionSql, grants: Grants, use: HeldLink['use']): Promise<HeldLink> {
  const [row] = await tx<{ link: LinkRecord }[]>`
    select to_json(l) as link from link l where hash = ${use.hash} for update`;
  await grants.readLogOn(tx);
  return {
    use,
    found: await stateOfLink(grants, row?.link, use.boundTo, use.now),
    ...present({ row: row ? row.link : undefined }),
  };
}

/**
 * Uses a link that is locked and open; the first use is recorded in the log. The same browser may use it
 * again. An acknowledgement by it is noted once.
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
