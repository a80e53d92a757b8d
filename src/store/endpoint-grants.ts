/**
 * Grants of endpoints. Operators make them, each with a MAC over all that it grants, under the entry of its
 * act.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { Endpoint } from '../domain/party/channel.ts';
import type { OpenedAccess } from '../domain/party/confirmation.ts';
import { Refusal } from '../domain/words/error.ts';
import type { ConfirmationRequester, EndpointStore } from './contracts/endpoints.ts';
import type { LogEntryMaker } from './contracts/operator-log.ts';
import { isUniqueViolation } from './database-fault.ts';
import { askForConfirmation, tellFirstOfficer, tellOfFirstContent } from './endpoint-news.ts';
import type { LinkCodeRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { appendLogEntry, type LogEntryAppender, lockOperatorLog, runRecorded } from './operator-log.ts';
import { renamePins } from './pin-renaming.ts';
import { asJson, asTexts, type EndpointRecord, endpointFrom } from './rows.ts';
import { firstOpenedBy, placeEndpoint, recordOfPlaced } from './waiting.ts';

type Granting = Pick<EndpointStore, 'keepEndpoint' | 'noteOfficerName' | 'endpointsAt' | 'accountUse'>;

export const createEndpointGrantStore = (sql: Sql, grants: Grants): Granting => ({
  async keepEndpoint(one, act, asking) {
    try {
      await runRecorded(sql, grants, act, (tx, entry) => keepUnderEntry(tx, grants, { one, asking }, entry));
    } catch (fault) {
      if (isUniqueViolation(fault))
        throw new Refusal('already-exists', 'this focal point has another endpoint at this address');
      throw fault;
    }
  },

  async noteOfficerName({ focalPoint, id }, { before, after }, acts, asking) {
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
  },

  async endpointsAt(channel, address) {
    return readVerifiedEndpoints(
      sql,
      grants,
      () => sql`
        select to_json(e) as endpoint from endpoint e where channel = ${channel} and address = ${address} order by id`,
    );
  },

  accountUse: (account) => accountUse(sql, grants, account),
});

/**
 * The operator's log tells which accounts there must be, so a row that was deleted or changed hides nobody.
 */
async function accountUse(
  sql: Sql,
  grants: Grants,
  { channel, address }: Pick<Endpoint, 'channel' | 'address'>,
): Promise<{ readonly endpoints: readonly Endpoint[]; readonly hasUnknownUsers: boolean }> {
  await grants.readLogOn(sql);
  // Read before the rows: an account linked in between has a row then.
  const ids = grants.guard().accounts();
  const found = await readMatchingLog<{ readonly endpoint: EndpointRecord }>(
    sql,
    grants,
    () => sql`
      select to_json(e) as endpoint from endpoint e
      where (channel = ${channel} and address = ${address})
        or id in (select json_array_elements_text(${asJson(sql, ids)})) order by id`,
    ({ endpoint }) => grants.isValidQuietly('endpoint', endpoint),
  );
  const records = found.map((row) => row.endpoint);
  const there = new Set(records.map(({ id }) => id));
  const gone = ids.filter((id) => !there.has(id));
  for (const id of gone) grants.guard().refused('endpoint', id);
  const valid = await onlyVerifiedEndpoints(grants, records);
  const endpoints = valid.filter((one) => one.channel === channel && one.address === address);
  return { endpoints, hasUnknownUsers: gone.length > 0 || valid.length < records.length };
}

/**
 * Rows that agree with the log. Rows and log are read separately, and both may change in between. If a row
 * does not agree, the rows and then the log are read once more before the alarm is raised.
 * @param isValid judges a row without an alarm
 */
export async function readMatchingLog<Row>(
  sql: Sql,
  grants: Pick<Grants, 'readLogOn'>,
  read: () => PromiseLike<readonly Row[]>,
  isValid: (row: Row) => Promise<boolean>,
): Promise<readonly Row[]> {
  const [found] = await Promise.all([read(), grants.readLogOn(sql)]);
  if ((await Promise.all(found.map(isValid))).every(Boolean)) return found;
  const again = await read();
  await grants.readLogOn(sql);
  return again;
}

/** The endpoints read, without tampered ones. */
export async function readVerifiedEndpoints(
  sql: Sql,
  grants: Grants,
  read: () => PromiseLike<readonly { endpoint: EndpointRecord }[]>,
): Promise<readonly Endpoint[]> {
  const found = await readMatchingLog(sql, grants, read, ({ endpoint }) =>
    grants.isValidQuietly('endpoint', endpoint),
  );
  return onlyVerifiedEndpoints(
    grants,
    found.map((row) => row.endpoint),
  );
}

/** The valid endpoints; tampered ones count as absent. Call it after `readLogOn`. */
export async function onlyVerifiedEndpoints(
  grants: Grants,
  records: readonly EndpointRecord[],
): Promise<readonly Endpoint[]> {
  const valid = await Promise.all(records.map((one) => grants.isValid('endpoint', one)));
  return records.filter((_, n) => valid[n]).map(endpointFrom);
}

/** Replaces a tampered endpoint to which a row refers: it has no address and no officer. */
export const withholdEndpoint = (one: EndpointRecord): Endpoint => ({
  id: one.id,
  focalPoint: one.focal_point,
  channel: one.channel,
  address: '',
  rank: one.rank,
  shows: 'notice',
  lang: one.lang,
  enabled: false,
});

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

/** Keeps an endpoint under the entry of an act, replacing one with the same id. */
async function keepUnderEntry(
  tx: TransactionSql,
  grants: Grants,
  { one, asking }: { readonly one: Endpoint; readonly asking: ConfirmationRequester },
  entry: LogEntryAppender,
): Promise<void> {
  await lockOperatorLog(tx);
  await grants.readLogOn(tx);
  const [found] = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e where id = ${one.id} for update`;
  const before =
    found !== undefined && (await grants.isValidQuietly('endpoint', found.endpoint))
      ? found.endpoint
      : undefined;
  // The reason why an endpoint is off is only trusted in a valid row: what an operator took out of use must
  // not come back by itself.
  const life = one.enabled
    ? IN_USE_COLUMNS
    : keptOffColumns(before ?? recordOfEndpoint(one, null, offColumns(one)));
  const after = recordOfEndpoint(one, null, life);
  const terms = await placeEndpoint(tx, grants, before, after);
  const first = firstOpenedBy(grants, terms);
  const made = { ...asking, entry: await entry(terms), replaces: before?.waiting?.replaces === true };
  const row = recordOfPlaced(terms, before, after, made);
  const asked = before?.waiting?.asked;
  if (asked !== undefined && row.waiting?.asked !== asked)
    await tx`delete from note where says->>'asked' = ${asked}`;
  // An endpoint that needs no confirmation any more no longer waits.
  const isFree = row.waiting === null && row.disabled_code === 'waiting';
  await writePlacedEndpoint(tx, grants, isFree ? { ...row, ...IN_USE_COLUMNS, enabled: true } : row, {
    first,
    now: asking.now,
  });
}

/**
 * Writes a placed endpoint and tells its focal point: what waits for it, or what is in use without a question
 * because it is the first.
 * @param first what it opens first for its focal point (`firstOpenedBy`)
 */
export async function writePlacedEndpoint(
  tx: TransactionSql,
  grants: Grants,
  row: EndpointRecord,
  { first, now }: { readonly first: readonly OpenedAccess[]; readonly now: Date },
): Promise<void> {
  await writeEndpoint(tx, grants, row);
  if (row.waiting?.asked === row.entry) await askForConfirmation(tx, row);
  if (first.includes('content')) await tellOfFirstContent(tx, row, now);
  if (first.includes('account')) await tellFirstOfficer(tx, row, now);
}

/** The columns that an endpoint and a link code have in common. */
export const linkTermsOf = (one: Omit<Endpoint, 'address' | 'enabled'>) => ({
  focal_point: one.focalPoint,
  channel: one.channel,
  rank: one.rank,
  shows: one.shows,
  lang: one.lang,
  officer: one.officer ?? null,
  known_as: one.knownAs ?? null,
  certificate: one.certificate ?? null,
});

/** An endpoint's row under the entry of an act, without its MAC. */
export const recordOfEndpoint = (
  one: Endpoint,
  entry: string | null,
  life: ReturnType<typeof keptOffColumns> = IN_USE_COLUMNS,
): EndpointRecord => ({
  id: one.id,
  address: one.address,
  ...linkTermsOf(one),
  old_certificate: one.oldCertificate?.pem ?? null,
  old_certificate_until: one.oldCertificate?.until.toISOString() ?? null,
  enabled: one.enabled,
  ...life,
  entry,
  mac: null,
});

/** The columns about being off, for an endpoint in use. */
export const IN_USE_COLUMNS = {
  disabled_code: null,
  disabled_at: null,
  gone_times: 0,
  gone_since: null,
} as const;

/** The same columns, from an endpoint that was read before. */
const offColumns = ({ off, gone }: Endpoint) => ({
  disabled_code: off?.code ?? null,
  disabled_at: off?.since?.toISOString() ?? null,
  gone_times: gone?.times ?? 0,
  gone_since: gone?.since.toISOString() ?? null,
});

/** The same columns, for an endpoint that stays off. */
const keptOffColumns = (one: EndpointRecord | undefined) => ({
  disabled_code: one?.disabled_code ?? null,
  disabled_at: one?.disabled_at ?? null,
  gone_times: one?.gone_times ?? 0,
  gone_since: one?.gone_since ?? null,
});

/** Writes a whole row with its MAC. */
export async function writeEndpoint(tx: TransactionSql, grants: Grants, one: EndpointRecord): Promise<void> {
  const row = { ...one, mac: grants.seal('endpoint', one) };
  await tx`
    insert into endpoint as e (id, focal_point, channel, address, rank, shows, lang, officer, known_as, certificate,
      old_certificate, old_certificate_until, enabled, disabled_code, disabled_at, gone_times, gone_since, waiting, entry,
      mac)
    select id, focal_point, channel, address, rank, shows, lang, officer, known_as, certificate,
      old_certificate, old_certificate_until, enabled, disabled_code, disabled_at, gone_times, gone_since, waiting, entry,
      mac
    from json_populate_record(null::endpoint, ${asJson(tx, row)})
    on conflict (id) do update set focal_point = excluded.focal_point, channel = excluded.channel,
      address = excluded.address, rank = excluded.rank, shows = excluded.shows, lang = excluded.lang,
      officer = excluded.officer, known_as = excluded.known_as, certificate = excluded.certificate,
      old_certificate = excluded.old_certificate, old_certificate_until = excluded.old_certificate_until,
      enabled = excluded.enabled, disabled_code = excluded.disabled_code, disabled_at = excluded.disabled_at,
      gone_times = excluded.gone_times, gone_since = excluded.gone_since, waiting = excluded.waiting,
      entry = excluded.entry, mac = excluded.mac`;
}
