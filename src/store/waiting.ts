/**
 * Waiting: whether an endpoint counts as soon as it is made, or waits for its desk. Decided in the transaction that makes
 * it, while the end of the operator's log is held: by what the log says of the desk, never by a row that could be gone.
 */
import { createHash } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { accessOpenedBy, CONFIRM_WITHIN_DAYS, type OpenedAccess } from '../domain/party/confirmation.ts';
import { isCountedCode as isCountedBy } from '../domain/party/endpoint-life.ts';
import { present } from '../domain/words/present.ts';
import type { ConfirmationRequester } from './contracts/endpoints.ts';
import type { OperatorActTerms } from './contracts/operator-log.ts';
import type { Grants } from './grants.ts';
import { asJson, type EndpointRecord } from './rows.ts';
import type { ChangedColumns, PendingConfirmationRecord } from './waiting-record.ts';

const isCounted = ({ disabled_code: code }: EndpointRecord): boolean => isCountedBy(code ?? undefined);

/** What an act says of an endpoint that stays what it is. */
export const operatorActTermsOf = (one: EndpointRecord): OperatorActTerms => ({
  desk: one.focal_point,
  opens: isCounted(one) ? [...accessOpenedBy(one)] : [],
});

/** What this opens for its desk that nothing ever opened there before, and nobody is asked about. Ask before it is recorded. */
export const firstOpenedBy = (
  grants: Grants,
  { desk: focalPoint, opens = [], waits }: OperatorActTerms,
): readonly OpenedAccess[] =>
  waits !== undefined || focalPoint === undefined
    ? []
    : opens.filter((what) => !grants.guard().hasOpened(focalPoint, what));

/**
 * How an endpoint is to be kept: on which terms it stands in the log, and whether it waits. Ask while the log is held and
 * read on to its end.
 * @param before as it is kept now, where it is
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
  // What was asked would be about something else: everything of it is asked anew.
  if (counted && before.waiting?.change !== undefined && grantsOtherwise(before, after))
    return { desk: focalPoint, opens: [...accessOpenedBy(before)], waits: 'change' };
  if (counted && !isSomebodyNew(before, after))
    return { desk: focalPoint, opens: [...new Set([...accessOpenedBy(before), ...opens])] };
  // Out, and not brought back by this.
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

/** What an endpoint of an entry from before the log said whose it is had opened, lest it is forgotten with what is changed now. */
const openedBefore = (grants: Grants, before: EndpointRecord | undefined): OpenedAccess[] =>
  before !== undefined && grants.guard().endpointsOfUnknownFocalPoint().includes(before.id)
    ? [...accessOpenedBy(before)]
    : [];

/** The columns by which somebody new could read. */
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

/** Whether anything differs of what they grant, be it more or less. */
const grantsOtherwise = (before: EndpointRecord, after: EndpointRecord): boolean =>
  after.channel !== before.channel ||
  after.officer !== before.officer ||
  COLUMNS.some((name) => !isSame(name, before, after));

/**
 * The digest over what an endpoint grants once what waits there is confirmed, fixed when it is asked: a word counts for just
 * this.
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

/** Whether somebody could read by it now who could not before. Fewer may; the same may by another rank or language. */
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

/** Whether the desk never had an endpoint that opens one of these, as far as the log goes back. */
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
  // One that is gone, or was changed, may have been this desk's.
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
 * The row of an endpoint on the terms it was placed on. What is in use stays as it is while a change of it waits, but shows
 * less at once; what waited there already is asked again together with what is new.
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
