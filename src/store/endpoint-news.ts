/**
 * Tells a focal point of its new accounts and endpoints, in the transaction that makes them, so that none is
 * added unnoticed.
 */
import type { TransactionSql } from 'postgres';
import type { NoteContent } from '../domain/carriage/endpoint-note.ts';
import { NOTIFY_WITHIN_DAYS } from '../domain/party/confirmation.ts';
import { NOT_COUNTED_CODES } from '../domain/party/endpoint-life.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import { asJson } from './rows.ts';

const DAY = 86_400_000;

/** Endpoints that are in use or off for a while. The latter are told once they are restored. */
const counts = (tx: TransactionSql) =>
  tx`not coalesce(e.disabled_code, '') in (select json_array_elements_text(${asJson(tx, NOT_COUNTED_CODES)}))`;

const untilFrom = (at: Date): string => new Date(at.getTime() + NOTIFY_WITHIN_DAYS * DAY).toISOString();

/**
 * Asks everybody once who can say whether it is right: officers at their endpoints, and the focal point's own
 * systems.
 */
export function askForConfirmation(tx: TransactionSql, one: EndpointRecord) {
  const { id, focal_point: focalPoint, channel, officer, shows, waiting } = one;
  if (!waiting || channel === 'none') return undefined;
  const { asked, since, until, change } = waiting;
  const says: NoteContent = {
    what: 'endpoint-waiting',
    endpoint: id,
    asked,
    channel,
    officer,
    until,
    shows: change?.shows ?? shows,
    is: change === undefined ? 'new' : 'changed',
  };
  return tx`
    insert into note (id, endpoint, says, made_at, expires_at, due_at)
    select replace(gen_random_uuid()::text, '-', ''), e.id, ${asJson(tx, says)}::json::jsonb, ${since},
      ${untilFrom(new Date(since))}, ${since}
    from endpoint e
    where e.focal_point = ${focalPoint} and ${counts(tx)} and (e.officer is not null or e.channel = 'webhook')`;
}

/**
 * The first endpoint that shows content needs no confirmation. Every officer of the focal point is told of
 * it.
 */
export const tellOfFirstContent = (tx: TransactionSql, one: EndpointRecord, now: Date) => {
  const says = firstOf(one);
  return tx`
    insert into note (id, endpoint, says, made_at, expires_at, due_at)
    select replace(gen_random_uuid()::text, '-', ''), e.id, ${asJson(tx, says)}::json::jsonb, ${now}, ${untilFrom(now)}, ${now}
    from endpoint e
    where e.focal_point = ${one.focal_point} and e.id <> ${one.id} and ${counts(tx)} and e.officer is not null`;
};

/**
 * The first linked officer is told which endpoints show content already: before, there was nobody to tell.
 */
export async function tellFirstOfficer(tx: TransactionSql, one: EndpointRecord, now: Date): Promise<void> {
  const there = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e
    where e.focal_point = ${one.focal_point} and e.id <> ${one.id} and ${counts(tx)} and e.shows <> 'notice'
      and e.channel not in ('relay', 'none')
    order by e.id`;
  for (const { endpoint } of there)
    await tx`
      insert into note (id, endpoint, says, made_at, expires_at, due_at)
      values (replace(gen_random_uuid()::text, '-', ''), ${one.id}, ${asJson(tx, firstOf(endpoint))}::json::jsonb, ${now},
        ${untilFrom(now)}, ${now})`;
}

const firstOf = ({ id: endpoint, channel, officer, shows }: EndpointRecord) => ({
  what: 'endpoint-counts',
  by: 'first',
  endpoint,
  channel,
  officer,
  shows,
});
