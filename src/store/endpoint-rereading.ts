/** Checks endpoints that were read together with other rows against the operator's log. */
import type { Sql, TransactionSql } from 'postgres';
import type { Grants } from './grants.ts';
import { asJson, type EndpointRecord } from './rows.ts';

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
