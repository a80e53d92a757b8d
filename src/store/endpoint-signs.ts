/** Signs of life of endpoints, written with the change of the delivery that showed them. */
import type { TransactionSql } from 'postgres';
import type { EndpointSign } from './contracts/deliveries.ts';
import { asJson } from './rows.ts';

/** What each sign does to its endpoint. If one goes off, the focal point's other endpoints are told once. */
export const writeEndpointSigns = (
  tx: TransactionSql,
  signs: readonly ({ readonly id: string } & EndpointSign)[],
) => tx`
  with signs as materialized (
    select * from json_to_recordset(${asJson(tx, signs)})
      as n(id text, kind text, code text, at timestamptz, "probeAt" timestamptz, "toldUntil" timestamptz)
  ), alive as (
    update endpoint e set gone_times = 0, gone_since = null from signs n
    where e.id = n.id and n.kind = 'alive' and e.gone_times > 0
  ), gone as (
    update endpoint e set gone_times = e.gone_times + 1, gone_since = coalesce(e.gone_since, n.at) from signs n
    where e.id = n.id and n.kind = 'gone'
  ), off as (
    update endpoint e set enabled = false, disabled_code = n.code, disabled_at = n.at,
      gone_times = e.gone_times + 1, gone_since = coalesce(e.gone_since, n.at)
    from signs n where e.id = n.id and n.kind = 'off' and e.enabled
    returning e.id, e.focal_point, e.channel, n.code, n.at, n."probeAt", n."toldUntil"
  ), probes as (
    insert into note (id, endpoint, says, made_at, due_at)
    select replace(gen_random_uuid()::text, '-', ''), id, '{"what":"probe"}', at, "probeAt" from off where channel <> 'relay'
  )
  insert into note (id, endpoint, says, made_at, expires_at, due_at)
  select replace(gen_random_uuid()::text, '-', ''), e.id,
    json_build_object('what', 'endpoint-off', 'endpoint', off.id, 'channel', off.channel, 'code', off.code,
      'at', to_char(off.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::jsonb,
    off.at, off."toldUntil", off.at
  from off join endpoint e on e.focal_point = off.focal_point and e.enabled and e.id <> off.id and e.channel <> 'relay'`;
