/**
 * Records in the operator's log what channels do to endpoints. The change is written with the delivery that
 * showed it, and grants nothing. Its entry follows in another transaction. The row notes what the log was
 * told, so that a crash loses no entry.
 */
import type { Sql, TransactionSql } from 'postgres';
import { OFF_BY_HAND } from '../domain/party/endpoint-life.ts';
import type { SwitchedEndpoint } from './contracts/endpoints.ts';
import type { LogEntryMaker } from './contracts/operator-log.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import type { Grants } from './grants.ts';
import { appendLogEntry, lockOperatorLog } from './operator-log.ts';
import { asJson } from './rows.ts';

/** Entries made at once; the others follow. */
const AT_ONCE = 100;

type Told = EndpointRecord & { readonly channel_told: string | null };

/** Whether the log lacks an entry about an endpoint, or has one about an end that an operator undid since. */
const isUntold = (sql: Sql | TransactionSql) => sql`
  case when enabled then channel_told is not null
    else disabled_code is not null and channel_told is distinct from disabled_code
      and not disabled_code in (select json_array_elements_text(${asJson(sql, OFF_BY_HAND)})) end`;

/** @returns how many entries were made */
export async function recordEndpointSwitches(
  sql: Sql,
  grants: Grants,
  act: (one: SwitchedEndpoint) => LogEntryMaker,
): Promise<number> {
  const found = await sql<{ id: string }[]>`
    select id from endpoint where ${isUntold(sql)} order by disabled_at nulls first, id limit ${AT_ONCE}`;
  if (found.length === 0) return 0;
  let made = 0;
  for (const { id } of found) if (await sql.begin((tx) => tell(tx, grants, id, act))) made += 1;
  await grants.readLogOn(sql);
  return made;
}

async function tell(
  tx: TransactionSql,
  grants: Grants,
  id: string,
  act: (one: SwitchedEndpoint) => LogEntryMaker,
): Promise<boolean> {
  await lockOperatorLog(tx);
  await grants.readLogOn(tx);
  const [found] = await tx<{ endpoint: Told }[]>`
    select to_json(e) as endpoint from endpoint e where id = ${id} and ${isUntold(tx)} for no key update`;
  // A tampered row must not lead to an entry.
  if (found === undefined || !(await grants.isValid('endpoint', found.endpoint))) return false;
  const { focal_point: focalPoint, enabled, disabled_code: code, channel_told: told } = found.endpoint;
  const sign = /^on ([a-z0-9.-]{1,40})$/.exec(told ?? '')?.[1];
  const why = enabled ? sign : code;
  if (typeof why === 'string' && WORD.test(why))
    await appendLogEntry(tx, grants, act({ id, act: enabled ? 'endpoint.on' : 'endpoint.off', why }), {
      desk: focalPoint,
    });
  await tx`update endpoint set channel_told = ${enabled ? null : (code ?? null)} where id = ${id}`;
  return why !== undefined;
}

const WORD = /^[a-z0-9.-]{1,40}$/;
