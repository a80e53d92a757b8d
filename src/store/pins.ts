/** Officers' PINs and the codes by which they are set. Every try is an entry of the operator's log where it changes the count. */
import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres';
import { isRunning, isWithin } from '../domain/message/skew.ts';
import { PIN_TRIES, pinSubject, START_MS } from '../domain/party/pin.ts';
import type {
  NoteAt,
  PinActs,
  PinRow,
  PinStore,
  PinTried,
  PinTry,
  StartCodeFound,
  StartUse,
} from './contracts/pins.ts';
import type { Grants, PinRecord, StartCodeRecord } from './grants.ts';
import { holdLog, record, recorded } from './operator-log.ts';
import { codeFrom, codeRecord, pinFrom, writeCode, writePin } from './pin-rows.ts';
import { openSession, sessions } from './pin-sessions.ts';
import { asJson } from './rows.ts';
import { endOtherStarts } from './start-ends.ts';

/** How long the browser that used a code may look at what it brought. */
const GRACE_MS = 15 * 60_000;

export const pins = (sql: Sql, grants: Grants, wake: () => void): PinStore => ({
  ...sessions(sql, grants),

  async findPin(focalPoint, officer) {
    const theirs = sql`where focal_point = ${focalPoint} and officer = ${officer}`;
    const [one] = await read(sql, grants, theirs);
    return one;
  },

  isPinLost: async (focalPoint, officer) => {
    await grants.readOn(sql);
    if (grants.guard().pins().pin({ focalPoint, officer }) === undefined) return false;
    const isTheirs = (one: Lost): boolean => one.focalPoint === focalPoint && one.officer === officer;
    const isLost = (await lost(sql, grants)).some(isTheirs);
    if (isLost) grants.guard().refused('pin', focalPoint);
    return isLost;
  },

  lostPins: () => lost(sql, grants),

  readPins: () => read(sql, grants, sql``),

  rewrapPin: ({ id, wrapped }, again) =>
    sql.begin(async (tx) => {
      const row = await heldPin(tx, grants, id);
      if (row === undefined || row.wrapped !== wrapped) return false;
      const mac = grants.seal('pin', { ...row, wrapped: again });
      await tx`update pin set wrapped = ${again}, mac = ${mac} where id = ${id}`;
      return true;
    }),

  async keepStartCode(code, acts, now) {
    await recorded(sql, grants, acts('pin.invited', pinSubject(code)), async (tx, entry) => {
      await holdLog(tx);
      await grants.readOn(tx);
      await endOtherStarts(tx, grants, code, { now, acts });
      await writeCode(tx, grants, codeRecord(code, await entry()));
    });
  },

  async startCode(use) {
    // Whoever knows no code holds nobody up.
    const [there] = await sql`select from start_code where hash = ${use.hash}`;
    if (there === undefined) return { kind: 'unknown' };
    return sql.begin(async (tx) => (await heldCode(tx, grants, use)).found);
  },

  async setPin(use, pin, acts) {
    const found = await sql.begin((tx) => setAs(tx, grants, use, { pin, acts }));
    await grants.readOn(sql);
    if (found.kind === 'open' && pin.told.length > 0) wake();
    return found;
  },

  async tryPin(tried, acts) {
    const come = await sql.begin((tx) => countTry(tx, grants, tried, acts));
    await grants.readOn(sql);
    if (come.kind === 'locked' && come.byThis) wake();
    return come;
  },
});

/**
 * PINs that hold. A try under way changes a row and the log together: where they do not fit, they are read again while nobody
 * writes, before a row is refused.
 */
async function read(sql: Sql, grants: Grants, which: PendingQuery<Row[]>): Promise<readonly PinRow[]> {
  const select = (by: Sql | TransactionSql) => by<{ pin: PinRecord }[]>`
    select to_json(p) as pin from pin p ${which} order by focal_point, officer`;
  const found = await select(sql);
  await grants.readOn(sql);
  const fit = await Promise.all(found.map(({ pin }) => grants.isSound('pin', pin)));
  if (fit.every(Boolean)) return found.map(({ pin }) => pinFrom(pin));
  return sql.begin(async (tx) => {
    await holdLog(tx);
    const again = await select(tx);
    await grants.readOn(tx);
    const holds = await Promise.all(again.map(({ pin }) => grants.holds('pin', pin)));
    return again.filter((_, n) => holds[n]).map(({ pin }) => pinFrom(pin));
  });
}

type Lost = Pick<PinRow, 'focalPoint' | 'officer'>;

/** The owners of PINs that the log names and no sound row is of, read while nobody writes. */
const lost = (sql: Sql, grants: Grants): Promise<readonly Lost[]> =>
  sql.begin(async (tx) => {
    await holdLog(tx);
    const found = await tx<{ pin: PinRecord }[]>`select to_json(p) as pin from pin p`;
    await grants.readOn(tx);
    const fit = await Promise.all(found.map(({ pin }) => grants.isSound('pin', pin)));
    const kept = new Set(found.filter((_, n) => fit[n]).map(({ pin }) => pin.id));
    return grants
      .guard()
      .pins()
      .all()
      .filter(({ id }) => !kept.has(id))
      .map(({ focalPoint, officer }) => ({ focalPoint, officer }));
  });

/** A PIN that is held until the transaction ends; undefined where it does not hold what it says. */
async function heldPin(tx: TransactionSql, grants: Grants, id: string): Promise<PinRecord | undefined> {
  await holdLog(tx);
  const [found] = await tx<
    { pin: PinRecord }[]
  >`select to_json(p) as pin from pin p where id = ${id} for update`;
  await grants.readOn(tx);
  return found !== undefined && (await grants.holds('pin', found.pin)) ? found.pin : undefined;
}

async function countTry(
  tx: TransactionSql,
  grants: Grants,
  { pin, isRight, now, opens, uses, told }: PinTry,
  acts: PinActs,
): Promise<PinTried> {
  const row = await heldPin(tx, grants, pin.id);
  if (row === undefined || row.wrapped !== pin.wrapped) return { kind: 'changed' };
  if (row.locked_at !== null) return { kind: 'locked', byThis: false };
  const subject = pinSubject(pin);
  if (isRight) {
    if (uses !== undefined && !(await useCode(tx, grants, uses, acts))) return { kind: 'changed' };
    const kept =
      row.tries === 0 ? row : await writePin(tx, grants, { ...row, tries: 0 }, acts('pin.proven', subject));
    if (opens !== undefined) await openSession(tx, grants, { session: opens, entry: kept.entry, now });
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

const sayAll = (tx: TransactionSql, told: readonly NoteAt[]) => {
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

/** Of one that was used its own entry has ended. */
async function foundAs(
  grants: Grants,
  one: StartCodeRecord | undefined,
  { boundTo, now }: StartUse,
): Promise<StartCodeFound> {
  if (one === undefined) return { kind: 'unknown' };
  if (one.used_at !== null) {
    const isTheirs = one.used_by === boundTo && isWithin(Date.parse(one.used_at), GRACE_MS, now);
    return isTheirs && (await grants.isSealed('start-code', one))
      ? { kind: 'done', code: codeFrom(one) }
      : { kind: 'used' };
  }
  if (!(await grants.holds('start-code', one))) return { kind: 'unknown' };
  return isRunning(Date.parse(one.expires_at), START_MS, now)
    ? { kind: 'open', code: codeFrom(one) }
    : { kind: 'expired' };
}

async function heldCode(tx: TransactionSql, grants: Grants, use: StartUse) {
  await holdLog(tx);
  const [row] = await tx<{ code: StartCodeRecord }[]>`
    select to_json(c) as code from start_code c where hash = ${use.hash} for update`;
  await grants.readOn(tx);
  return { row: row?.code, found: await foundAs(grants, row?.code, use) };
}

const markUsed = (tx: TransactionSql, grants: Grants, row: StartCodeRecord, { boundTo, now }: StartUse) =>
  writeCode(tx, grants, { ...row, used_at: now.toISOString(), used_by: boundTo });

/** Uses a code for which the PIN that there is was given. */
async function useCode(tx: TransactionSql, grants: Grants, use: StartUse, acts: PinActs): Promise<boolean> {
  const { row, found } = await heldCode(tx, grants, use);
  if (row === undefined || found.kind !== 'open') return false;
  await record(tx, grants, acts('pin.proven', pinSubject(found.code)));
  await markUsed(tx, grants, row, use);
  return true;
}

async function setAs(
  tx: TransactionSql,
  grants: Grants,
  use: StartUse,
  { pin, acts }: { readonly pin: Parameters<PinStore['setPin']>[1]; readonly acts: PinActs },
): Promise<StartCodeFound> {
  const { row, found } = await heldCode(tx, grants, use);
  if (row === undefined || found.kind !== 'open') return found;
  const { focal_point: focalPoint, officer, id, known_as } = row;
  const before = await tx<{ id: string }[]>`
    delete from pin where focal_point = ${focalPoint} and officer = ${officer} returning id`;
  for (const one of before)
    await record(tx, grants, acts('pin.replaced', pinSubject({ focalPoint, officer, id: one.id })));
  await tx`delete from pin_session where focal_point = ${focalPoint} and officer = ${officer}`;
  const whose = { id, focal_point: focalPoint, officer, known_as, wrapped: pin.wrapped };
  const set = { ...whose, set_at: use.now.toISOString(), tries: 0, locked_at: null, entry: null, mac: null };
  await writePin(tx, grants, set, acts('pin.set', pinSubject(found.code)));
  await markUsed(tx, grants, row, use);
  await endOtherStarts(tx, grants, found.code, { now: use.now, acts });
  await sayAll(tx, pin.told);
  return found;
}
