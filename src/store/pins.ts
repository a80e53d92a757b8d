/**
 * Officers' PINs and the codes by which they are set. Every attempt that changes the count is an entry of the
 * operator's log.
 */
import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres';
import { isStillRunning, isWithinLast } from '../domain/message/clock-skew.ts';
import { PIN_TRIES, START_CODE_MS, subjectOfPin } from '../domain/party/pin.ts';
import type {
  AddressedNote,
  PinAttempt,
  PinAttemptResult,
  PinEntryMaker,
  PinRow,
  PinStore,
  StartCodeFound,
  StartCodeUse,
} from './contracts/pins.ts';
import type { PinRecord, StartCodeRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { appendLogEntry, lockOperatorLog, runRecorded } from './operator-log.ts';
import { pinFrom, recordOfStartCode, startCodeFrom, writePin, writeStartCode } from './pin-rows.ts';
import { createPinSessionStore, openPinSession } from './pin-sessions.ts';
import { asJson } from './rows.ts';
import { endOtherStartPages } from './start-pages.ts';

/** Milliseconds for which the browser that used a code may see its result. */
const GRACE_MS = 15 * 60_000;

export const createPinStore = (sql: Sql, grants: Grants, wake: () => void): PinStore => ({
  ...createPinSessionStore(sql, grants),
  ...startCodes(sql, grants, wake),

  async findPin(focalPoint, officer) {
    const theirs = sql`where focal_point = ${focalPoint} and officer = ${officer}`;
    const [one] = await read(sql, grants, theirs);
    return one;
  },

  isPinLost: async (focalPoint, officer) => {
    await grants.readLogOn(sql);
    if (grants.guard().pins().pin({ focalPoint, officer }) === undefined) return false;
    const isTheirs = (one: Lost): boolean => one.focalPoint === focalPoint && one.officer === officer;
    const isLost = (await readLost(sql, grants)).some(isTheirs);
    if (isLost) grants.guard().refused('pin', focalPoint);
    return isLost;
  },

  lostPins: () => readLost(sql, grants),

  readPins: () => read(sql, grants, sql``),

  rewrapPin: ({ id, wrapped }, again) =>
    sql.begin(async (tx) => {
      const row = await lockPin(tx, grants, id);
      if (row === undefined || row.wrapped !== wrapped) return false;
      const mac = grants.seal('pin', { ...row, wrapped: again });
      await tx`update pin set wrapped = ${again}, mac = ${mac} where id = ${id}`;
      return true;
    }),

  async tryPin(tried, acts) {
    const come = await sql.begin((tx) => countTry(tx, grants, tried, acts));
    await grants.readLogOn(sql);
    if (come.kind === 'locked' && come.byThis) wake();
    return come;
  },
});

/** The codes, and the PIN that is set by one. */
const startCodes = (
  sql: Sql,
  grants: Grants,
  wake: () => void,
): Pick<PinStore, 'keepStartCode' | 'startCode' | 'setPin'> => ({
  async keepStartCode(code, acts, now) {
    await runRecorded(sql, grants, acts('pin.invited', subjectOfPin(code)), async (tx, entry) => {
      await lockOperatorLog(tx);
      await grants.readLogOn(tx);
      await endOtherStartPages(tx, grants, code, { now, acts });
      await writeStartCode(tx, grants, recordOfStartCode(code, await entry()));
    });
  },

  async startCode(use) {
    // Checked without the lock first: somebody without a valid code must not make others wait.
    const [there] = await sql`select from start_code where hash = ${use.hash}`;
    if (there === undefined) return { kind: 'unknown' };
    return sql.begin(async (tx) => (await heldCode(tx, grants, use)).found);
  },

  async setPin(use, pin, acts) {
    const found = await sql.begin((tx) => setAs(tx, grants, use, { pin, acts }));
    await grants.readLogOn(sql);
    if (found.kind === 'open' && pin.notes.length > 0) wake();
    return found;
  },
});

/**
 * PINs that are valid. An attempt changes a row and the log together. So if they do not agree, they are read
 * again under the log's lock before a row is refused.
 */
async function read(sql: Sql, grants: Grants, which: PendingQuery<Row[]>): Promise<readonly PinRow[]> {
  const select = (by: Sql | TransactionSql) => by<{ pin: PinRecord }[]>`
    select to_json(p) as pin from pin p ${which} order by focal_point, officer`;
  const found = await select(sql);
  await grants.readLogOn(sql);
  const fit = await Promise.all(found.map(({ pin }) => grants.isValidQuietly('pin', pin)));
  if (fit.every(Boolean)) return found.map(({ pin }) => pinFrom(pin));
  return sql.begin(async (tx) => {
    await lockOperatorLog(tx);
    const again = await select(tx);
    await grants.readLogOn(tx);
    const holds = await Promise.all(again.map(({ pin }) => grants.isValid('pin', pin)));
    return again.filter((_, n) => holds[n]).map(({ pin }) => pinFrom(pin));
  });
}

type Lost = Pick<PinRow, 'focalPoint' | 'officer'>;

/** Owners of PINs in the log without a valid row, read under the log's lock. */
const readLost = (sql: Sql, grants: Grants): Promise<readonly Lost[]> =>
  sql.begin(async (tx) => {
    await lockOperatorLog(tx);
    const found = await tx<{ pin: PinRecord }[]>`select to_json(p) as pin from pin p`;
    await grants.readLogOn(tx);
    const fit = await Promise.all(found.map(({ pin }) => grants.isValidQuietly('pin', pin)));
    const kept = new Set(found.filter((_, n) => fit[n]).map(({ pin }) => pin.id));
    return grants
      .guard()
      .pins()
      .all()
      .filter(({ id }) => !kept.has(id))
      .map(({ focalPoint, officer }) => ({ focalPoint, officer }));
  });

/** A PIN that is locked until the transaction ends; undefined if it is tampered. */
async function lockPin(tx: TransactionSql, grants: Grants, id: string): Promise<PinRecord | undefined> {
  await lockOperatorLog(tx);
  const [found] = await tx<
    { pin: PinRecord }[]
  >`select to_json(p) as pin from pin p where id = ${id} for update`;
  await grants.readLogOn(tx);
  return found !== undefined && (await grants.isValid('pin', found.pin)) ? found.pin : undefined;
}

async function countTry(
  tx: TransactionSql,
  grants: Grants,
  { pin, isRight, now, opens, uses, notes: told }: PinAttempt,
  acts: PinEntryMaker,
): Promise<PinAttemptResult> {
  const row = await lockPin(tx, grants, pin.id);
  if (row === undefined || row.wrapped !== pin.wrapped) return { kind: 'changed' };
  if (row.locked_at !== null) return { kind: 'locked', byThis: false };
  const subject = subjectOfPin(pin);
  if (isRight) {
    if (uses !== undefined && !(await useCode(tx, grants, uses, acts))) return { kind: 'changed' };
    const kept =
      row.tries === 0 ? row : await writePin(tx, grants, { ...row, tries: 0 }, acts('pin.proven', subject));
    if (opens !== undefined) await openPinSession(tx, grants, { session: opens, entry: kept.entry, now });
    return { kind: 'right' };
  }
  const tries = row.tries + 1;
  if (tries < PIN_TRIES) {
    await writePin(tx, grants, { ...row, tries }, acts('pin.missed', subject));
    return { kind: 'wrong', left: PIN_TRIES - tries };
  }
  await writePin(tx, grants, { ...row, tries, locked_at: now.toISOString() }, acts('pin.locked', subject));
  await sayAll(tx, told);
  return { kind: 'locked', byThis: true };
}

const sayAll = (tx: TransactionSql, told: readonly AddressedNote[]) => {
  const records = told.map(({ endpoint, note: { id, says, madeAt, expiresAt } }) => ({
    id,
    endpoint,
    says,
    made_at: madeAt,
    expires_at: expiresAt ?? null,
    tries: 0,
    due_at: madeAt,
  }));
  return tx`
    insert into note (id, endpoint, says, made_at, expires_at, tries, due_at)
    select id, endpoint, says, made_at, expires_at, tries, due_at
    from json_populate_recordset(null::note, ${asJson(tx, records)})`;
};

// — codes —

/** The entry of a used code has ended. */
async function stateOfCode(
  grants: Grants,
  one: StartCodeRecord | undefined,
  { boundTo, now }: StartCodeUse,
): Promise<StartCodeFound> {
  if (one === undefined) return { kind: 'unknown' };
  if (one.used_at !== null) {
    const isTheirs = one.used_by === boundTo && isWithinLast(Date.parse(one.used_at), GRACE_MS, now);
    return isTheirs && (await grants.isSealed('start-code', one))
      ? { kind: 'done', code: startCodeFrom(one) }
      : { kind: 'used' };
  }
  if (!(await grants.isValid('start-code', one))) return { kind: 'unknown' };
  return isStillRunning(Date.parse(one.expires_at), START_CODE_MS, now)
    ? { kind: 'open', code: startCodeFrom(one) }
    : { kind: 'expired' };
}

async function heldCode(tx: TransactionSql, grants: Grants, use: StartCodeUse) {
  await lockOperatorLog(tx);
  const [row] = await tx<{ code: StartCodeRecord }[]>`
    select to_json(c) as code from start_code c where hash = ${use.hash} for update`;
  await grants.readLogOn(tx);
  return { row: row?.code, found: await stateOfCode(grants, row?.code, use) };
}

const markUsed = (tx: TransactionSql, grants: Grants, row: StartCodeRecord, { boundTo, now }: StartCodeUse) =>
  writeStartCode(tx, grants, { ...row, used_at: now.toISOString(), used_by: boundTo });

/** Uses a code after the existing PIN was given. */
async function useCode(
  tx: TransactionSql,
  grants: Grants,
  use: StartCodeUse,
  acts: PinEntryMaker,
): Promise<boolean> {
  const { row, found } = await heldCode(tx, grants, use);
  if (row === undefined || found.kind !== 'open') return false;
  await appendLogEntry(tx, grants, acts('pin.proven', subjectOfPin(found.code)));
  await markUsed(tx, grants, row, use);
  return true;
}

async function setAs(
  tx: TransactionSql,
  grants: Grants,
  use: StartCodeUse,
  { pin, acts }: { readonly pin: Parameters<PinStore['setPin']>[1]; readonly acts: PinEntryMaker },
): Promise<StartCodeFound> {
  const { row, found } = await heldCode(tx, grants, use);
  if (row === undefined || found.kind !== 'open') return found;
  const { focal_point: focalPoint, officer, id, known_as } = row;
  const before = await tx<{ id: string }[]>`
    delete from pin where focal_point = ${focalPoint} and officer = ${officer} returning id`;
  for (const one of before)
    await appendLogEntry(tx, grants, acts('pin.replaced', subjectOfPin({ focalPoint, officer, id: one.id })));
  await tx`delete from pin_session where focal_point = ${focalPoint} and officer = ${officer}`;
  const whose = { id, focal_point: focalPoint, officer, known_as, wrapped: pin.wrapped };
  const set = { ...whose, set_at: use.now.toISOString(), tries: 0, locked_at: null, entry: null, mac: null };
  await writePin(tx, grants, set, acts('pin.set', subjectOfPin(found.code)));
  await markUsed(tx, grants, row, use);
  await endOtherStartPages(tx, grants, found.code, { now: use.now, acts });
  await sayAll(tx, pin.notes);
  return found;
}
