/**
 * Decisions of a focal point on an endpoint that waits for it, and the links by which its officers decide.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { Endpoint } from '../domain/party/channel.ts';
import { accessOpenedBy } from '../domain/party/confirmation.ts';
import { OFF_BY_HAND } from '../domain/party/endpoint-life.ts';
import { Refusal } from '../domain/words/error.ts';
import type {
  ConfirmedEndpoint,
  ConfirmLinkRow,
  EndpointStore,
  EndpointVerdict,
} from './contracts/endpoints.ts';
import { isUniqueViolation } from './database-fault.ts';
import { type EndpointRecord, endpointFrom } from './endpoint-records.ts';
import { IN_USE_COLUMNS, writeEndpoint } from './endpoint-writing.ts';
import { makeEndpointDue, remainderOfEndpoint, writeDisabledEndpoint } from './endpoints.ts';
import type { Grants } from './grants.ts';
import type { LinkRecord } from './link-records.ts';
import { appendLogEntry, lockOperatorLog } from './operator-log.ts';
import { asJson } from './rows.ts';
import { readVerifiedEndpoints } from './verified-endpoints.ts';
import { digestOfAskedGrants, operatorActTermsOf } from './waiting.ts';

type Judging = Pick<
  EndpointStore,
  'waitingEndpoints' | 'decideWaiting' | 'decisionOn' | 'keepConfirmLink' | 'findConfirmLink'
>;

export const createConfirmationStore = (sql: Sql, grants: Grants, wake: () => void): Judging => ({
  async waitingEndpoints() {
    return readVerifiedEndpoints(
      sql,
      grants,
      () => sql`
        select to_json(e) as endpoint from endpoint e where waiting is not null order by waiting->>'since', id`,
    );
  },

  async decideWaiting(verdict) {
    try {
      const judged = await sql.begin((tx) => carryOutDecision(tx, grants, verdict));
      await grants.readLogOn(sql);
      if (judged !== undefined) wake();
      return judged;
    } catch (fault) {
      if (isUniqueViolation(fault))
        throw new Refusal('already-exists', 'this focal point has another endpoint at this address');
      throw fault;
    }
  },

  async decisionOn(asked) {
    await grants.readLogOn(sql);
    return grants.guard().decisionOn(asked);
  },

  keepConfirmLink: (link) => keepLink(sql, grants, link),

  async findConfirmLink(hash, now) {
    const [row] = await sql<{ link: LinkRecord }[]>`
      select to_json(l) as link from link l where hash = ${hash} and purpose = 'confirm'`;
    await grants.readLogOn(sql);
    if (row === undefined) return { kind: 'unknown' };
    const { link: one } = row;
    if (!(await grants.isValid('link', one)))
      return { kind: (await grants.isSealed('link', one)) ? 'expired' : 'unknown' };
    if (Date.parse(one.expires_at) <= now.getTime()) return { kind: 'expired' };
    return { kind: 'open', link: confirmLinkFrom(one) };
  },
});

/** @returns undefined if this no longer waits: somebody decided before, or its time has passed */
async function carryOutDecision(
  tx: TransactionSql,
  grants: Grants,
  given: EndpointVerdict,
): Promise<ConfirmedEndpoint | undefined> {
  const { endpoint: id, asked, decision: word, now, act } = given;
  await lockOperatorLog(tx);
  await grants.readLogOn(tx);
  const [found] = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e where id = ${id} for update`;
  const waiting = found?.endpoint.waiting;
  if (found === undefined || !waiting || waiting.asked !== asked) return undefined;
  if (!(await grants.isValid('endpoint', found.endpoint))) return undefined;
  if (Date.parse(waiting.until) <= now.getTime() !== (word === 'expired')) return undefined;
  // The question was about other access than the endpoint would open now.
  if (word === 'confirmed' && waiting.grants !== digestOfAskedGrants(found.endpoint, waiting.change))
    return undefined;
  // After a decision the others are still told: the page of the question shows the decision, and who made it.
  if (!given.isTold) await tx`delete from note where says->>'asked' = ${asked}`;
  if (word !== 'confirmed') return dropWaiting(tx, grants, found.endpoint, given);
  const isNew = waiting.change === undefined;
  const row: EndpointRecord = {
    ...found.endpoint,
    ...(isNew ? { ...IN_USE_COLUMNS, enabled: true } : waiting.change),
    waiting: null,
  };
  const terms = { desk: row.focal_point, opens: [...accessOpenedBy(row)] };
  await writeEndpoint(tx, grants, {
    ...row,
    entry: await appendLogEntry(tx, grants, act('endpoint.confirmed'), terms),
  });
  await makeEndpointDue(tx, id, now);
  const replaced = waiting.replaces ? await replaceOthers(tx, grants, row, given) : [];
  return { endpoint: endpointFrom(row), replaced };
}

/** Ends what was refused or not confirmed in time: a new endpoint, or the change of one in use. */
async function dropWaiting(
  tx: TransactionSql,
  grants: Grants,
  found: EndpointRecord,
  { decision: word, now, act }: EndpointVerdict,
): Promise<ConfirmedEndpoint> {
  const code = word === 'refused' ? 'refused' : 'expired';
  const isChange = found.waiting?.change !== undefined;
  const entry = await appendLogEntry(
    tx,
    grants,
    act(isChange ? `endpoint.change-${code}` : `endpoint.${code}`),
    operatorActTermsOf(found),
  );
  if (isChange) {
    const row = { ...found, waiting: null, entry };
    await writeEndpoint(tx, grants, row);
    return { endpoint: endpointFrom(row), replaced: [] };
  }
  const off = { enabled: false, disabled_code: code, disabled_at: now.toISOString() };
  const row = { ...found, ...remainderOfEndpoint(found.id), ...off, entry };
  await writeDisabledEndpoint(tx, grants, row, now);
  return { endpoint: endpointFrom(row), replaced: [] };
}

/** The officer's other accounts of the channel at this focal point, which it replaces. */
async function replaceOthers(
  tx: TransactionSql,
  grants: Grants,
  made: EndpointRecord,
  { now, replace }: EndpointVerdict,
): Promise<readonly Endpoint[]> {
  const found = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e
    where focal_point = ${made.focal_point} and channel = ${made.channel} and officer is not distinct from ${made.officer}
      and id <> ${made.id} and not coalesce(disabled_code, '') in (select json_array_elements_text(${asJson(tx, OFF_BY_HAND)}))
    order by id for update`;
  const replaced: Endpoint[] = [];
  for (const { endpoint: one } of found) {
    if (!(await grants.isValidQuietly('endpoint', one))) continue;
    const out = { enabled: false, disabled_code: 'replaced', disabled_at: now.toISOString(), waiting: null };
    const row = {
      ...one,
      ...out,
      entry: await appendLogEntry(tx, grants, replace(one.id), operatorActTermsOf(one)),
    };
    await writeDisabledEndpoint(tx, grants, row, now);
    replaced.push(endpointFrom(row));
  }
  return replaced;
}

/**
 * The link names the entry of the endpoint to which it is sent, and ends with it. It is not kept if that
 * entry is not current.
 */
async function keepLink(sql: Sql, grants: Grants, { expiresAt, ...link }: ConfirmLinkRow): Promise<void> {
  const [found] = await sql<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e where id = ${link.endpoint}`;
  await grants.readLogOn(sql);
  if (found === undefined || !(await grants.isValid('endpoint', found.endpoint))) return;
  const row: LinkRecord = {
    ...link,
    purpose: 'confirm',
    delivery: null,
    expires_at: expiresAt.toISOString(),
    used_at: null,
    used_by: null,
    said_at: null,
    entry: found.endpoint.entry,
    mac: null,
  };
  await sql`
    insert into link (hash, purpose, about, asked, endpoint, officer, expires_at, entry, mac)
    values (${row.hash}, 'confirm', ${link.about}, ${link.asked}, ${link.endpoint}, ${row.officer}, ${row.expires_at}, ${row.entry},
      ${grants.seal('link', row)})`;
}

const confirmLinkFrom = ({
  hash,
  about,
  asked,
  endpoint,
  officer,
  expires_at: end,
}: LinkRecord): ConfirmLinkRow => ({
  hash,
  about: about ?? '',
  asked: asked ?? '',
  endpoint: endpoint ?? '',
  officer: officer ?? '',
  expiresAt: new Date(end),
});
