/** Endpoints as operators and signs of life change them, what waits for them, and the notes said at them. */
import type { Sql } from 'postgres';
import type { Says } from '../domain/note.ts';
import { recorded } from './operator-log.ts';
import type { ClaimedNote } from './records.ts';
import { asJson, type EndpointRecord, endpointFrom } from './rows.ts';
import type { Store } from './store.ts';

type Endpoints = Pick<
  Store,
  | 'endpoint'
  | 'takeOut'
  | 'bringBack'
  | 'endpointsOff'
  | 'failedAt'
  | 'hurryWaiting'
  | 'keepNote'
  | 'claimNotes'
  | 'finishNote'
>;

interface NoteRecord {
  readonly id: string;
  readonly says: Says;
  readonly made_at: string;
  readonly expires_at: string | null;
  readonly tries: number;
}

export const endpoints = (sql: Sql, wake: () => void): Endpoints => ({
  async endpoint(id) {
    const [found] = await sql<{ endpoint: EndpointRecord }[]>`
      select to_json(e) as endpoint from endpoint e where id = ${id}`;
    return found && endpointFrom(found.endpoint);
  },

  async takeOut(id, code, now, act) {
    const isDone = await recorded(sql, act, async (tx) => {
      // What was removed leaves no address behind, and room for another at the same one.
      const done = await tx`
        with out as (
          update endpoint set enabled = false, disabled_code = ${code}, disabled_at = ${now},
            address = case when ${code} = 'removed' then 'removed:' || id else address end,
            certificate = case when ${code} <> 'removed' then certificate end,
            old_certificate = case when ${code} <> 'removed' then old_certificate end,
            old_certificate_until = case when ${code} <> 'removed' then old_certificate_until end
          where id = ${id} and (enabled or disabled_code is distinct from ${code}) returning id
        ), unasked as (delete from note where endpoint in (select id from out)),
        hurried as (
          update delivery set due_at = ${now}
          where endpoint in (select id from out) and state = 'queued' and due_at > ${now} and claimed_by is null
        ), links as (
          update link set expires_at = least(expires_at, ${now})
          where delivery in (select id from delivery where endpoint in (select id from out))
        )
        select id from out`;
      return done.length > 0;
    });
    if (isDone) wake();
    return isDone;
  },

  async bringBack(id, but, now, act) {
    const isDone = await recorded(sql, act, async (tx) => {
      const done = await tx`
        with back as (
          update endpoint set enabled = true, disabled_code = null, disabled_at = null, gone_times = 0, gone_since = null
          where id = ${id} and not enabled
            and not coalesce(disabled_code, '') in (select json_array_elements_text(${asJson(tx, but)}))
          returning id
        ), asked as (delete from note where endpoint in (select id from back) and says->>'what' = 'probe'),
        hurried as (
          update delivery set due_at = ${now}
          where endpoint in (select id from back) and state = 'queued' and due_at > ${now} and claimed_by is null
        )
        select id from back`;
      return done.length > 0;
    });
    if (isDone) wake();
    return isDone;
  },

  async endpointsOff() {
    const found = await sql<{ endpoint: EndpointRecord }[]>`
      select to_json(e) as endpoint from endpoint e
      where not enabled and disabled_code not in ('operator', 'replaced', 'unlinked', 'removed')
      order by disabled_at, id`;
    return found.map((row) => endpointFrom(row.endpoint));
  },

  async failedAt(id, codes, now) {
    const found = await sql<{ id: string }[]>`
      select id from delivery
      where endpoint = ${id} and state = 'failed' and kind <> 'reminder' and expires_at > ${now}
        and attempts->-1->>'code' in (select json_array_elements_text(${asJson(sql, codes)}))
      order by id limit 1000`;
    return found.map((row) => row.id);
  },

  async hurryWaiting(focalPoint, codes, now) {
    const found = await sql`
      update delivery set due_at = ${now}
      where due_at > ${now} and party = ${focalPoint} and state = 'queued' and claimed_by is null
        and attempts->-1->>'code' in (select json_array_elements_text(${asJson(sql, codes)}))
      returning id`;
    if (found.length > 0) wake();
    return found.length;
  },

  async keepNote(endpoint, { id, says, madeAt, expiresAt = null }) {
    await sql`
      insert into note (id, endpoint, says, made_at, expires_at, due_at)
      values (${id}, ${endpoint}, ${asJson(sql, says)}::json::jsonb, ${madeAt}, ${expiresAt}, ${madeAt})`;
    wake();
  },

  async claimNotes(now, leaseUntil, limit) {
    const found = await sql<{ note: NoteRecord; endpoint: EndpointRecord }[]>`
      with due as materialized (
        select id from note where due_at <= ${now} order by due_at limit ${limit} for no key update skip locked
      ), claimed as (
        update note n set due_at = ${leaseUntil}, tries = n.tries + 1 from due where n.id = due.id returning n.*
      )
      select to_json(n) as note, to_json(e) as endpoint from claimed n join endpoint e on e.id = n.endpoint`;
    return found.map(({ note, endpoint }): ClaimedNote => {
      const { id, says, made_at: madeAt, expires_at: expiresAt, tries } = note;
      const until = expiresAt === null ? {} : { expiresAt: new Date(expiresAt) };
      return { id, says, madeAt: new Date(madeAt), ...until, tries, endpoint: endpointFrom(endpoint) };
    });
  },

  async finishNote(id, retryAt) {
    if (retryAt) await sql`update note set due_at = ${retryAt} where id = ${id}`;
    else await sql`delete from note where id = ${id}`;
  },
});
