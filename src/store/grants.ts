/**
 * All rows that grant something are sealed and judged here. A row whose MAC does not verify counts as absent and
 * raises the alarm. `grant-records.ts` defines what the MAC of each kind covers.
 */
import type { Sql, TransactionSql } from 'postgres';
import { batchReads } from './batch.ts';
import type { KeptLogEntry } from './contracts/operator-log.ts';
import { type GrantRowOf, MAC_COVERS, type SealedDeliveryRecord } from './grant-records.ts';
import type { Granted, GrantKind, Guard } from './guard.ts';
import { readLogEntriesAfter } from './operator-acts.ts';

/**
 * What must be true of a row's entry. `current`: it is the newest. `alive`: the grant from which the row was
 * made has not ended.
 */
type Needs = 'current' | 'alive' | 'nothing';

function needsOf(kind: GrantKind, granted: Granted): Needs {
  if (['arrival', 'delivery', 'message', 'recipient'].includes(kind)) return 'nothing';
  // Made from an endpoint or a PIN, and ends with it.
  const isDerived =
    kind === 'link' ||
    kind === 'pin-session' ||
    (kind === 'secret' && granted['kind'] === 'webhook-outbound');
  return isDerived ? 'alive' : 'current';
}

/**
 * Only the PIN and the start page that the operator's log named last are valid for an officer, and sessions
 * of that PIN.
 */
function isNamedLast(guard: Guard, kind: GrantKind, { focal_point, officer, id, pin }: Granted): boolean {
  const of = { focalPoint: String(focal_point), officer: String(officer) };
  if (kind === 'start-code') return (guard.pins().page(of) ?? id) === id;
  if (kind === 'pin') return (guard.pins().pin(of) ?? id) === id;
  return kind !== 'pin-session' || (guard.pins().pin(of) ?? pin) === pin;
}

/** The name of a refused row in the log: never an address, a person's name or a token's digest. */
const NAMES: { readonly [Kind in GrantKind]: (one: GrantRowOf<Kind>) => string } = {
  endpoint: (one) => one.id,
  link: (one) => one.delivery ?? one.about ?? 'link',
  'link-code': (one) => one.endpoint_id,
  'access-key': (one) => one.focal_point,
  secret: (one) => one.owner,
  roster: (one) => one.focal_point,
  pin: (one) => one.focal_point,
  'start-code': (one) => one.focal_point,
  'pin-session': (one) => one.focal_point,
  arrival: (one) => `${one.channel} ${one.id}`,
  delivery: (one) => one.delivery.id,
  message: (one) => one.id,
  recipient: (one) => one.message,
};

export interface Grants {
  /** The guard that the store was given. */
  guard(): Guard;
  /** Reads the operator's log to its end, so that what has ended since is no longer valid. */
  readLogOn(sql: Sql | TransactionSql): Promise<void>;
  /** The MAC of a row that is about to be written. */
  seal<Kind extends GrantKind>(kind: Kind, row: GrantRowOf<Kind>): string;
  /** Whether a row that was read grants what it says. Call it after `readLogOn`. Raises the alarm if not. */
  isValid<Kind extends GrantKind>(kind: Kind, row: GrantRowOf<Kind>): Promise<boolean>;
  /** Whether its MAC verifies, even if its entry has ended since. */
  isSealed<Kind extends GrantKind>(kind: Kind, row: GrantRowOf<Kind>): Promise<boolean>;
  /** As `isValid`, without an alarm, for lists. */
  isValidQuietly<Kind extends GrantKind>(kind: Kind, row: GrantRowOf<Kind>): Promise<boolean>;
}

export function createGrants(sql: Sql, guard: () => Guard): Grants {
  const readTogetherOn = batchReads(async (asked: readonly true[]) => {
    await learn(sql, guard());
    return asked.map(() => undefined);
  });
  const isSealed: Grants['isSealed'] = async (kind, row) => {
    const mac = macOf(kind, row);
    return mac !== null && guard().verifies(kind, grantedBy(kind, row), mac);
  };
  const isValidQuietly: Grants['isValidQuietly'] = async (kind, row) => {
    if (!(await isSealed(kind, row))) return false;
    const granted = grantedBy(kind, row);
    const needs = needsOf(kind, granted);
    if (needs === 'nothing') return true;
    const { entry } = granted;
    if (typeof entry !== 'string' || !isNamedLast(guard(), kind, granted)) return false;
    return needs === 'current' ? guard().isCurrent(entry) : guard().isAlive(entry, kind === 'secret');
  };
  return {
    guard,
    readLogOn: (given) => (given === sql ? readTogetherOn(true) : learn(given, guard())),
    seal: (kind, row) => guard().seal(kind, grantedBy(kind, row)),
    isSealed,
    isValidQuietly,
    isValid: async (kind, row) => {
      if (await isValidQuietly(kind, row)) return true;
      // A row may end with the grant from which it was made without any tampering, so that raises no alarm.
      if (needsOf(kind, grantedBy(kind, row)) === 'alive' && (await isSealed(kind, row))) return false;
      guard().refused(kind, (NAMES[kind] as (one: unknown) => string)(row));
      return false;
    },
  };
}

/** Entries read at once. */
const LOG_PAGE = 1_000;

async function learn(sql: Sql | TransactionSql, guard: Guard): Promise<void> {
  let page: readonly KeptLogEntry[];
  do {
    const seen = guard.seenUpTo();
    page = await readLogEntriesAfter(sql, guard.place(), LOG_PAGE);
    await guard.learn(page, { seenUpTo: seen, isEnd: page.length < LOG_PAGE });
  } while (page.length === LOG_PAGE);
}

const grantedBy = <Kind extends GrantKind>(kind: Kind, row: GrantRowOf<Kind>): Granted =>
  (MAC_COVERS[kind] as (one: unknown) => Granted)(row);

const macOf = <Kind extends GrantKind>(kind: Kind, row: GrantRowOf<Kind>): string | null =>
  kind === 'delivery'
    ? ((row as SealedDeliveryRecord).delivery.mac ?? null)
    : ((row as { mac: string | null }).mac ?? null);
