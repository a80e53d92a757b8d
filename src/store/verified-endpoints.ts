/** Reads what agrees with the operator's log: endpoints above all. What does not agree counts as absent. */
import type { Sql, TransactionSql } from 'postgres';
import type { Endpoint } from '../domain/party/channel.ts';
import { type EndpointRecord, endpointFrom } from './endpoint-records.ts';
import type { Grants } from './grants.ts';
import { asJson } from './rows.ts';

/**
 * Rows that agree with the log. Rows and log are read separately, and both may change in between. If a row
 * does not agree, the rows and then the log are read once more before the alarm is raised.
 * @param isValid judges a row without an alarm
 */
export async function readMatchingLog<Row>(
  sql: Sql,
  grants: Pick<Grants, 'readLogOn'>,
  read: () => PromiseLike<readonly Row[]>,
  isValid: (row: Row) => Promise<boolean>,
): Promise<readonly Row[]> {
  const [found] = await Promise.all([read(), grants.readLogOn(sql)]);
  if ((await Promise.all(found.map(isValid))).every(Boolean)) return found;
  const again = await read();
  await grants.readLogOn(sql);
  return again;
}

/** The endpoints read, without tampered ones. */
export async function readVerifiedEndpoints(
  sql: Sql,
  grants: Grants,
  read: () => PromiseLike<readonly { endpoint: EndpointRecord }[]>,
): Promise<readonly Endpoint[]> {
  const found = await readMatchingLog(sql, grants, read, ({ endpoint }) =>
    grants.isValidQuietly('endpoint', endpoint),
  );
  return onlyVerifiedEndpoints(
    grants,
    found.map((row) => row.endpoint),
  );
}

/** The valid endpoints; tampered ones count as absent. Call it after `readLogOn`. */
export async function onlyVerifiedEndpoints(
  grants: Grants,
  records: readonly EndpointRecord[],
): Promise<readonly Endpoint[]> {
  const valid = await Promise.all(records.map((one) => grants.isValid('endpoint', one)));
  return records.filter((_, n) => valid[n]).map(endpointFrom);
}

/** Replaces a tampered endpoint to which a row refers: it has no address and no officer. */
export const withholdEndpoint = (one: EndpointRecord): Endpoint => ({
  id: one.id,
  focalPoint: one.focal_point,
  channel: one.channel,
  address: '',
  rank: one.rank,
  shows: 'notice',
  lang: one.lang,
  enabled: false,
});

/**
 * Rows with endpoints that agree with the log. Rows and log are read separately, and an endpoint may change
 * in between. If one does not agree, it is read once more, and then the log, before the alarm is raised. Call
 * it after `readLogOn`.
 */
export async function rereadEndpoints<Row extends { readonly endpoint: EndpointRecord | null }>(
  sql: Sql | TransactionSql,
  grants: Grants,
  found: readonly Row[],
): Promise<readonly Row[]> {
  const odd = new Set<string>();
  for (const { endpoint } of found)
    if (endpoint !== null && !(await grants.isValidQuietly('endpoint', endpoint))) odd.add(endpoint.id);
  if (odd.size === 0) return found;
  const again = await sql<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e
    where id in (select json_array_elements_text(${asJson(sql, [...odd])}))`;
  await grants.readLogOn(sql);
  const now = new Map(again.map(({ endpoint }) => [endpoint.id, endpoint]));
  return found.map((row) => ({ ...row, endpoint: now.get(row.endpoint?.id ?? '') ?? row.endpoint }));
}
