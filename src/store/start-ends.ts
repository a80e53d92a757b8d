/** What hangs on a start page: the code of the chat counts once the page was used, and a newer page or PIN ends the older pages. */
import type { Sql, TransactionSql } from 'postgres';
import { pinSubject } from '../domain/pin.ts';
import type { Grants, StartCodeRecord } from './grants.ts';
import { record } from './operator-log.ts';
import { codeFrom, writeCode } from './pin-rows.ts';
import type { PinActs, StartCodeRow } from './pins-contract.ts';

/**
 * Whether the start page of an invitation was used, so that its link code counts. The page goes by the id of the endpoint that
 * the code makes; link codes from before there were start pages have none, and count.
 */
export async function isStarted(
  sql: Sql | TransactionSql,
  grants: Grants,
  endpoint: string,
): Promise<boolean> {
  const [row] = await sql<{ code: StartCodeRecord }[]>`
    select to_json(c) as code from start_code c where id = ${endpoint}`;
  if (row === undefined) return true;
  const { code } = row;
  // One that was ended unused has a time and no browser.
  if (code.used_at === null || code.used_by === null) return false;
  if (await grants.isSealed('start-code', code)) return true;
  grants.guard().refused('start-code', code.focal_point);
  return false;
}

interface Ending {
  readonly now: Date;
  readonly acts: PinActs;
}

/** Ends the other unused start pages of an officer, within the transaction that makes or uses this one. The log is held. */
export async function endOtherStarts(
  tx: TransactionSql,
  grants: Grants,
  { hash, focalPoint, officer }: Pick<StartCodeRow, 'hash' | 'focalPoint' | 'officer'>,
  { now, acts }: Ending,
): Promise<void> {
  const others = await tx<{ code: StartCodeRecord }[]>`
    select to_json(c) as code from start_code c
    where focal_point = ${focalPoint} and officer = ${officer} and hash <> ${hash} and used_at is null
      and expires_at > ${now}
    order by hash for update`;
  for (const { code } of others) {
    if (!(await grants.holds('start-code', code))) continue;
    await record(tx, grants, acts('pin.replaced', pinSubject(codeFrom(code))));
    await writeCode(tx, grants, { ...code, used_at: now.toISOString() });
  }
}
