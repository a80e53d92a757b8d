/** Notes a new name of an officer: at endpoints, link codes and PINs. */
import type { Sql, TransactionSql } from 'postgres';
import type { ConfirmationRequester, EndpointStore } from './contracts/endpoints.ts';
import type { LogEntryMaker } from './contracts/operator-log.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import { writePlacedEndpoint } from './endpoint-writing.ts';
import type { LinkCodeRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { appendLogEntry, lockOperatorLog } from './operator-log.ts';
import { renamePins } from './pin-renaming.ts';
import { asTexts } from './rows.ts';
import { placeEndpoint, recordOfPlaced } from './waiting.ts';

/** As `noteOfficerName` of the store's contract: one transaction for endpoints, codes and PIN. */
export async function noteOfficerName(
  sql: Sql,
  grants: Grants,
  ...[{ focalPoint, id }, { before, after }, acts, asking]: Parameters<EndpointStore['noteOfficerName']>
): Promise<void> {
  await sql.begin(async (tx) => {
    await lockOperatorLog(tx);
    await grants.readLogOn(tx);
    const theirs = tx`focal_point = ${focalPoint} and officer = ${id}`;
    const found = await tx<{ endpoint: EndpointRecord }[]>`
      select to_json(e) as endpoint from endpoint e where ${theirs} order by e.id for update`;
    for (const { endpoint } of found) {
      const names = namesNoted(endpoint.known_as, before, after);
      if (names === undefined || isAskedAlready(endpoint, after)) continue;
      if (!(await grants.isValid('endpoint', endpoint))) continue;
      await renameOfficerAt(tx, grants, endpoint, { names, act: acts.endpoint(endpoint.id), asking });
    }
    await noteAtCodes(tx, grants, { focalPoint, id }, { before, after, act: acts.endpoint });
    const names = (known: readonly string[] | null) => namesNoted(known, before, after);
    await renamePins(tx, grants, { focalPoint, officer: id, names, act: acts.pin });
  });
  await grants.readLogOn(sql);
}

/** Whether the focal point was asked already whether this name is the same person. It is asked once. */
const isAskedAlready = ({ waiting }: EndpointRecord, after: string | undefined): boolean =>
  after !== undefined && (waiting?.change?.known_as?.includes(after) ?? false);

interface Renaming {
  readonly names: readonly string[];
  readonly act: LogEntryMaker;
  readonly asking: ConfirmationRequester;
}

/**
 * Notes the name of an endpoint's officer. A further name is somebody new, until the focal point says that it
 * is the same person.
 */
async function renameOfficerAt(
  tx: TransactionSql,
  grants: Grants,
  before: EndpointRecord,
  { names, act, asking }: Renaming,
): Promise<void> {
  const after = { ...before, known_as: names };
  const terms = await placeEndpoint(tx, grants, before, after);
  const entry = await appendLogEntry(tx, grants, act, terms);
  const asked = { ...asking, entry, replaces: before.waiting?.replaces === true };
  await writePlacedEndpoint(tx, grants, recordOfPlaced(terms, before, after, asked), {
    first: [],
    now: asking.now,
  });
}

/** The names of an endpoint's officer after this; undefined if nothing changes. */
function namesNoted(
  known: readonly string[] | null,
  before: string,
  after: string | undefined,
): readonly string[] | undefined {
  const names = known ?? [before];
  const isNew = after !== undefined && names.includes(before) && !names.includes(after);
  if (known !== null && !isNew) return undefined;
  return isNew ? [...names, after] : names;
}

interface CodeRenaming {
  readonly before: string;
  readonly after?: string | undefined;
  /** The entry for the endpoint (id) that a code is for. */
  readonly act: (endpoint: string) => LogEntryMaker;
}

async function noteAtCodes(
  tx: TransactionSql,
  grants: Grants,
  { focalPoint, id }: { readonly focalPoint: string; readonly id: string },
  { before, after, act }: CodeRenaming,
): Promise<void> {
  const found = await tx<{ code: LinkCodeRecord }[]>`
    select to_json(c) as code from link_code c
    where focal_point = ${focalPoint} and officer = ${id} and used_for is null order by hash for update`;
  for (const { code } of found) {
    const names = namesNoted(code.known_as, before, after);
    if (names === undefined || !(await grants.isValid('link-code', code))) continue;
    const row = {
      ...code,
      known_as: names,
      entry: await appendLogEntry(tx, grants, act(code.endpoint_id), { desk: focalPoint, opens: [] }),
    };
    await tx`
      update link_code set known_as = ${asTexts(tx, names)}, entry = ${row.entry}, mac = ${grants.seal('link-code', row)}
      where hash = ${code.hash}`;
  }
}
