/** Endpoints that were read together with something else, as they fit the operator's log. */
import type { Sql, TransactionSql } from 'postgres';
import type { Grants } from './grants.ts';
import { asJson, type EndpointRecord } from './rows.ts';

/**
 * Rows with endpoints that fit the log, where there are such. Both are read apart, and somebody may change an endpoint in
 * between: one that does not fit is read once more, and then the log, before anybody is alarmed. Ask after `readOn`.
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
