/**
 * Decides whether an endpoint is in use as soon as it is made, or waits for its focal point. It is decided in
 * the transaction that makes it, while the end of the operator's log is locked: by what the log records about
 * the focal point, never by a row that could be deleted.
 */
import { createHash } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { accessOpenedBy, CONFIRM_WITHIN_DAYS, type OpenedAccess } from '../domain/party/confirmation.ts';
import { isCountedCode as isCountedBy } from '../domain/party/endpoint-life.ts';
import { present } from '../domain/words/present.ts';
import type { ConfirmationRequester } from './contracts/endpoints.ts';
import type { OperatorActTerms } from './contracts/operator-log.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import type { Grants } from './grants.ts';
import { asJson } from './rows.ts';
import type { ChangedColumns, PendingConfirmationRecord } from './waiting-record.ts';

const isCounted = ({ disabled_code: code }: EndpointRecord): boolean => isCountedBy(code ?? undefined);

/** The members of an act on an endpoint that does not change. */
export const operatorActTermsOf = (one: EndpointRecord): OperatorActTerms => ({
  desk: one.focal_point,
  opens: isCounted(one) ? [...accessOpenedBy(one)] : [],
});

/**
 * What this endpoint is the first to open for its focal point, so that nobody is asked about it. Call it
 * before the act is recorded.
 */
export const firstOpenedBy = (
  grants: Grants,
  { desk: focalPoint, opens = [], waits }: OperatorActTerms,
): readonly OpenedAccess[] =>
  waits !== undefined || focalPoint === undefined
    ? []
    : opens.filter((what) => !grants.guard().hasOpened(focalPoint, what));

/**
 * Decides how an endpoint is kept: the terms of its entry in the log, and whether it waits. Call it while the
 * log is locked and read to its end.
 * @param before as it is kept now, if it is
 */
export async function placeEndpoint(
  tx: TransactionSql,
  grants: Grants,
  before: EndpointRecord | undefined,
  after: EndpointRecord,
): Promise<OperatorActTerms> {
  const focalPoint = after.focal_point;
  const opens = [...accessOpenedBy(after)];
  const counted =
    before !== undefined &&
    isCounted(before) &&
    !grants.guard().hasEnded(before.id) &&
    (await grants.isValidQuietly('endpoint', before));
  // The earlier question would be about something else, so everything is asked again.
  if (counted && before.waiting?.change !== undefined && grantsOtherwise(before, after))
    return { desk: focalPoint, opens: [...accessOpenedBy(before)], waits: 'change' };
  if (counted && !isSomebodyNew(before, after))
    return { desk: focalPoint, opens: [...new Set([...accessOpenedBy(before), ...opens])] };
  // It is out of use, and this does not restore it.
  if (!after.enabled && !counted && before?.disabled_code !== 'waiting')
    return { desk: focalPoint, opens: openedBefore(grants, before) };
  if (opens.length === 0 || (await isFirst(tx, grants, focalPoint, opens)))
    return { desk: focalPoint, opens };
  return {
    desk: focalPoint,
    opens: counted ? [...accessOpenedBy(before)] : [],
    waits: counted ? 'change' : 'endpoint',
  };
}

/**
 * What the endpoint had opened, if its entry is too old to name its focal point. It must not be forgotten
 * with this change.
 */
const openedBefore = (grants: Grants, before: EndpointRecord | undefined): OpenedAccess[] =>
  before !== undefined && grants.guard().endpointsOfUnknownFocalPoint().includes(before.id)
    ? [...accessOpenedBy(before)]
    : [];

/** The columns by which somebody new might read. */
const COLUMNS = [
  'address',
  'shows',
  'known_as',
  'certificate',
  'old_certificate',
  'old_certificate_until',
] as const satisfies readonly (keyof EndpointRecord)[];

type Column = (typeof COLUMNS)[number];

const isSame = (name: Column, one: EndpointRecord, other: EndpointRecord): boolean => {
  const [a, b] = [one[name] ?? null, other[name] ?? null];
  if (name === 'old_certificate_until' && a !== null && b !== null)
    return Date.parse(String(a)) === Date.parse(String(b));
  return JSON.stringify(a) === JSON.stringify(b);
};

/** Whether they grant anything different, more or less. */
const grantsOtherwise = (before: EndpointRecord, after: EndpointRecord): boolean =>
  after.channel !== before.channel ||
  after.officer !== before.officer ||
  COLUMNS.some((name) => !isSame(name, before, after));

/**
 * The digest over what an endpoint grants once its change is confirmed. It is made when the question is
 * asked: a decision is valid for exactly this.
 */
export function digestOfAskedGrants(one: EndpointRecord, change: ChangedColumns = {}): string {
  const {
    id,
    focal_point: focalPoint,
    channel,
    officer,
    known_as: names,
    address,
    shows,
    certificate,
    old_certificate: old,
  } = { ...one, ...change };
  const granted = [id, focalPoint, channel, officer, names, address, shows, certificate, old];
  return createHash('sha256')
    .update(JSON.stringify(granted.map((value) => value ?? null)))
    .digest('base64url');
}

/**
 * Whether somebody could read by it now who could not before. Fewer people, or another rank or language, need
 * no confirmation.
 */
function isSomebodyNew(before: EndpointRecord, after: EndpointRecord): boolean {
  const isRaised = after.shows !== before.shows && after.shows !== 'notice';
  const names = before.known_as;
  const isRenamed =
    names !== null && (after.known_as === null || after.known_as.some((one) => !names.includes(one)));
  return (
    isRaised ||
    after.channel !== before.channel ||
    after.address !== before.address ||
    after.officer !== before.officer ||
    (after.certificate ?? null) !== (before.certificate ?? null) ||
    isRenamed
  );
}

/** Whether the focal point never had an endpoint that opens one of these, as far as the log goes back. */
async function isFirst(
  tx: TransactionSql,
  grants: Grants,
  focalPoint: string,
  opens: readonly OpenedAccess[],
): Promise<boolean> {
  const guard = grants.guard();
  if (opens.some((what) => guard.hasOpened(focalPoint, what))) return false;
  const ids = guard.endpointsOfUnknownFocalPoint();
  if (ids.length === 0) return true;
  const found = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e
    where id in (select json_array_elements_text(${asJson(tx, ids)}))`;
  const sealed = await Promise.all(found.map(({ endpoint }) => grants.isSealed('endpoint', endpoint)));
  // A missing or tampered one may have been this focal point's.
  if (found.length < ids.length || sealed.includes(false)) return false;
  return !found.some(
    ({ endpoint }) =>
      endpoint.focal_point === focalPoint && accessOpenedBy(endpoint).some((what) => opens.includes(what)),
  );
}

const DAY = 86_400_000;

interface Asked extends ConfirmationRequester {
  /** Id of the entry that asks. */
  readonly entry: string;
  readonly replaces?: boolean;
}

/**
 * The row of an endpoint on the terms of its placement. While a change of it waits, an endpoint in use stays
 * as it is, but shows less at once. A change that waited there already is asked again together with the new
 * one.
 */
export function recordOfPlaced(
  terms: OperatorActTerms,
  before: EndpointRecord | undefined,
  after: EndpointRecord,
  { entry, who, now, replaces = false }: Asked,
): EndpointRecord {
  if (terms.waits === undefined) return { ...after, entry, waiting: keptOf(before) };
  const waiting = {
    asked: entry,
    since: now.toISOString(),
    who,
    until: new Date(now.getTime() + CONFIRM_WITHIN_DAYS * DAY).toISOString(),
    ...present({ replaces: replaces ? (true as const) : undefined }),
  };
  if (terms.waits === 'change' && before !== undefined) {
    const isLess = after.shows === 'notice' && before.shows !== 'notice';
    const changed = COLUMNS.filter((name) => !isSame(name, before, after) && !(isLess && name === 'shows'));
    const of = (one: EndpointRecord) => Object.fromEntries(changed.map((name) => [name, one[name] ?? null]));
    const { shows, ...pending } = before.waiting?.change ?? {};
    const still = shows === undefined || isLess ? pending : { ...pending, shows };
    const change: ChangedColumns = { ...still, ...of(after) };
    const row = { ...after, ...of(before), entry };
    return { ...row, waiting: { ...waiting, grants: digestOfAskedGrants(row, change), change } };
  }
  const off = { enabled: false, disabled_code: 'waiting', disabled_at: now.toISOString() } as const;
  const row = { ...after, ...off, gone_times: 0, gone_since: null, entry };
  return { ...row, waiting: { ...waiting, grants: digestOfAskedGrants(row) } };
}

/** A change that waits at an endpoint in use goes on waiting. */
const keptOf = (before: EndpointRecord | undefined): PendingConfirmationRecord | null =>
  before !== undefined && isCounted(before) ? (before.waiting ?? null) : null;
