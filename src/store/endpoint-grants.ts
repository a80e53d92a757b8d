/**
 * Grants of endpoints. Operators make them, each with a MAC over all that it grants, under the entry of its
 * act.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { Endpoint } from '../domain/party/channel.ts';
import { Refusal } from '../domain/words/error.ts';
import type { ConfirmationRequester, EndpointStore } from './contracts/endpoints.ts';
import { isUniqueViolation } from './database-fault.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import {
  IN_USE_COLUMNS,
  keptOffColumns,
  offColumns,
  recordOfEndpoint,
  writePlacedEndpoint,
} from './endpoint-writing.ts';
import type { Grants } from './grants.ts';
import { noteOfficerName } from './officer-renaming.ts';
import { type LogEntryAppender, lockOperatorLog, runRecorded } from './operator-log.ts';
import { asJson } from './rows.ts';
import { onlyVerifiedEndpoints, readMatchingLog, readVerifiedEndpoints } from './verified-endpoints.ts';
import { firstOpenedBy, placeEndpoint, recordOfPlaced } from './waiting.ts';

type Granting = Pick<EndpointStore, 'keepEndpoint' | 'noteOfficerName' | 'endpointsAt' | 'accountUse'>;

export const createEndpointGrantStore = (sql: Sql, grants: Grants): Granting => ({
  async keepEndpoint(one, act, asking) {
    try {
      await runRecorded(sql, grants, act, (tx, entry) => keepUnderEntry(tx, grants, { one, asking }, entry));
    } catch (fault) {
      if (isUniqueViolation(fault))
        throw new Refusal('already-exists', 'this focal point has another endpoint at this address');
      throw fault;
    }
  },

  noteOfficerName: (...asked) => noteOfficerName(sql, grants, ...asked),

  async endpointsAt(channel, address) {
    return readVerifiedEndpoints(
      sql,
      grants,
      () => sql`
        select to_json(e) as endpoint from endpoint e where channel = ${channel} and address = ${address} order by id`,
    );
  },

  accountUse: (account) => accountUse(sql, grants, account),
});

/**
 * The operator's log tells which accounts there must be, so a row that was deleted or changed hides nobody.
 */
async function accountUse(
  sql: Sql,
  grants: Grants,
  { channel, address }: Pick<Endpoint, 'channel' | 'address'>,
): Promise<{ readonly endpoints: readonly Endpoint[]; readonly hasUnknownUsers: boolean }> {
  await grants.readLogOn(sql);
  // Read before the rows: an account linked in between has a row then.
  const ids = grants.guard().accounts();
  const found = await readMatchingLog<{ readonly endpoint: EndpointRecord }>(
    sql,
    grants,
    () => sql`
      select to_json(e) as endpoint from endpoint e
      where (channel = ${channel} and address = ${address})
        or id in (select json_array_elements_text(${asJson(sql, ids)})) order by id`,
    ({ endpoint }) => grants.isValidQuietly('endpoint', endpoint),
  );
  const records = found.map((row) => row.endpoint);
  const there = new Set(records.map(({ id }) => id));
  const gone = ids.filter((id) => !there.has(id));
  for (const id of gone) grants.guard().refused('endpoint', id);
  const valid = await onlyVerifiedEndpoints(grants, records);
  const endpoints = valid.filter((one) => one.channel === channel && one.address === address);
  return { endpoints, hasUnknownUsers: gone.length > 0 || valid.length < records.length };
}

/** Keeps an endpoint under the entry of an act, replacing one with the same id. */
async function keepUnderEntry(
  tx: TransactionSql,
  grants: Grants,
  { one, asking }: { readonly one: Endpoint; readonly asking: ConfirmationRequester },
  entry: LogEntryAppender,
): Promise<void> {
  await lockOperatorLog(tx);
  await grants.readLogOn(tx);
  const [found] = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e where id = ${one.id} for update`;
  const before =
    found !== undefined && (await grants.isValidQuietly('endpoint', found.endpoint))
      ? found.endpoint
      : undefined;
  // The reason why an endpoint is off is only trusted in a valid row: what an operator took out of use must
  // not come back by itself.
  const life = one.enabled
    ? IN_USE_COLUMNS
    : keptOffColumns(before ?? recordOfEndpoint(one, null, offColumns(one)));
  const after = recordOfEndpoint(one, null, life);
  const terms = await placeEndpoint(tx, grants, before, after);
  const first = firstOpenedBy(grants, terms);
  const made = { ...asking, entry: await entry(terms), replaces: before?.waiting?.replaces === true };
  const row = recordOfPlaced(terms, before, after, made);
  const asked = before?.waiting?.asked;
  if (asked !== undefined && row.waiting?.asked !== asked)
    await tx`delete from note where says->>'asked' = ${asked}`;
  // An endpoint that needs no confirmation any more no longer waits.
  const isFree = row.waiting === null && row.disabled_code === 'waiting';
  await writePlacedEndpoint(tx, grants, isFree ? { ...row, ...IN_USE_COLUMNS, enabled: true } : row, {
    first,
    now: asking.now,
  });
}
