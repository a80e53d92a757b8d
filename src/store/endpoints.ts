/** Endpoints: changes by operators and signs of life, what waits for them, and the notes sent there. */
import type { Sql, TransactionSql } from 'postgres';
import { type NoteContent, SENT_LATER } from '../domain/carriage/endpoint-note.ts';
import { ENDED_CODES, isCountedCode, OFF_BY_HAND, type OffByHand } from '../domain/party/endpoint-life.ts';
import { present } from '../domain/words/present.ts';
import type { ClaimedNote, EndpointReturnAct, EndpointStore } from './contracts/endpoints.ts';
import { type EndpointRecord, endpointFrom } from './endpoint-records.ts';
import { recordEndpointSwitches } from './endpoint-switches.ts';
import { IN_USE_COLUMNS, writeEndpoint, writePlacedEndpoint } from './endpoint-writing.ts';
import type { Grants } from './grants.ts';
import { appendLogEntry, type LogEntryAppender, lockOperatorLog, runRecorded } from './operator-log.ts';
import { asJson } from './rows.ts';
import { readVerifiedEndpoints, rereadEndpoints } from './verified-endpoints.ts';
import { firstOpenedBy, operatorActTermsOf, placeEndpoint, recordOfPlaced } from './waiting.ts';

type Endpoints = Pick<
  EndpointStore,
  | 'findEndpoint'
  | 'disableEndpoint'
  | 'enableEndpoint'
  | 'recordSwitches'
  | 'endpointsOff'
  | 'keepNote'
  | 'claimNotes'
  | 'finishNote'
>;

interface NoteRecord {
  readonly id: string;
  readonly says: NoteContent;
  readonly made_at: string;
  readonly expires_at: string | null;
  readonly tries: number;
}

export const createEndpointStore = (sql: Sql, grants: Grants, wake: () => void): Endpoints => ({
  async findEndpoint(id) {
    const [valid] = await readVerifiedEndpoints(
      sql,
      grants,
      () => sql`select to_json(e) as endpoint from endpoint e where id = ${id}`,
    );
    return valid;
  },

  ...switching(sql, grants, wake),

  endpointsOff: () =>
    readVerifiedEndpoints(
      sql,
      grants,
      () => sql`
        select to_json(e) as endpoint from endpoint e
        where not enabled and not ${isByHand(sql)}
        order by disabled_at, id`,
    ),

  async keepNote(endpoint, { id, says, madeAt, expiresAt = null }) {
    await sql`
      insert into note (id, endpoint, says, made_at, expires_at, due_at)
      values (${id}, ${endpoint}, ${asJson(sql, says)}::json::jsonb, ${madeAt}, ${expiresAt}, ${madeAt})`;
    wake();
  },

  async claimNotes(now, leaseUntil, limit) {
    const taken = await sql<{ note: NoteRecord; endpoint: EndpointRecord }[]>`
      with due as materialized (
        select id from note where due_at <= ${now} order by due_at limit ${limit} for no key update skip locked
      ), claimed as (
        update note n set due_at = ${leaseUntil}, tries = n.tries + 1 from due where n.id = due.id returning n.*
      )
      select to_json(n) as note, to_json(e) as endpoint from claimed n join endpoint e on e.id = n.endpoint`;
    await grants.readLogOn(sql);
    const found = await rereadEndpoints(sql, grants, taken);
    const valid = await Promise.all(found.map(({ endpoint }) => grants.isValid('endpoint', endpoint)));
    const claimed = found.filter((_, n) => valid[n]);
    return claimed.map(({ note, endpoint }): ClaimedNote => {
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

/** Out of use by an operator, and back. */
/**
 * Codes that are not overwritten, whichever came first. A removed endpoint stays removed. Undoing a link
 * restores only what the link replaced and nobody took out of use otherwise.
 */
const codesOver = (code: OffByHand): readonly OffByHand[] =>
  code === 'replaced' ? ['operator', 'unlinked', 'removed'] : ['removed'];

const switching = (
  sql: Sql,
  grants: Grants,
  wake: () => void,
): Pick<Endpoints, 'disableEndpoint' | 'enableEndpoint' | 'recordSwitches'> => ({
  recordSwitches: (act) => recordEndpointSwitches(sql, grants, act),

  async disableEndpoint(id, code, now, act) {
    const isDone = await runRecorded(sql, grants, act, (tx, entry) =>
      disable(tx, grants, { id, code, now }, entry),
    );
    if (isDone) wake();
    return isDone;
  },

  async enableEndpoint(id, { but, sign }, now, by) {
    const isBack = await sql.begin(async (tx) => {
      if (by !== undefined) await lockOperatorLog(tx);
      if (by !== undefined) await grants.readLogOn(tx);
      const [found] = await tx<{ endpoint: EndpointRecord }[]>`
        select to_json(e) as endpoint from endpoint e where id = ${id} and not enabled
          and not coalesce(disabled_code, '') in (select json_array_elements_text(${asJson(tx, but)})) for update`;
      if (found === undefined) return false;
      if (by === undefined) await enableBySign(tx, id, sign);
      else if (!(await enableByOperator(tx, grants, found.endpoint, by))) return false;
      await tx`delete from note where endpoint = ${id} and says->>'what' = 'probe'`;
      await tx`update note set due_at = ${now} where endpoint = ${id} and due_at > ${now}`;
      await makeEndpointDue(tx, id, now);
      return true;
    });
    await grants.readLogOn(sql);
    if (isBack) wake();
    return isBack;
  },
});

/** Within the transaction of the act. @returns false if nothing was changed */
async function disable(
  tx: TransactionSql,
  grants: Grants,
  { id, code, now }: { readonly id: string; readonly code: OffByHand; readonly now: Date },
  entry: LogEntryAppender,
): Promise<boolean> {
  const stronger = codesOver(code);
  await lockOperatorLog(tx);
  await grants.readLogOn(tx);
  const [found] = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e
    where id = ${id} and (enabled or disabled_code is distinct from ${code})
      and not coalesce(disabled_code, '') in (select json_array_elements_text(${asJson(tx, stronger)}))
    for update`;
  if (found === undefined || !maySwitchOff(found.endpoint, code)) return false;
  // A tampered row must not get a valid MAC.
  if (!(await grants.isValid('endpoint', found.endpoint))) return false;
  const out = { enabled: false, disabled_code: code, disabled_at: now.toISOString() };
  // A removed endpoint keeps no address, so that another can be made at the same one.
  const gone = code === 'removed' ? remainderOfEndpoint(id) : {};
  // Its links end, because they name its entry.
  await writeDisabledEndpoint(
    tx,
    grants,
    {
      ...found.endpoint,
      ...out,
      ...gone,
      ...present({ waiting: code === 'operator' ? undefined : null }),
      entry: await entry(operatorActTermsOf(found.endpoint)),
    },
    now,
  );
  return true;
}

const isByHand = (sql: Sql | TransactionSql) =>
  sql`coalesce(disabled_code, '') in (select json_array_elements_text(${asJson(sql, OFF_BY_HAND)}))`;

/**
 * An endpoint that has ended stays ended. One that waits for its focal point is not switched off for a while:
 * it would come back unconfirmed.
 */
const maySwitchOff = ({ disabled_code: now }: EndpointRecord, code: OffByHand): boolean =>
  !ENDED_CODES.includes(now ?? '') && (code !== 'operator' || now !== 'waiting');

/**
 * Writes an endpoint that is out of use. Nothing is sent there except notes about endpoints added meanwhile;
 * queued deliveries go elsewhere.
 */
export async function writeDisabledEndpoint(
  tx: TransactionSql,
  grants: Grants,
  row: EndpointRecord,
  now: Date,
): Promise<void> {
  await writeEndpoint(tx, grants, row);
  // An endpoint that is off for a while gets these notes later.
  const later = isCountedCode(row.disabled_code ?? undefined) ? SENT_LATER : [];
  await tx`
    delete from note
    where endpoint = ${row.id} and not says->>'what' in (select json_array_elements_text(${asJson(tx, later)}))`;
  await makeEndpointDue(tx, row.id, now);
}

/** Restored by an operator. @returns false if it waits for its focal point now, or its row is tampered */
async function enableByOperator(
  tx: TransactionSql,
  grants: Grants,
  before: EndpointRecord,
  { act, asking }: EndpointReturnAct,
): Promise<boolean> {
  if (!(await grants.isValid('endpoint', before))) return false;
  const after = { ...before, ...IN_USE_COLUMNS, enabled: true };
  const terms =
    asking === undefined ? operatorActTermsOf(after) : await placeEndpoint(tx, grants, before, after);
  const first = firstOpenedBy(grants, terms);
  const entry = await appendLogEntry(tx, grants, act, terms);
  const asked = { who: '', now: new Date(0), ...asking, entry };
  await writePlacedEndpoint(tx, grants, recordOfPlaced(terms, before, after, asked), {
    first,
    now: asked.now,
  });
  return terms.waits === undefined;
}

/** Restored by a sign of life. No operator took it out of use, so nothing is granted anew. */
const enableBySign = (tx: TransactionSql, id: string, sign: string) => tx`
  update endpoint set enabled = true, disabled_code = null, disabled_at = null, gone_times = 0, gone_since = null,
    channel_told = case when channel_told is not null then ${`on ${sign}`} end
  where id = ${id} and not ${isByHand(tx)}`;

/** Makes its queued deliveries due at once: they are sent there again, or elsewhere. */
export const makeEndpointDue = (tx: TransactionSql, id: string, now: Date) => tx`
  update delivery set due_at = ${now}
  where endpoint = ${id} and state = 'queued' and due_at > ${now} and claimed_by is null`;

/** What remains of an endpoint that has ended for good. */
export const remainderOfEndpoint = (id: string) =>
  ({
    address: `removed:${id}`,
    certificate: null,
    old_certificate: null,
    old_certificate_until: null,
    waiting: null,
  }) as const;
