/**
 * Browsers in which an officer gave the PIN. A session ends with the PIN, with the account by which it was
 * opened, and after a time.
 */
import type { Sql, TransactionSql } from 'postgres';
import { isStillRunning, isWithinLast } from '../domain/message/clock-skew.ts';
import { PIN_SESSION_MS } from '../domain/party/pin.ts';
import type { PinSessionRow, PinStore } from './contracts/pins.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import type { PinSessionRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { lockOperatorLog, runRecorded } from './operator-log.ts';
import { asJson } from './rows.ts';
import { onlyVerifiedEndpoints, rereadEndpoints } from './verified-endpoints.ts';

/** Least time between two notes that a browser was seen, in milliseconds. */
const SEEN_MS = 60_000;

type Sessions = Pick<PinStore, 'pinSession' | 'endPinSession'>;

export const createPinSessionStore = (sql: Sql, grants: Grants): Sessions => ({
  async pinSession(hash, rest, now) {
    const [read] = await Promise.all([
      sql<{ session: PinSessionRecord; endpoint: EndpointRecord }[]>`
        select to_json(s) as session, to_json(e) as endpoint
        from pin_session s join endpoint e on e.id = s.endpoint where s.hash = ${hash}`,
      grants.readLogOn(sql),
    ]);
    const [row] = await rereadEndpoints(sql, grants, read);
    if (row === undefined || !(await isValidSession(sql, grants, row.session))) return undefined;
    const { session } = row;
    const seen = Date.parse(session.used_at);
    if (
      !isStillRunning(Date.parse(session.expires_at), PIN_SESSION_MS, now) ||
      !isWithinLast(seen, rest, now)
    )
      return undefined;
    const [account] = await onlyVerifiedEndpoints(grants, [row.endpoint]);
    if (account === undefined || !account.enabled || row.endpoint.entry !== session.account) return undefined;
    if (account.focalPoint !== session.focal_point || account.officer !== session.officer) return undefined;
    if (now.getTime() - seen >= SEEN_MS) await see(sql, grants, session, now);
    return { session: sessionFrom(session), account };
  },

  async endPinSession(hash, act) {
    await runRecorded(sql, grants, act, async (tx, entry) => {
      await lockOperatorLog(tx);
      const [row] = await tx<{ session: PinSessionRecord }[]>`
        delete from pin_session s where hash = ${hash} returning to_json(s) as session`;
      if (row !== undefined && (await grants.isSealed('pin-session', row.session))) await entry();
    });
  },
});

/**
 * Whether a session is valid and was not ended by "Not you?". The log records that, whatever happened to the
 * row.
 */
async function isValidSession(sql: Sql, grants: Grants, session: PinSessionRecord): Promise<boolean> {
  if (!(await grants.isValid('pin-session', session))) return false;
  if (!grants.guard().isSessionEnded(session.hash)) return true;
  // If it was ended while it was read, the row is gone by now.
  const [still] = await sql`select from pin_session where hash = ${session.hash}`;
  if (still !== undefined) grants.guard().refused('pin-session', session.focal_point);
  return false;
}

const sessionFrom = (one: PinSessionRecord): PinSessionRow => ({
  hash: one.hash,
  pin: one.pin,
  focalPoint: one.focal_point,
  officer: one.officer,
  endpoint: one.endpoint,
  expiresAt: new Date(one.expires_at),
});

async function see(sql: Sql, grants: Grants, session: PinSessionRecord, now: Date): Promise<void> {
  const seen = { ...session, used_at: now.toISOString() };
  await sql`
    update pin_session set used_at = ${seen.used_at}, mac = ${grants.seal('pin-session', seen)}
    where hash = ${session.hash} and mac = ${session.mac}`;
}

/** Opens a session under the entry of its PIN, and deletes sessions that have ended. */
export async function openPinSession(
  tx: TransactionSql,
  grants: Grants,
  {
    session,
    entry,
    now,
  }: { readonly session: PinSessionRow; readonly entry: string | null; readonly now: Date },
): Promise<void> {
  await tx`delete from pin_session where expires_at <= ${now}`;
  const [account] = await tx<{ entry: string | null }[]>`
    select entry from endpoint where id = ${session.endpoint}`;
  const row = {
    hash: session.hash,
    pin: session.pin,
    focal_point: session.focalPoint,
    officer: session.officer,
    endpoint: session.endpoint,
    account: account?.entry ?? null,
    expires_at: session.expiresAt.toISOString(),
    used_at: now.toISOString(),
    entry,
    mac: null,
  };
  await tx`
    insert into pin_session (hash, pin, focal_point, officer, endpoint, account, expires_at, used_at, entry, mac)
    select hash, pin, focal_point, officer, endpoint, account, expires_at, used_at, entry, mac
    from json_populate_record(null::pin_session, ${asJson(tx, { ...row, mac: grants.seal('pin-session', row) })})`;
}
