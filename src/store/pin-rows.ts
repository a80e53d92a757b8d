/** Writes PINs and start codes, each under the entry of an act. */
import type { TransactionSql } from 'postgres';
import { present } from '../domain/words/present.ts';
import type { LogEntryMaker } from './contracts/operator-log.ts';
import type { PinRow, StartCodeRow } from './contracts/pins.ts';
import type { PinRecord, StartCodeRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { appendLogEntry } from './operator-log.ts';
import { asJson } from './rows.ts';

export const pinFrom = (one: PinRecord): PinRow => ({
  id: one.id,
  focalPoint: one.focal_point,
  officer: one.officer,
  ...present({ knownAs: one.known_as ?? undefined }),
  wrapped: one.wrapped,
  setAt: new Date(one.set_at),
  tries: one.tries,
  ...present({ lockedAt: one.locked_at === null ? undefined : new Date(one.locked_at) }),
});

/** Writes a PIN under the entry of an act. */
export async function writePin(
  tx: TransactionSql,
  grants: Grants,
  one: PinRecord,
  act: LogEntryMaker,
): Promise<PinRecord> {
  const row = { ...one, entry: await appendLogEntry(tx, grants, act) };
  const sealed = { ...row, mac: grants.seal('pin', row) };
  await tx`
    insert into pin (id, focal_point, officer, known_as, wrapped, set_at, tries, locked_at, entry, mac)
    select id, focal_point, officer, known_as, wrapped, set_at, tries, locked_at, entry, mac
    from json_populate_record(null::pin, ${asJson(tx, sealed)})
    on conflict (id) do update set known_as = excluded.known_as, tries = excluded.tries,
      locked_at = excluded.locked_at, entry = excluded.entry, mac = excluded.mac`;
  return sealed;
}

export const recordOfStartCode = (one: StartCodeRow, entry: string): StartCodeRecord => ({
  hash: one.hash,
  id: one.id,
  focal_point: one.focalPoint,
  officer: one.officer,
  known_as: one.knownAs ?? null,
  lang: one.lang,
  new_pin: one.newPin,
  links: one.links,
  expires_at: one.expiresAt.toISOString(),
  used_at: null,
  used_by: null,
  entry,
  mac: null,
});

export const startCodeFrom = (one: StartCodeRecord): StartCodeRow => ({
  hash: one.hash,
  id: one.id,
  focalPoint: one.focal_point,
  officer: one.officer,
  ...present({ knownAs: one.known_as ?? undefined }),
  lang: one.lang,
  newPin: one.new_pin,
  links: one.links,
  expiresAt: new Date(one.expires_at),
});

/** Writes a code with its MAC. */
export async function writeStartCode(
  tx: TransactionSql,
  grants: Grants,
  one: StartCodeRecord,
): Promise<void> {
  const row = { ...one, mac: grants.seal('start-code', one) };
  await tx`
    insert into start_code (hash, id, focal_point, officer, known_as, lang, new_pin, links, expires_at, used_at, used_by,
      entry, mac)
    select hash, id, focal_point, officer, known_as, lang, new_pin, links, expires_at, used_at, used_by, entry, mac
    from json_populate_record(null::start_code, ${asJson(tx, row)})
    on conflict (hash) do update set known_as = excluded.known_as, used_at = excluded.used_at,
      used_by = excluded.used_by, entry = excluded.entry, mac = excluded.mac`;
}
