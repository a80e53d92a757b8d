/** Changes an officer's PIN and its codes when the officer's name changes. */
import type { TransactionSql } from 'postgres';
import { subjectOfPin } from '../domain/party/pin.ts';
import type { LogEntryMaker } from './contracts/operator-log.ts';
import type { PinRecord, StartCodeRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { appendLogEntry } from './operator-log.ts';
import { pinFrom, startCodeFrom, writePin, writeStartCode } from './pin-rows.ts';

interface Renaming {
  readonly focalPoint: string;
  readonly officer: string;
  /** The names after this change; undefined if nothing changes. */
  readonly names: (known: readonly string[] | null) => readonly string[] | undefined;
  readonly act: (subject: string) => LogEntryMaker;
}

/** Notes the officer's name at the PIN and at unused codes. */
export async function renamePins(
  tx: TransactionSql,
  grants: Grants,
  { focalPoint, officer, names, act }: Renaming,
): Promise<void> {
  const theirs = tx`focal_point = ${focalPoint} and officer = ${officer}`;
  const found = await tx<
    { pin: PinRecord }[]
  >`select to_json(p) as pin from pin p where ${theirs} for update`;
  for (const { pin } of found) {
    const now = names(pin.known_as);
    if (now === undefined || !(await grants.isValid('pin', pin))) continue;
    await writePin(tx, grants, { ...pin, known_as: now }, act(subjectOfPin(pinFrom(pin))));
  }
  const codes = await tx<{ code: StartCodeRecord }[]>`
    select to_json(c) as code from start_code c where ${theirs} and used_at is null order by hash for update`;
  for (const { code } of codes) {
    const now = names(code.known_as);
    if (now === undefined || !(await grants.isValid('start-code', code))) continue;
    const entry = await appendLogEntry(tx, grants, act(subjectOfPin(startCodeFrom(code))));
    await writeStartCode(tx, grants, { ...code, known_as: now, entry });
  }
}
