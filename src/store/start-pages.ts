/**
 * What depends on a start page: the chat's code is valid after the page was used, and a newer page or PIN
 * ends older pages.
 */
import type { Sql, TransactionSql } from 'postgres';
import { subjectOfPin } from '../domain/party/pin.ts';
import type { PinEntryMaker, StartCodeRow } from './contracts/pins.ts';
import type { StartCodeRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { appendLogEntry } from './operator-log.ts';
import { startCodeFrom, writeStartCode } from './pin-rows.ts';

/**
 * An invitation: the id of the endpoint that its link code makes, which is also the id of its start page; and
 * its owner.
 */
export interface StartPageOwner {
  readonly endpoint: string;
  readonly focalPoint: string;
  readonly officer: string;
}

/**
 * Whether the start page of an invitation was used, and is the officer's last one, so that its link code is
 * valid. Whether there is a start page, the operator's log tells, not its row. Link codes from before there
 * were start pages have none, and are valid without.
 */
export async function isStartPageUsed(
  sql: Sql | TransactionSql,
  grants: Grants,
  { endpoint, ...of }: StartPageOwner,
): Promise<boolean> {
  const [row] = await sql<{ code: StartCodeRecord }[]>`
    select to_json(c) as code from start_code c where id = ${endpoint}`;
  const { pins, refused } = grants.guard();
  if (row === undefined) {
    if (!pins().isPage(endpoint)) return true;
    refused('start-code', of.focalPoint);
    return false;
  }
  const { code } = row;
  // A page that was ended unused has a time and no browser.
  if (code.used_at === null || code.used_by === null) return false;
  if ((pins().page(of) ?? endpoint) !== endpoint) return false;
  if (await grants.isSealed('start-code', code)) return true;
  refused('start-code', code.focal_point);
  return false;
}

interface Ending {
  readonly now: Date;
  readonly acts: PinEntryMaker;
}

/**
 * Ends the other unused start pages of an officer, within the transaction that makes or uses this one. The
 * log is locked.
 */
export async function endOtherStartPages(
  tx: TransactionSql,
  grants: Grants,
  { hash, focalPoint, officer }: Pick<StartCodeRow, 'hash' | 'focalPoint' | 'officer'>,
  { now, acts }: Ending,
): Promise<void> {
  const others = await tx<{ code: StartCodeRecord }[]>`
    select to_json(c) as code from start_code c
    where focal_point = ${focalPoint} and officer = ${officer} and hash <> ${hash} and used_at is null
    order by hash for update`;
  for (const { code } of others) {
    if (!(await grants.isValid('start-code', code))) continue;
    await appendLogEntry(tx, grants, acts('pin.replaced', subjectOfPin(startCodeFrom(code))));
    await writeStartCode(tx, grants, { ...code, used_at: now.toISOString() });
  }
}
